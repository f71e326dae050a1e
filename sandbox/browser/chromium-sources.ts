import { fileURLToPath } from 'node:url';
import { startProgress } from '../bootstrap/progress.mjs';
import type { ProgramSources } from '../servers/obtain-program.js';
import { judgeVersion, type ProgramKind } from '../servers/program-kind.js';
import { lastWords, type ProgramOptions, type ProgramResult } from '../servers/run-program.js';
import { binaryOnPath, configuredPath, type ProgramSource, type SourceContext, type SourceOutcome } from '../servers/sources.js';

/** Under which names distributions and vendors install it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

const MAC_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
] as const;

const DOWNLOAD_LIMIT_MS = 15 * 60_000;

export function chromiumSources(kind: ProgramKind): ProgramSources {
  return {
    atHand: [configuredPath(kind), binaryOnPath(kind, NAMES), macApplication(kind), playwrightCopy(kind)],
    bringing: [playwrightDownload(kind), debianPackage(kind)],
    wayOut: 'Connect to the internet once, or install Chromium or Google Chrome, or set CHROME_PATH to one.',
  };
}

function macApplication(kind: ProgramKind): ProgramSource {
  return {
    name: 'Applications',
    find: async (context) => {
      if (context.platform !== 'darwin') return { kind: 'absent', reason: 'this is no Mac' };
      const own = MAC_PLACES.map((path) => `${context.env['HOME'] ?? ''}${path}`);
      for (const path of [...MAC_PLACES, ...own]) {
        const outcome = await tryBrowser(kind, path, 'Applications', context);
        if (outcome.kind === 'found') return outcome;
      }
      return { kind: 'absent', reason: 'no Google Chrome and no Chromium in it' };
    },
  };
}

const PLAYWRIGHT = 'Playwright';

/** What an earlier download of Playwright's, of this project or another, has left in the user's cache. */
function playwrightCopy(kind: ProgramKind): ProgramSource {
  return {
    name: `${PLAYWRIGHT}'s cache`,
    find: async (context) => tryBrowser(kind, await playwrightPath(context), PLAYWRIGHT, context),
  };
}

function playwrightDownload(kind: ProgramKind): ProgramSource {
  return {
    name: PLAYWRIGHT,
    find: async (context) => {
      context.say('Downloading Chromium through Playwright (about 180 MB), into its folder in your cache.');
      const downloaded = await watched('Chromium from Playwright', process.execPath, [playwrightFile('cli.js'), 'install', '--no-shell', 'chromium'], context);
      if (downloaded.code !== 0) return { kind: 'absent', reason: firstError(downloaded) };
      return tryBrowser(kind, await playwrightPath(context), PLAYWRIGHT, context);
    },
  };
}

/** Where this version of Playwright keeps its Chromium. Asked in a process of its own, because it reads the environment when it is loaded. */
async function playwrightPath({ run }: SourceContext): Promise<string> {
  const script = `console.log(require(${JSON.stringify(playwrightFile('index.js'))}).chromium.executablePath())`;
  return (await run(process.execPath, ['-e', script])).stdout.trim();
}

function playwrightFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.resolve('playwright-core/package.json')));
}

function debianPackage(kind: ProgramKind): ProgramSource {
  return {
    name: "Debian's package",
    find: async (context) => {
      const { run } = context;
      if (context.platform !== 'linux' || (await run('apt-get', ['--version'])).code !== 0) return { kind: 'absent', reason: 'there is no apt-get here' };
      const user = (await run('id', ['-u'])).stdout.trim();
      if (user !== '0') return { kind: 'absent', reason: 'only root can install it: run "sudo apt-get install chromium"' };
      context.say('Installing Debian\'s package "chromium" by apt-get (about 100 MB, one to three minutes).');
      // Without fresh lists a package may be known by a version that its mirror no longer has.
      for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
        const env = { DEBIAN_FRONTEND: 'noninteractive' };
        const result = await watched(`apt-get ${args[0] ?? ''}`, 'apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], context, env);
        if (result.code !== 0) return { kind: 'absent', reason: `apt-get ${args[0] ?? ''}: ${lastWords(result)}` };
      }
      const installed = await binaryOnPath(kind, NAMES).find(context);
      return installed.kind === 'found' ? { kind: 'found', program: { ...installed.program, source: "Debian's package" } } : installed;
    },
  };
}

async function tryBrowser(kind: ProgramKind, path: string, source: string, context: SourceContext): Promise<SourceOutcome> {
  const verdict = judgeVersion(kind, await context.run(path, ['--version']));
  if ('version' in verdict) return { kind: 'found', program: { path, version: verdict.version, source } };
  return { kind: 'absent', reason: `${path} ${verdict.problem}` };
}

/** A long step in sight, stopped when it takes longer than any network that is worth waiting for. */
async function watched(title: string, path: string, args: readonly string[], { run }: SourceContext, env: ProgramOptions['env'] = {}): Promise<ProgramResult> {
  const progress = startProgress(title);
  const startedAt = Date.now();
  const reasonToStop = (): string | undefined =>
    Date.now() - startedAt > DOWNLOAD_LIMIT_MS ? `not done after ${DOWNLOAD_LIMIT_MS / 60_000} minutes` : undefined;
  try {
    return await run(path, args, { env, reasonToStop });
  } finally {
    progress.done();
  }
}

/** Playwright tells the cause first and its own call stack after it. */
function firstError(result: ProgramResult): string {
  return /^Error: (?!Failed to download|Download failure)(.+)$/m.exec(`${result.stdout}\n${result.stderr}`)?.[1] ?? lastWords(result);
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { obtainChromium } from '../../../sandbox/browser/chromium.js';
import { ProgramUnavailable } from '../../../sandbox/servers/obtain-program.js';
import { createRunProgram } from '../../../sandbox/servers/run-program.js';
import type { SourceContext } from '../../../sandbox/servers/sources.js';

const NOBODY_LISTENS = 'http://127.0.0.1:9';

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-browser-'));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A machine that knows only the programs in `bin/` and reaches no vendor. */
function machine(env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux'): SourceContext {
  const whole = {
    PATH: join(folder, 'bin'),
    HOME: folder,
    PLAYWRIGHT_BROWSERS_PATH: join(folder, 'playwright'),
    PLAYWRIGHT_DOWNLOAD_HOST: NOBODY_LISTENS,
    ...env,
  };
  const runReally = createRunProgram(whole);
  const run: SourceContext['run'] = async (path, args, options) => (args.includes('install') && path === process.execPath ? OFFLINE : runReally(path, args, options));
  return { env: whole, platform, arch: 'x64', cacheDir: join(folder, 'cache'), run, say: (line) => said.push(line) };
}

/** What Playwright's installer says without a network; it takes seconds for it, so only one test lets it. */
const OFFLINE = {
  code: 1,
  stdout: 'Downloading Chrome for Testing 159.0.8154.6\n',
  stderr: 'Error: getaddrinfo ENOTFOUND cdn.playwright.dev\n    at GetAddrInfoReqWrap\nFailed to install browsers\nError: Failed to download Chrome for Testing, caused by\n',
};

async function program(path: string, script: string): Promise<string> {
  const whole = join(folder, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, `#!/bin/sh\n${script}\n`);
  await chmod(whole, 0o755);
  return whole;
}

const says = (text: string): string => `echo '${text}'`;
const DEBIAN = says('Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)');
const GOOGLE = says('Google Chrome 131.0.6778.85 ');

/** An apt-get that installs chromium into `bin/` once its lists are fresh, and remembers how it was called. */
const APT = `
echo "$DEBIAN_FRONTEND $*" >> "$HOME/apt"
case "$*" in
  --version) exit 0;;
  *update) echo fresh > "$HOME/lists"; exit 0;;
  *'install -y --no-install-recommends chromium')
    [ -f "$HOME/lists" ] || { echo 'E: Unable to fetch some archives' >&2; exit 100; }
    printf '#!/bin/sh\\necho "Chromium 156.0.8078.79"\\n' > "$HOME/bin/chromium"; /bin/chmod +x "$HOME/bin/chromium";;
  *) exit 1;;
esac`;

describe('a browser at hand', () => {
  it('named by CHROME_PATH that does not run is an error, even when PATH has one', async () => {
    await program('bin/chromium', DEBIAN);
    await expect(obtainChromium(machine({ CHROME_PATH: '/nowhere/chrome' }))).rejects.toThrow(
      /^CHROME_PATH=\/nowhere\/chrome does not run: .*ENOENT\. Correct or unset CHROME_PATH\.$/,
    );
  });

  it('that is too old is passed over, and told', async () => {
    await program('bin/chromium', says('Chromium 90.0.4430.212 built on Debian 10'));
    await expect(obtainChromium(machine())).rejects.toThrow('is not Chromium or Chrome 120 or newer: it says "Chromium 90.0.4430.212');
  });

  it('named by CHROME_PATH wins over the one on PATH', async () => {
    await program('bin/chromium', DEBIAN);
    const path = await program('own/chrome', GOOGLE);
    await expect(obtainChromium(machine({ CHROME_PATH: path }))).resolves.toEqual({ path, version: '131.0.6778.85', source: 'CHROME_PATH' });
  });

  it('on PATH may have another name behind a placeholder that does not work', async () => {
    await program('bin/chromium-browser', 'echo "requires the chromium snap to be installed" >&2; exit 1');
    const path = await program('bin/google-chrome', GOOGLE);
    await expect(obtainChromium(machine())).resolves.toEqual({ path, version: '131.0.6778.85', source: 'PATH' });
  });

  it('on a Mac is in its Applications, also in those of one user', async () => {
    const path = await program('Applications/Chromium.app/Contents/MacOS/Chromium', says('Chromium 140.0.7339.16 '));
    await expect(obtainChromium(machine({}, 'darwin'))).resolves.toMatchObject({ path, source: 'Applications' });
  });

  it('may be the one that Playwright has downloaded before', async () => {
    const context = machine();
    const asked: string[] = [];
    const run: SourceContext['run'] = async (path, args, options) => {
      const result = await context.run(path, args, options);
      if (args[0] === '-e') asked.push(result.stdout.trim());
      return result;
    };
    await expect(obtainChromium({ ...context, run })).rejects.toThrow(ProgramUnavailable);
    const place = asked[0] ?? '';
    expect(place).toContain(join(folder, 'playwright', 'chromium-'));
    await program(place.slice(folder.length), says('Google Chrome for Testing 159.0.8154.6'));
    await expect(obtainChromium(context)).resolves.toEqual({ path: place, version: '159.0.8154.6', source: 'Playwright' });
  });
});

describe('a browser that must be brought', () => {
  it('and cannot be is an error with what to do and what was tried', async () => {
    await program('bin/apt-get', APT);
    await program('bin/id', says('1000'));
    const context = machine();
    const error: unknown = await obtainChromium({ ...context, run: createRunProgram(context.env) }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProgramUnavailable);
    expect(String(error)).toContain('Chromium is missing and could not be obtained. Connect to the internet once, or install Chromium');
    expect(String(error)).toMatch(/CHROME_PATH: not set\n.*PATH: it holds no chromium, chromium-browser.*\n.*Playwright's cache: .*ENOENT\n.*Playwright: .*ECONNREFUSED.*\n.*only root can install it/s);
  });

  it("comes as Debian's package for root when Playwright's download fails, and each step is told", async () => {
    await program('bin/apt-get', APT);
    await program('bin/id', says('0'));
    const found = await obtainChromium(machine());
    expect(found).toEqual({ path: join(folder, 'bin/chromium'), version: '156.0.8078.79', source: "Debian's package" });
    expect(said).toEqual([
      expect.stringContaining('Downloading Chromium through Playwright'),
      expect.stringMatching(/^ {2}not from Playwright: getaddrinfo ENOTFOUND cdn\.playwright\.dev$/),
      expect.stringContaining('by apt-get'),
    ]);
  });

  it('is not asked of apt-get a second time', async () => {
    await program('bin/apt-get', APT);
    await program('bin/id', says('0'));
    const both = await Promise.all([obtainChromium(machine()), obtainChromium(machine())]);
    expect(both.map(({ source }) => source).sort()).toEqual(["Debian's package", 'PATH']);
  });

  it('says what apt-get said when the package cannot be had', async () => {
    await program('bin/apt-get', 'case "$*" in --version|*update) exit 0;; esac; echo "E: Unable to locate package chromium" >&2; exit 100');
    await program('bin/id', says('0'));
    await expect(obtainChromium(machine())).rejects.toThrow("Debian's package: apt-get install: E: Unable to locate package chromium");
  });
});

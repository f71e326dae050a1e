import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { startProgress } from '../bootstrap/progress.mjs';
import { lastWords, type ProgramOptions, type ProgramResult, type RunProgram } from './run-program.js';
import { judgeVersion, type ProgramKind } from './program-kind.js';

/** What a source may touch, so that the order and every failure can be tried without a network. */
export interface SourceContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly cacheDir: string;
  readonly run: RunProgram;
  /** Tells the user what happens, one line at a time. */
  say(line: string): void;
}

export interface FoundProgram {
  readonly path: string;
  readonly version: string;
  /** Where it came from, as told to the user. */
  readonly source: string;
}

export type SourceOutcome =
  | { readonly kind: 'found'; readonly program: FoundProgram }
  /** Not here: the next source is asked. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** The user asked for this one and it does not work: no other source is asked. */
  | { readonly kind: 'unusable'; readonly problem: string };

export interface ProgramSource {
  readonly name: string;
  find(context: SourceContext): Promise<SourceOutcome>;
}

export function configuredPath(kind: ProgramKind): ProgramSource {
  return {
    name: kind.pathVariable,
    find: async (context) => {
      const path = context.env[kind.pathVariable] ?? '';
      if (path === '') return { kind: 'absent', reason: 'not set' };
      const verdict = judgeVersion(kind, await context.run(path, ['--version']));
      if ('version' in verdict) return { kind: 'found', program: { path, version: verdict.version, source: kind.pathVariable } };
      return { kind: 'unusable', problem: `${kind.pathVariable}=${path} ${verdict.problem}. Correct or unset ${kind.pathVariable}.` };
    },
  };
}

/** The first of the names that works; a distribution may have a placeholder under one of them. */
export function binaryOnPath(kind: ProgramKind, names: readonly string[] = [kind.program]): ProgramSource {
  return {
    name: 'PATH',
    find: async (context) => {
      const reasons: string[] = [];
      for (const name of names) {
        const path = await executableOnPath(name, context.env['PATH'] ?? '');
        if (path === undefined) continue;
        const verdict = judgeVersion(kind, await context.run(path, ['--version']));
        if ('version' in verdict) return { kind: 'found', program: { path, version: verdict.version, source: 'PATH' } };
        reasons.push(`${path} ${verdict.problem}`);
      }
      return { kind: 'absent', reason: reasons[0] ?? `it holds no ${names.join(', ')}` };
    },
  };
}

async function executableOnPath(program: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, program);
    if (await access(path, constants.X_OK).then(() => true, () => false)) return path;
  }
  return undefined;
}

export function cachedBinary(kind: ProgramKind): ProgramSource {
  return {
    name: 'the cache folder',
    find: async (context) => {
      const reasons: string[] = [];
      for (const cachePath of kind.cachePaths) {
        const path = join(context.cacheDir, cachePath);
        const answer = await context.run(path, ['--version']);
        const verdict = judgeVersion(kind, answer);
        if ('version' in verdict) return { kind: 'found', program: { path, version: verdict.version, source: 'the cache folder' } };
        if (answer.code !== undefined) reasons.push(`${path} ${verdict.problem}`);
      }
      return { kind: 'absent', reason: reasons[0] ?? `nothing usable in ${context.cacheDir}` };
    },
  };
}

/** How a source that brings a program puts it into an empty folder. */
export interface Installation {
  readonly source: string;
  /** What is announced before it starts, how long it takes included. */
  readonly announcement: string;
  /** The name the installed file or folder gets in the cache folder, and where in it the program is. */
  readonly cachePath: string;
  readonly binary: string;
  /** Fills `folder`; resolves to where the cached file or folder is in it, or why it could not. */
  fill(folder: string, run: RunProgram, progress: (detail: string) => void): Promise<{ readonly made: string } | { readonly reason: string }>;
}

/**
 * Installs into a temporary sibling and renames: nobody ever sees half a program, whatever kills this process and whoever else
 * installs at the same time.
 */
export async function install(kind: ProgramKind, installation: Installation, context: SourceContext): Promise<SourceOutcome> {
  const prefix = `.installing-${kind.program}-`;
  await mkdir(context.cacheDir, { recursive: true });
  await removeAbandoned(context.cacheDir, prefix);
  const folder = await mkdtemp(join(context.cacheDir, prefix));
  context.say(installation.announcement);
  const progress = startProgress(`${kind.name} from ${installation.source}`);
  try {
    const filled = await installation.fill(folder, context.run, (detail) => {
      progress.update(detail);
    });
    if ('reason' in filled) return { kind: 'absent', reason: filled.reason };
    const verdict = judgeVersion(kind, await context.run(join(filled.made, installation.binary), ['--version']));
    if ('problem' in verdict) return { kind: 'absent', reason: `what came ${verdict.problem}` };
    const target = join(context.cacheDir, installation.cachePath);
    await rm(target, { recursive: true, force: true });
    await rename(filled.made, target);
    const program = { path: join(target, installation.binary), version: verdict.version, source: installation.source };
    return { kind: 'found', program };
  } finally {
    progress.done();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What an installation that was killed has left; one runs at a time. */
async function removeAbandoned(cacheDir: string, prefix: string): Promise<void> {
  const abandoned = (await readdir(cacheDir)).filter((name) => name.startsWith(prefix));
  await Promise.all(abandoned.map((name) => rm(join(cacheDir, name), { recursive: true, force: true })));
}

/** The reason a program failed, or undefined when it did not. */
export async function failureOf(
  run: RunProgram,
  path: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<string | undefined> {
  const result: ProgramResult = await run(path, args, options);
  return result.code === 0 ? undefined : lastWords(result);
}

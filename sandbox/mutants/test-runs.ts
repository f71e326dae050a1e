import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Tests that run together: whole files, or in one run only those whose sentence holds `title`. */
export interface Tests {
  readonly files: readonly string[];
  readonly title?: string;
}

/** `red`: the first sentence that failed. `timed-out`: it did not come to an end, which `npm test` would not either. */
export type RunEnd = { readonly kind: 'green' } | { readonly kind: 'red'; readonly by: string } | { readonly kind: 'timed-out' } | { readonly kind: 'no-test' };

export interface TestRuns {
  jest(tests: Tests): Promise<RunEnd>;
  /** The rules of lint that need types are part of `npm test` as well. */
  lint(file: string): Promise<RunEnd>;
}

export interface TestRunsOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limitMs: number;
  readonly giveUp: AbortSignal;
}

/** What `reporter.mjs` writes. */
interface JestReport {
  readonly passed: number;
  readonly suites: readonly { readonly file: string; readonly problem: string | null; readonly failed: string | null }[];
}

export function createTestRuns({ folder, env, limitMs, giveUp }: TestRunsOptions): TestRuns {
  const program = (path: string): string => join(folder, 'node_modules', path);
  return {
    async jest({ files, title }) {
      const reportFile = join(folder, 'mutants-report.json');
      await rm(reportFile, { force: true });
      const only = title === undefined ? [] : ['--testNamePattern', title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')];
      const args = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', program('jest/bin/jest.js'), '--bail', '--forceExit', ...(files.length === 1 ? ['--runInBand'] : []), '--reporters', join(folder, 'sandbox/mutants/reporter.mjs')];
      const jestEnv = { ...env, NODE_OPTIONS: '--experimental-vm-modules' };
      const cache = ['--cacheDirectory', join(folder, '.trainyard/jest')];
      const ended = await run([...args, ...cache, ...only, '--runTestsByPath', ...files], jestEnv);
      if (ended.kind === 'timed-out') return ended;
      return judge(await reportIn(reportFile, ended.output), folder);
    },
    async lint(file) {
      const ended = await run([program('eslint/bin/eslint.js'), '--max-warnings', '0', file], env);
      if (ended.kind === 'timed-out') return ended;
      return ended.code === 0 ? { kind: 'green' } : { kind: 'red', by: `lint: ${lastWords(ended.output)}` };
    },
  };

  /** A group of its own, so that what hangs is ended with everything it has started. */
  function run(args: readonly string[], withEnv: TestRunsOptions['env']): Promise<{ kind: 'ended'; code: number | null; output: string } | { kind: 'timed-out' }> {
    giveUp.throwIfAborted();
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, { cwd: folder, env: withEnv, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      const keep = (chunk: Buffer): void => {
        output = (output + chunk.toString()).slice(-20_000);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      let late = false;
      const endAll = (): void => {
        if (child.pid !== undefined) killGroup(child.pid);
      };
      const timer = setTimeout(() => {
        late = true;
        endAll();
      }, limitMs);
      giveUp.addEventListener('abort', endAll);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        giveUp.removeEventListener('abort', endAll);
        if (giveUp.aborted) reject(new Error('stopped'));
        else resolve(late ? { kind: 'timed-out' } : { kind: 'ended', code, output });
      });
    });
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself meanwhile.
    if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== 'ESRCH') throw error;
  }
}

async function reportIn(file: string, output: string): Promise<JestReport | string> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestReport;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return lastWords(output);
    throw error;
  }
}

function judge(report: JestReport | string, folder: string): RunEnd {
  // Without a report jest itself has broken, for example because its servers did not start.
  if (typeof report === 'string') return { kind: 'red', by: `jest: ${report}` };
  for (const { file, problem, failed } of report.suites) {
    if (failed !== null || problem !== null) return { kind: 'red', by: `${relative(folder, file)}: ${failed ?? lastWords(problem ?? '')}` };
  }
  return report.passed === 0 ? { kind: 'no-test' } : { kind: 'green' };
}

function lastWords(output: string): string {
  const lines = output.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'no word').slice(0, 200);
}

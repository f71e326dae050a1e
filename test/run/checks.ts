import { spawn, type SpawnOptions } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startProgress } from '../../sandbox/bootstrap/progress.mjs';
import { addUp, failedSuites, tallyJest, tallySweep, withSecondLook, type Tally } from './tally.js';

const NODE_MODULES = 'node_modules';
const JEST_NODE_OPTIONS = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

export interface Check {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

export const CHECKS: readonly Check[] = [
  { name: 'Lint', program: `${NODE_MODULES}/eslint/bin/eslint.js`, args: ['.', '--max-warnings', '0'] },
  { name: 'Types', program: `${NODE_MODULES}/typescript/bin/tsc`, args: ['--noEmit', '--pretty', 'false'] },
  { name: 'Types of the try-it page', program: `${NODE_MODULES}/typescript/bin/tsc`, args: ['--noEmit', '--pretty', 'false', '-p', 'sandbox/discord/page'] },
];

type Say = (text: string) => void;

/** Runs one check; what it found is told only when it failed. */
export async function runCheck(check: Check, root: string, say: Say, giveUp?: AbortSignal): Promise<Tally> {
  const progress = startProgress(check.name);
  const { code, output } = await runQuietly([check.program, ...check.args], { cwd: root, ...(giveUp === undefined ? {} : { signal: giveUp }) });
  const seconds = Math.round(progress.done() / 1000);
  if (code === 0) {
    say(`✓ ${check.name} (${seconds} s)`);
    return { passed: 1, failed: 0, notes: [] };
  }
  say(`✗ ${check.name} (${seconds} s)\n${output}`);
  return { passed: 0, failed: 1, notes: [`${check.name} failed: see above.`] };
}

export interface JestWish {
  readonly options?: readonly string[];
  /** Which tests; all of them without it. */
  readonly only?: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** More suites than this did not fail by chance: they are not looked at again. */
const MOST_SECOND_LOOKS = 3;

/**
 * Runs jest with its own output on the terminal. A suite that fails while the machine is busy with others is looked at once more,
 * alone: what fails then has failed; what passes then is named as unsteady.
 */
export async function runJest({ options = [], only = [] }: JestWish, root: string, env: Environment, giveUp?: AbortSignal): Promise<Tally> {
  const first = await runJestOnce([...options, ...only], root, env, giveUp);
  const failed = failedSuites(first.report);
  if (failed.length === 0 || failed.length > MOST_SECOND_LOOKS || giveUp?.aborted === true) return tallyOf(first);
  process.stderr.write(`Once more, alone: ${failed.map(({ path }) => path).join(', ')}\n`);
  const alone = [...options, '--maxWorkers', '1', '--runTestsByPath', ...failed.map(({ path }) => path)];
  const second = await runJestOnce(alone, root, env, giveUp);
  const stillFailed = failedSuites(second.report);
  const unsteady = failed.filter(({ path }) => !stillFailed.some((suite) => suite.path === path));
  const tally = addUp([tallyOf({ code: second.code, report: withSecondLook(first.report, second.report), sweep: second.sweep }), tallySweep(first.sweep)]);
  return {
    ...tally,
    notes: [
      ...tally.notes,
      ...unsteady.map(({ path, message }) => `Unsteady, failed among others and passed alone: ${path}\n${message}`),
      ...stillFailed.map(({ path }) => `Failed twice: ${path}`),
    ],
  };
}

interface JestRun {
  readonly code: number;
  readonly report: unknown;
  /** What the search for secrets at the end of the run has found; a project without one has none. */
  readonly sweep: unknown;
}

function tallyOf({ code, report, sweep }: JestRun): Tally {
  const tally = addUp([tallyJest(report), tallySweep(sweep)]);
  if (code === 0 || tally.failed > 0) return tally;
  return { ...tally, failed: 1, notes: [...tally.notes, `Jest ended with code ${code} although no test failed.`] };
}

async function runJestOnce(args: readonly string[], root: string, env: Environment, giveUp?: AbortSignal): Promise<JestRun> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-jest-'));
  const reportPath = join(folder, 'report.json');
  const sweepPath = join(folder, 'sweep.json');
  try {
    // Takes every word up to the next option, so it cannot stand last.
    const reporter = ['--reporters', join(root, 'test/run/reporter.mjs')];
    const options = [...reporter, '--json', '--outputFile', reportPath, '--forceExit'];
    const code = await showJest([...options, ...args], {
      cwd: root,
      env: { ...env, NODE_OPTIONS: JEST_NODE_OPTIONS, TEST_SWEEP_REPORT: sweepPath },
      ...(giveUp === undefined ? {} : { signal: giveUp }),
    });
    return { code, report: await readReport(reportPath), sweep: await readReport(sweepPath) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What jest says about its own ways is not about the tests. */
const JEST_ABOUT_ITSELF = /^(Force exiting Jest|Test results written to)/;

function showJest(args: readonly string[], options: SpawnOptions): Promise<number> {
  // Its report goes to the file; stdout would repeat it.
  const child = spawn(process.execPath, [`${NODE_MODULES}/jest/bin/jest.js`, ...args], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!JEST_ABOUT_ITSELF.test(line)) process.stderr.write(`${line}\n`);
  });
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve(1);
    });
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

async function readReport(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => ''); // Jest died before it wrote one: the tally says so.
  return text === '' ? undefined : JSON.parse(text);
}

function runQuietly(args: readonly string[], options: SpawnOptions): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => {
      resolve({ code: 1, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 1, output });
    });
  });
}

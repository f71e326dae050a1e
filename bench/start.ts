import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeProgram, obtainMongod, obtainTemporal, sourceContext } from '../sandbox/servers/servers.js';
import { createWatchdog } from '../sandbox/servers/watchdog.js';
import { sendSignal } from '../sandbox/yard/part-process.js';
import { median } from './figures.js';
import { yardEnvironment, yardFolder } from './scene.js';
import type { Scene } from './scene.js';

export interface MeasuredStart {
  readonly runsMs: readonly number[];
  readonly medianMs: number;
  /** What an empty program takes here, Node and the loader of TypeScript alone: the median of one before each run. */
  readonly baselineMs: number;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RUNS = 3;
const READY = /^Ready in \d/;
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 60_000;

/** From the command to the banner that says everything serves, on new data each time, with the servers already on this machine. */
export async function measureStart(scene: Scene): Promise<MeasuredStart> {
  const env = yardEnvironment();
  const context = sourceContext(env, scene.say, scene.giveUp);
  scene.say(describeProgram('mongod', await obtainMongod(context)));
  scene.say(describeProgram('Temporal', await obtainTemporal(context)));

  const baselinesMs: number[] = [];
  const runsMs: number[] = [];
  for (let run = 1; run <= RUNS; run += 1) {
    baselinesMs.push(await timeEmptyProgram(env));
    const elapsedMs = await timeStart(scene, env, yardFolder(scene, `start-${run}`));
    scene.say(`npm start, run ${run} of ${RUNS}: ${(elapsedMs / 1000).toFixed(1)} s.`);
    runsMs.push(elapsedMs);
  }
  return { runsMs, medianMs: median(runsMs), baselineMs: median(baselinesMs) };
}

async function timeEmptyProgram(env: Record<string, string | undefined>): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', ''], { cwd: ROOT, env, stdio: 'ignore' });
  await once(child, 'exit');
  return Math.round(performance.now() - startedAt);
}

async function timeStart({ giveUp }: Scene, env: Record<string, string | undefined>, dataDir: string): Promise<number> {
  const startedAt = performance.now();
  // A group of its own, so that npm, its shell and the yard hear of the end together.
  const child = spawn('npm', ['start', '--', '--data', dataDir, '--free-ports'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const group = await groupOf(child);
  const watchdog = createWatchdog();
  watchdog.guard(group);
  const endAtOnce = (): void => {
    sendSignal(group, 'SIGKILL');
  };
  giveUp.addEventListener('abort', endAtOnce);
  // Closed only when the last of them has gone: all of them write to these pipes.
  const closed = once(child, 'close');
  try {
    await readyLine(child, giveUp);
    return Math.round(performance.now() - startedAt);
  } finally {
    sendSignal(group, 'SIGTERM');
    const timer = setTimeout(endAtOnce, STOP_LIMIT_MS);
    await closed;
    clearTimeout(timer);
    giveUp.removeEventListener('abort', endAtOnce);
    watchdog.release(group);
    watchdog.close();
  }
}

/** The process group of a detached child, as signals name it. */
async function groupOf(child: ChildProcess): Promise<number> {
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('Expected npm to start, it has no process id.');
  return -child.pid;
}

function readyLine(child: ChildProcess, giveUp: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const lastLines: string[] = [];
    const fail = (why: string): void => {
      reject(new Error(`Expected "npm start" to become ready, ${why}. Its last words:\n${lastLines.slice(-15).join('\n')}`));
    };
    const timer = setTimeout(() => {
      fail(`it took more than ${START_LIMIT_MS / 1000} s`);
    }, START_LIMIT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lastLines.push(line);
        if (!READY.test(line)) return;
        clearTimeout(timer);
        resolve();
      });
    }
    child.once('close', () => {
      clearTimeout(timer);
      fail(giveUp.aborted ? 'the benchmark was stopped' : 'it ended');
    });
  });
}

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive, tryLock, type Lock } from '../bootstrap/lock-file.mjs';
import { errorCode } from '../servers/error-code.js';
import { freePort, isPortFree } from '../servers/free-port.js';
import { sendSignal } from './part-process.js';
import { findRunningYard, lockPath, readYardState, type YardState } from './yard-state.js';

/** What listens on a port of its own, and the port it usually has. */
const USUAL_PORTS = {
  temporal: 7233,
  temporalUi: 8233,
  mongo: 27_027,
  web: 8080,
  discord: 8788,
  'node-a': 8188,
  'node-b': 8189,
} as const;

export type Ports = Readonly<Record<keyof typeof USUAL_PORTS, number>>;

/** Another yard runs on this data folder. */
export class YardRuns extends Error {
  override readonly name = 'YardRuns';
  constructor(readonly state: YardState | undefined) {
    super(`A yard already runs on this data folder${state === undefined ? '' : `, as process ${state.pid}`}.`);
  }
}

/** Takes the data folder for one yard. @throws YardRuns */
export async function takeDataFolder(dataDir: string): Promise<Lock> {
  await mkdir(join(dataDir, 'mongod'), { recursive: true });
  const lock = tryLock(lockPath(dataDir));
  if (lock === undefined) throw new YardRuns(await findRunningYard(dataDir));
  return lock;
}

/**
 * The ports of this yard: those it had last time, else the usual ones, else any that is free. They are kept, so that addresses in
 * messages and bookmarks stay right.
 */
export async function choosePorts(dataDir: string, wanted: 'usual' | 'free'): Promise<Ports> {
  const path = join(dataDir, 'ports.json');
  const last = await readJson(path);
  const chosen = new Map<string, number>();
  for (const [name, usual] of Object.entries(USUAL_PORTS)) {
    const candidates = [last[name], ...(wanted === 'usual' ? [usual] : [])];
    chosen.set(name, await firstFree(candidates, [...chosen.values()]));
  }
  const ports = Object.fromEntries(chosen) as Ports;
  await writeFile(path, `${JSON.stringify(ports, null, 2)}\n`);
  return ports;
}

async function firstFree(candidates: readonly unknown[], taken: readonly number[]): Promise<number> {
  for (const port of candidates) {
    if (typeof port === 'number' && !taken.includes(port) && (await isPortFree(port))) return port;
  }
  const port = await freePort();
  return taken.includes(port) ? firstFree([], taken) : port;
}

/** Signs download links; kept, so that links survive a restart. */
export async function downloadSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'download-secret');
  const kept = await readFile(path, 'utf8').catch(ifMissing(''));
  if (kept !== '') return kept.trim();
  const secret = randomBytes(32).toString('base64url');
  await writeFile(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}

const STOP_LIMIT_MS = 10_000;

/**
 * Stops what a killed yard left behind, told by its process id together with a mark in its command line: ids are used again.
 *
 * @returns the names of the parts it stopped
 */
export async function stopLeftovers(dataDir: string, marks: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const state = await readYardState(dataDir);
  const stopped = await Promise.all(
    Object.entries(state?.parts ?? {}).map(async ([name, { pid }]) => {
      const mark = marks[name];
      if (pid === undefined || mark === undefined || !(await isRunning(pid, mark))) return undefined;
      await stopProcess(pid, mark);
      return name;
    }),
  );
  return stopped.filter((name) => name !== undefined);
}

async function stopProcess(pid: number, mark: string): Promise<void> {
  const deadline = Date.now() + STOP_LIMIT_MS;
  sendSignal(pid, 'SIGTERM');
  while (await isRunning(pid, mark)) {
    if (Date.now() > deadline) sendSignal(pid, 'SIGKILL');
    await delay(50);
  }
}

/** A process that has ended but was not collected by its parent has no command line any more. */
async function isRunning(pid: number, mark: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const fromSystem = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(ifMissing(''));
  if (process.platform === 'linux') return fromSystem.replaceAll('\0', ' ').includes(mark);
  const answer = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' })); // It has ended meanwhile.
  return answer.stdout.includes(mark);
}

async function readJson(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch(ifMissing('{}'));
  return JSON.parse(text) as Record<string, unknown>;
}

function ifMissing(instead: string): (error: unknown) => string {
  return (error) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return instead;
    throw error;
  };
}

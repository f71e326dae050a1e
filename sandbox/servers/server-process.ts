import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createWatchdog, type Watchdog } from './watchdog.js';

/** One server of ours, started and stopped by its process id. */
export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
  /** Asks it to stop and kills it when it has not ended in time. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly path: string;
  readonly args: readonly string[];
  /** What a person should read of a line, or undefined when it is not worth showing. */
  readonly readable: (line: string) => string | undefined;
}

const STOP_LIMIT_MS = 10_000;
const KEPT_LINES = 20;

/**
 * Starts a server and waits until `isReady` resolves.
 *
 * @throws when the process ends before it is ready, with the last lines it printed.
 */
export async function startServer(
  name: string,
  command: ServerCommand,
  isReady: (giveUp: AbortSignal) => Promise<void>,
): Promise<ServerProcess> {
  const child = spawn(command.path, command.args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lastLines = keepLastLines(child, command);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', (error) => {
      lastLines.push(error.message);
      resolve();
    });
  });
  const watchdog = createWatchdog();
  if (child.pid !== undefined) watchdog.guard(child.pid);
  const giveUp = new AbortController();
  const diedEarly = ended.then(() => {
    giveUp.abort();
    throw new Error(`${name} ended before it was ready. Its last words:\n${lastLines.join('\n')}`);
  });
  try {
    await Promise.race([isReady(giveUp.signal), diedEarly]);
  } catch (error) {
    await stopChild(child, ended, watchdog);
    throw error;
  }
  diedEarly.catch(() => undefined); // Ending later is not a failure to start.
  return { pid: child.pid ?? 0, ended, stop: () => stopChild(child, ended, watchdog) };
}

async function stopChild(child: ChildProcess, ended: Promise<void>, watchdog: Watchdog): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
  if (child.pid !== undefined) watchdog.release(child.pid);
  watchdog.close();
}

function keepLastLines(child: ChildProcess, { readable }: ServerCommand): string[] {
  const kept: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      const text = readable(line);
      if (text !== undefined) kept.push(text);
      if (kept.length > KEPT_LINES) kept.shift();
    });
  }
  return kept;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { errorCode } from '../servers/error-code.js';
import type { Watchdog } from '../servers/watchdog.js';
import { isReadyLine } from './log-lines.js';
import type { PartSpec } from './part.js';

/** One life of a part: a process from its start to its end. */
export interface PartProcess {
  readonly pid: number | undefined;
  /** How it ended: its exit code, or the signal. */
  readonly ended: Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Kills it with any helper processes it has. */
  killGroup(): void;
}

export interface ProcessHooks {
  /** It serves; told once. */
  ready(): void;
  /** A line worth showing. */
  line(text: string): void;
  /** Every line, as it was printed. */
  printed(line: string): void;
}

export function startPartProcess(spec: PartSpec, watchdog: Watchdog, hooks: ProcessHooks): PartProcess {
  const child = spawn(spec.path, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.env },
    // A pipe that closes with this process, for parts that watch it; detached, so that Ctrl-C reaches only the supervisor.
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => undefined); // It died, which `ended` tells.
  const { pid } = child;
  if (pid !== undefined) watchdog.guard(pid);
  const dead = new AbortController();
  const ended = endOf(child).then((end) => {
    dead.abort();
    if (pid !== undefined) watchdog.release(pid);
    return end;
  });
  let isReady = false;
  const ready = (): void => {
    if (isReady || dead.signal.aborted) return;
    isReady = true;
    hooks.ready();
  };
  const show = (line: string): void => {
    const text = spec.readable(line);
    if (text !== undefined && text.trim() !== '') hooks.line(text);
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      hooks.printed(line);
      if (spec.serves === undefined && isReadyLine(line)) ready();
      show(line);
    });
  }
  spec.serves?.(dead.signal).then(ready, (error: unknown) => {
    if (dead.signal.aborted) return;
    // Alive and not serving: ended, it is started again like after any death, and given up after the third.
    hooks.line(String(error));
    if (pid !== undefined) sendSignal(-pid, 'SIGKILL');
  });
  return {
    pid,
    ended,
    signal: (signal) => {
      child.kill(signal);
    },
    killGroup: () => {
      if (pid !== undefined && !dead.signal.aborted) sendSignal(-pid, 'SIGKILL');
    },
  };
}

/** Sends a signal; a process that has ended meanwhile needs none. A negative id means its whole group. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(signal ?? `code ${code ?? 'none'}`);
    });
  });
}

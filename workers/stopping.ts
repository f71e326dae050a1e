import { constants } from 'node:os';

/** What is asked to stop: a process that serves. */
export interface Stopping {
  /**
   * From here on a stop drains: `drain` finishes or hands over what is under way, and the process ends with 0 when it has, at the
   * latest after `limitMs`. Before this call nothing is under way, and a stop ends the process at once, with 0 as well.
   */
  drainBy(drain: () => Promise<void>, limitMs: number): void;
}

interface StoppingOptions {
  /** Also stops when standard input closes: see `parentWatched`. */
  readonly watchParent: boolean;
  readonly onProblem: (problem: unknown) => void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Stops this process on SIGTERM and SIGINT; the second signal ends it at once, whatever is under way. Called first of all. */
export function createStopping({ watchParent, onProblem }: StoppingOptions): Stopping {
  let drain: (() => Promise<void>) | null = null;
  let longestMs = 0;
  let asked = false;

  const stop = (): void => {
    if (asked) return;
    asked = true;
    if (drain === null) process.exit(0);
    const limit = setTimeout(() => {
      onProblem(new Error(`Expected everything to be finished or handed over within ${longestMs} ms: what is left is begun again by others.`));
      process.exit(0);
    }, longestMs);
    drain()
      .catch(onProblem)
      .finally(() => {
        clearTimeout(limit);
        process.exit(0);
      });
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (asked) process.exit(128 + constants.signals[signal]);
      stop();
    });
  }
  if (watchParent) process.stdin.on('end', stop).on('close', stop).resume();

  return {
    drainBy(how, limitMs) {
      drain = how;
      longestMs = limitMs;
    },
  };
}

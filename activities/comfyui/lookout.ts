import type { Frame } from './frames.js';
import type { Observer } from './observer.js';

/** Ears on one job that can be waited upon. */
export interface Lookout {
  /** Waits for a frame after which a look at the job is worth it, at most `ms`, or until the signal fires. */
  news(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Frames come in bursts around the end of a job: one look soon after serves them all. */
const SETTLE_MS = 50;

export function createLookout(observer: Observer, promptId: string, hear: (frame: Frame) => void): Lookout {
  let wake: (() => void) | null = null;
  const ear = observer.follow(promptId, (frame) => {
    hear(frame);
    if (frame.kind === 'end' || frame.kind === 'queue') wake?.();
  });

  return {
    news: (ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          wake = null;
          resolve();
        };
        let timer = setTimeout(done, ms);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
        else {
          wake = () => {
            wake = null;
            clearTimeout(timer);
            timer = setTimeout(done, Math.min(SETTLE_MS, ms));
          };
        }
      }),
    close: () => {
      ear.close();
    },
  };
}

import type { Logger } from 'pino';
import type { Blobs } from '../models/blobs.js';

const DAY_MS = 24 * 3_600_000;

/** Takes away, once a day, what a crash in mid-upload has left of files that nobody will ever name. */
export function createBlobSweep(blobs: Pick<Blobs, 'sweepOrphans'>, log: Logger, everyMs = DAY_MS): { start(): void; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      const removed = await blobs.sweepOrphans(new Date(Date.now() - DAY_MS));
      if (removed > 0) log.info({ removed }, 'took away what broken uploads had left');
    } catch (error) {
      // Nothing waits for this; the next day does it.
      log.warn({ err: error }, 'could not look for what broken uploads have left');
    }
  }

  return {
    start() {
      timer = setInterval(() => {
        sweeping = sweep();
      }, everyMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await sweeping;
    },
  };
}

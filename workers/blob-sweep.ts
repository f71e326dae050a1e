import type { Logger } from 'pino';
import type { Blobs } from '../models/blobs.js';
import { removeFileOf, type LoraFileStores } from '../models/lora-files.js';
import type { Loras } from '../models/loras.js';

const DAY_MS = 24 * 3_600_000;
const FILES_A_SWEEP = 1_000;

export interface SweptStores extends LoraFileStores {
  readonly blobs: Pick<Blobs, 'sweepOrphans' | 'remove'>;
  readonly loras: Pick<Loras, 'isFileNeeded' | 'fileGone' | 'deletedFiles'>;
}

/** Takes away, once a day, what a crash in mid-upload or in mid-deletion has left of files that nobody will ever name. */
export function createBlobSweep(stores: SweptStores, log: Logger, everyMs = DAY_MS): { start(): void; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    try {
      for (const deleted of await stores.loras.deletedFiles(FILES_A_SWEEP)) await removeFileOf(deleted, stores, new Date());
      const removed = await stores.blobs.sweepOrphans(new Date(Date.now() - DAY_MS));
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

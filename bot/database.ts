import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { BOT_PATIENCE, connectionLimits } from '../models/connection-limits.js';
import type { Log } from './log.js';

const TRY_AGAIN_MS = 2_000;

const OPTIONS = {
  ...connectionLimits(BOT_PATIENCE),
  /** What mongoose keeps back while it is disconnected; its types do not know the option here, its code reads it here alone. */
  bufferTimeoutMS: BOT_PATIENCE.findsServerWithinMs,
  appName: 'trainyard-bot',
};

/**
 * Connects so that operations fail in seconds instead of waiting for a database that is not there. Keeps trying until it has
 * been reached once; from there on the driver comes back by itself.
 */
export async function connectInTime(connection: Connection, uri: string, log: Log, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await connection.openUri(uri, OPTIONS);
      return;
    } catch (error) {
      if (signal.aborted) return;
      // Whoever uses a command meanwhile is told; the bot stays up for that.
      log.error({ err: error }, 'the database cannot be reached');
      await delay(TRY_AGAIN_MS);
    }
  }
}

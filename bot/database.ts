import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type Connection } from 'mongoose';
import type { Log } from './log.js';

/** A user waits at most this long to read that the database cannot be reached. */
const ANSWERS_WITHIN_MS = 2_500;
/** An operation on a frozen server is given up after this. */
const SILENT_AFTER_MS = 5_000;
const TRY_AGAIN_MS = 2_000;

/** A connection whose operations fail in seconds instead of waiting for a database that is not there. */
export function impatientConnection(): Connection {
  const connection = createConnection();
  connection.set('bufferTimeoutMS', ANSWERS_WITHIN_MS);
  return connection;
}

/** Keeps trying until the database has been reached once; from there on the driver comes back by itself. */
export async function connectInTime(connection: Connection, uri: string, log: Log, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await connection.openUri(uri, { serverSelectionTimeoutMS: ANSWERS_WITHIN_MS, socketTimeoutMS: SILENT_AFTER_MS, bufferCommands: true, appName: 'trainyard-bot' });
      return;
    } catch (error) {
      if (signal.aborted) return;
      // Whoever uses a command meanwhile is told; the bot stays up for that.
      log.error({ err: error }, 'the database cannot be reached');
      await delay(TRY_AGAIN_MS);
    }
  }
}

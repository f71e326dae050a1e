import type { Texts } from './texts/texts.js';

const DATABASE_UNREACHABLE = new Set([
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoClientClosedError',
]);
/** The connection was there when the request went out, so it may have been done. */
const DATABASE_SILENT = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoOperationTimeoutError',
  'MongoWaitQueueTimeoutError',
  'StoreSilentError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'LedgerUnavailableError',
]);

/** A socket broke while the driver wrote to it: it hands the error on as it is. */
const SOCKET_BROKE = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/** The handler had no answer in the time a user should wait for one. */
class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
}

/** The sentence for a part of the yard that cannot be reached; null when `error` is a defect of ours. */
export function troubleSentence(error: unknown, texts: Texts): string | null {
  if (typeof error === 'object' && error !== null && 'code' in error && SOCKET_BROKE.has(String(error.code))) return texts.unavailable.databaseSilent;
  if (!(error instanceof Error)) return null;
  if (DATABASE_UNREACHABLE.has(error.name)) return texts.unavailable.database;
  // Mongoose keeps a request back while it is disconnected; one it gave up on never left this process.
  if (error.name === 'MongooseError' && error.message.includes('buffering timed out')) return texts.unavailable.database;
  if (DATABASE_SILENT.has(error.name)) return texts.unavailable.databaseSilent;
  if (error.name === 'ServiceError') return texts.unavailable.temporal;
  if (error instanceof TooSlowError) return texts.unavailable.tooSlow;
  return null;
}

/** The result of `work`, or a TooSlowError after `ms`; the work itself goes on. */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new TooSlowError(`No answer within ${ms} ms.`));
    }, ms);
  });
  try {
    return await Promise.race([work, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

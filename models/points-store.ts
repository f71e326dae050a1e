import { createHash } from 'node:crypto';
import { mongo, type Connection } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import { canonicalForm, EMPTY_HEAD, type Entry, type EntryDraft, type Head } from '../domain/ledger.js';
import { duplicateKeyOf } from './duplicate-key.js';
import { inTime } from './in-time.js';
import { StoreSilentError } from './points-errors.js';

/** Which unique index an insert met; when it breaks both, either. */
export type InsertResult = 'inserted' | 'seq-taken' | 'key-taken';

/** The three calls an append is made of. Each may fail without telling whether it happened; see {@link isUnknownResult}. */
export interface PointsStore {
  /** The newest entry's totals, or those of an empty chain. */
  readonly readHead: (account: AccountId) => Promise<Head>;
  /** What is recorded under these keys of the account, by key. */
  readonly readEntries: (account: AccountId, keys: readonly string[]) => Promise<ReadonlyMap<string, Entry>>;
  /** The commit point of every operation. */
  readonly insert: (entry: Entry) => Promise<InsertResult>;
}

export const POINTS_COLLECTION = 'points_entries';

/** Order and optimistic concurrency by the first, idempotency for ever by the second; the audit demands both. */
export const POINTS_INDEXES = [
  { key: { account: 1, seq: 1 }, unique: true },
  { key: { account: 1, key: 1 }, unique: true },
] as const;

/**
 * Of one call. A connection that went silent must not keep its account waiting in this process: four tries in vain end within
 * the 20 seconds that an activity has for them, so that the next one does not start beside it.
 */
const CALL_TIMEOUT_MS = 4_000;
/** A primary stepping down, shutting down or not elected yet, and a time limit met on the server: they say nothing about the write. */
const UNKNOWN_RESULT_CODES = new Set([6, 7, 50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

const SOCKET_BROKE = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/** Primary and majority, whatever the connection string says: an entry built on one that is rolled back would leave a gap. */
export const MAJORITY = { readConcern: { level: 'majority' }, readPreference: 'primary' } as const;
const MAJORITY_WRITE = { writeConcern: { w: 'majority', j: true } } as const;

/**
 * The driver's own collection, without a mongoose schema: an entry must be stored exactly as it was hashed, with no casting
 * between, and a call must fail rather than wait in mongoose's buffer while the server is away.
 */
export function pointsCollection(connection: Connection): mongo.Collection<Entry> {
  if (connection.db === undefined) throw new Error('Expected a connection that was opened, found one that never connected.');
  return connection.db.collection<Entry>(POINTS_COLLECTION);
}

export function createPointsStore(connection: Connection, timeoutMs = CALL_TIMEOUT_MS): PointsStore {
  return {
    async readHead(account) {
      const options = { ...MAJORITY, sort: { seq: -1 }, projection: { _id: 0, seq: 1, balance: 1, held: 1, hash: 1 } } as const;
      return (await answered(timeoutMs, pointsCollection(connection).findOne<Head>({ account: text(account) }, options))) ?? EMPTY_HEAD;
    },

    async readEntries(account, keys) {
      const filter = { account: text(account), key: { $in: keys.map((key) => text(key)) } };
      const entries = await answered(timeoutMs, pointsCollection(connection).find<Entry>(filter, { ...MAJORITY, projection: { _id: 0 } }).toArray());
      return new Map(entries.map((entry) => [entry.key, entry]));
    },

    async insert(entry) {
      try {
        await answered(timeoutMs, pointsCollection(connection).insertOne({ ...entry }, MAJORITY_WRITE));
        return 'inserted';
      } catch (error) {
        const taken = takenIndex(error);
        if (taken === null) throw error;
        return taken;
      }
    },
  };
}

/** The driver has no limit of its own for a whole call. */
function answered<Result>(timeoutMs: number, call: Promise<Result>): Promise<Result> {
  return inTime(timeoutMs, call, () => new StoreSilentError(`Expected MongoDB to answer within ${timeoutMs} ms.`));
}

/** Dates and chains a decided entry. */
export function sealEntry(draft: EntryDraft, prevHash: string, at: Date): Entry {
  const entry = { ...draft, prevHash, at, v: 1 } as const;
  return { ...entry, hash: hashOf(entry) };
}

/** SHA-256 over the canonical form, in hex. */
export function hashOf(entry: object): string {
  return createHash('sha256').update(canonicalForm(entry)).digest('hex');
}

/** Whether a failed call may have happened all the same, or may succeed when it is repeated. */
export function isUnknownResult(error: unknown): boolean {
  if (
    error instanceof StoreSilentError ||
    isWaitQueueTimeout(error) ||
    isBareSocketError(error) ||
    error instanceof mongo.MongoParseError ||
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoOperationTimeoutError ||
    error instanceof mongo.MongoWriteConcernError
  ) {
    return true;
  }
  if (!(error instanceof mongo.MongoServerError)) return false;
  return error.hasErrorLabel('RetryableWriteError') || UNKNOWN_RESULT_CODES.has(Number(error.code));
}

/** Nobody got a connection in time. The driver does not export the class. */
function isWaitQueueTimeout(error: unknown): boolean {
  return error instanceof mongo.MongoDriverError && error.name === 'MongoWaitQueueTimeoutError';
}

/** What a socket says that broke while the driver wrote to it: the driver hands it on as it is. */
function isBareSocketError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' && SOCKET_BROKE.has(error.code);
}

function takenIndex(error: unknown): 'seq-taken' | 'key-taken' | null {
  const fields = duplicateKeyOf(error);
  if (fields?.includes('key') === true) return 'key-taken';
  return fields?.includes('seq') === true ? 'seq-taken' : null;
}

/** Filters are made of strings only: an object here would be a query operator. */
function text<Text extends string>(value: Text): Text {
  if (typeof value !== 'string') throw new TypeError(`Expected text, got ${typeof value}.`);
  return value;
}

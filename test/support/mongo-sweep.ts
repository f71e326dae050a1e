import { setTimeout as delay } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { SECRET_MARKS } from './canaries.js';
import type { Findings } from './leak-watch.js';

/** Where a secret has to be: the answer to an interaction needs its token, and an attachment can be fetched only by its signed address. Both are gone after a day. */
const AT_HOME: readonly { readonly collection: string; readonly field: string }[] = [
  { collection: 'interactions', field: 'token' },
  { collection: 'interactions', field: 'url' },
];

export interface MongoSweep {
  /** Looks at everything written so far and ends. */
  finish(): Promise<Findings>;
}

const KEPT_LEAKS = 20;
const TRY_AGAIN_MS = 500;

interface LogEntry {
  readonly ts: mongo.BSON.Timestamp;
  readonly ns?: string;
}

/**
 * Looks at every write to a replica set from now on, by its own log of them: whatever is overwritten, dropped or expired by the end of
 * the run has been seen.
 */
export async function startMongoSweep(uri: string, marks: readonly string[] = SECRET_MARKS): Promise<MongoSweep> {
  const client = await new mongo.MongoClient(uri, { appName: 'trainyard-sweep' }).connect();
  const log = client.db('local').collection<LogEntry>('oplog.rs');
  let seen = await newest();
  let searched = 0;
  let finishing = false;
  const leaks: string[] = [];
  const watching = watch();

  return {
    async finish() {
      const last = await newest();
      finishing = true;
      while (seen.lessThan(last)) await Promise.race([delay(20), watching]);
      await client.close();
      await watching;
      return { place: 'MongoDB', searched, leaks };
    },
  };

  async function newest(): Promise<mongo.BSON.Timestamp> {
    const entry = await log.find().sort({ $natural: -1 }).limit(1).next();
    return entry?.ts ?? new mongo.BSON.Timestamp({ t: 0, i: 0 });
  }

  async function watch(): Promise<void> {
    while (!isFinished()) {
      try {
        const entries = log.find({ ts: { $gt: seen } }, { tailable: true, awaitData: true, maxAwaitTimeMS: 200, raw: true, batchSize: 1_000 });
        for await (const raw of entries as unknown as AsyncIterable<Buffer>) look(raw);
      } catch (error) {
        if (isFinished()) return;
        // Fallen off the end of the log means that writes were not looked at, and that must not pass for clean.
        if (isLost(error)) leaks.push(`Writes were lost sight of: ${String(error)}`);
      }
      await delay(TRY_AGAIN_MS);
    }
  }

  function isFinished(): boolean {
    return finishing;
  }

  function look(raw: Buffer): void {
    searched += 1;
    const entry = mongo.BSON.deserialize(raw.subarray(0), { promoteBuffers: true }) as LogEntry;
    seen = entry.ts;
    if (leaks.length >= KEPT_LEAKS || !marks.some((mark) => raw.includes(mark))) return;
    for (const { path, collection } of placesIn(entry, entry.ns ?? '', marks)) {
      const field = path.split('.').at(-1);
      if (!AT_HOME.some((home) => home.collection === collection && home.field === field)) leaks.push(`${collection}: ${path}`);
    }
  }
}

/** Every field under which a mark stands, with the collection it was written to; a transaction holds several writes. */
function placesIn(value: unknown, namespace: string, marks: readonly string[], path = ''): { path: string; collection: string }[] {
  const collection = namespace.slice(namespace.indexOf('.') + 1);
  if (typeof value === 'string') return marks.some((mark) => value.includes(mark)) ? [{ path, collection }] : [];
  if (value instanceof Uint8Array) return marks.some((mark) => Buffer.from(value).includes(mark)) ? [{ path, collection }] : [];
  if (typeof value !== 'object' || value === null) return [];
  const own = 'ns' in value && typeof value.ns === 'string' && value.ns !== '' ? value.ns : namespace;
  return Object.entries(value).flatMap(([key, each]) => placesIn(each, own, marks, path === '' ? key : `${path}.${key}`));
}

/** The log no longer holds the entry to go on from. */
function isLost(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && (error.code === 136 || error.code === 286);
}

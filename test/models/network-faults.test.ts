import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mongoose';
import { textsFor } from '../../bot/texts/texts.js';
import { troubleSentence } from '../../bot/trouble.js';
import { BOT_PATIENCE, connectionLimits, WORKER_PATIENCE } from '../../models/connection-limits.js';
import { auditLedger } from '../../models/ledger-audit.js';
import { createPointsLedger } from '../../models/points-ledger.js';
import { createPointsStore } from '../../models/points-store.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../sandbox/chaos/network/faults.js';
import { openFaultyWay, type FaultyWay } from '../../sandbox/chaos/network/faulty-way.js';
import { createModels, openModels, type Models } from '../../workers/models.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { claimOf, GRANTED, MODEL_CALLS, ownOf, seedRows, type Own, type Shared } from '../support/model-calls.js';
import { described, inTurns, noteRejections, outcomeOf, type Trial } from '../support/network-trials.js';

/** The way to MongoDB fails in every way there is, under every operation of every model. */

/** In the proportions of the product, which are held below. */
const SHORT = { ...connectionLimits({ findsServerWithinMs: 1_500, silentAfterMs: 1_500 }), ledgerMs: 700 };
/** A fault that only makes a call slow must not meet the limits of one that kills it. */
const LONG = { ...connectionLimits({ findsServerWithinMs: 50_000, silentAfterMs: 50_000 }), ledgerMs: 50_000 };
/** A multiple of all timeouts together, and the time of a busy machine. */
const LONGEST_MS = 90_000;
const SLOW_MS = 3_000;
/** Bounds the connections of the whole table. */
const FAULTS_AT_ONCE = 6;
/** Of those that differ by their bytes alone, one is enough for a hundred operations. */
const LEFT_OUT: readonly string[] = [
  'silent towards the client', 'reset in the first bytes of a request', 'closed in the middle of a request', 'silent after the first bytes of a request', 'reply cut in its first bytes, reset',
  'reply cut in its middle, closed', 'third reply of every connection dropped', 'jitter', 'requests drip', 'narrow', 'garbage before the reply',
];
const FAULTS = FAULT_NAMES.filter((fault) => !LEFT_OUT.includes(fault));
const CONNECTIONS = 30;

/** Left to a test of its own: it never ends. */
const WATCH = 'runs.watch';
const english = textsFor('en-GB');

let database: TestDatabase;
let direct: Models;
let shared: Shared;
const rejections = noteRejections();

beforeAll(async () => {
  database = await openTestDatabase();
  direct = await openModels(database.connection);
  const [{ sha256 }] = await Promise.all([direct.blobs.put(Buffer.alloc(300_000, 7)), direct.uploads.put('an upload', Buffer.alloc(3_000, 9))]);
  shared = { sha256, uploadId: 'an upload' };
}, 60_000);
afterAll(async () => {
  rejections.stop();
  await database.close();
}, 60_000);

interface Line {
  readonly fault: FaultName;
  readonly way: FaultyWay;
  readonly connection: Connection;
  readonly models: Models;
  readonly owns: ReadonlyMap<string, Own>;
}

async function openLine(fault: FaultName): Promise<Line> {
  const address = new URL(database.uri);
  const way = await openFaultyWay({ host: address.hostname, port: Number(address.port) });
  const uri = `mongodb://${way.host}:${way.port}${address.pathname}?directConnection=true`;
  const { ledgerMs, ...limits } = NETWORK_FAULTS[fault].harm === 'broken' ? SHORT : LONG;
  const connection = await eventually(() => createConnection(uri, { ...limits, maxPoolSize: CONNECTIONS }).asPromise(), LONGEST_MS);
  const ledger = createPointsLedger(connection, createPointsStore(connection, ledgerMs));
  const models = { ...createModels(connection), ledger };
  const owns = new Map(Object.keys(MODEL_CALLS).map((call) => [call, ownOf(call)]));
  await seedRows(database.connection, [...owns.values()], shared);
  return { fault, way, connection, models, owns };
}

/** Each call once at the same time, each on rows of its own. */
async function callAll(line: Line): Promise<Trial[]> {
  return Promise.all(Object.keys(MODEL_CALLS).map(async (call) => ({ fault: line.fault, call, outcome: await outcomeOf(() => make(line, call), LONGEST_MS) })));
}

/** Makes the calls that brought nothing again, until they do. */
async function repeat(line: Line, trials: readonly Trial[]): Promise<Trial[]> {
  const failed = trials.filter(({ outcome }) => outcome.kind !== 'value');
  return Promise.all(failed.map(async ({ fault, call }) => ({ fault, call, outcome: await outcomeOf(() => eventually(() => make(line, call), LONGEST_MS), 2 * LONGEST_MS) })));
}

function make(line: Line, call: string): Promise<unknown> {
  const work = MODEL_CALLS[call];
  if (work === undefined) throw new Error(`Expected a call named ${call}.`);
  return work(line.models, own(line, call), shared);
}

/** Bytes that are no reply give whatever errors the driver's parser knows; users read a reference to the log then. */
const isTyped = ({ fault, outcome }: Trial): boolean =>
  outcome.kind === 'value' || (outcome.kind === 'error' && (troubleSentence(outcome.error, english) !== null || (fault.startsWith('garbage') && outcome.error instanceof Error)));

describe('the way to MongoDB', () => {
  it('has every operation of every model in its table, and at least twenty faults', () => {
    const operations = Object.entries(direct).flatMap(([name, model]) => Object.keys(model).map((operation) => `${name}.${operation}`));
    expect(operations.filter((name) => name !== WATCH).sort()).toEqual(Object.keys(MODEL_CALLS).sort());
    expect(FAULTS.length).toBeGreaterThanOrEqual(20);
  });

  it('under each fault every operation ends in time, with a result or an error that has a sentence for users; after it every one works, once', async () => {
    const lines = await inTurns(FAULTS, FAULTS_AT_ONCE, async (fault) => {
      const line = await openLine(fault);
      await line.way.inflict(NETWORK_FAULTS[fault]);
      // What comes slowly comes for as long as it takes: then the network is well again while it is under way.
      const healed = NETWORK_FAULTS[fault].harm === 'slow' ? delay(SLOW_MS).then(() => line.way.lift()) : null;
      const during = await callAll(line);
      await (healed ?? line.way.lift());
      // The driver comes back by itself; how soon is its business.
      const after = await repeat(line, during);
      const ledger = await balances(line);
      await line.connection.close();
      await eventually(() => { expect({ fault, open: line.way.open() }).toEqual({ fault, open: 0 }); }, LONGEST_MS);
      await line.way.close();
      return { line, during, after, ledger };
    });

    const trials = lines.flatMap(({ during }) => during);
    expect(trials).toHaveLength(FAULTS.length * Object.keys(MODEL_CALLS).length);
    expect(trials.filter(({ outcome }) => outcome.kind === 'hung').map(described)).toEqual([]);
    expect(trials.filter((trial) => !isTyped(trial)).map(described)).toEqual([]);
    expect(trials.filter(({ fault, outcome }) => NETWORK_FAULTS[fault as FaultName].harm === 'none' && outcome.kind !== 'value').map(described)).toEqual([]);
    // A table whose faults break nothing would pass just as well.
    const breaking = new Set(trials.filter(({ outcome }) => outcome.kind === 'error').map(({ fault }) => fault));
    expect(breaking.size).toBeGreaterThanOrEqual(15);

    expect(lines.flatMap(({ after }) => after).filter(({ outcome }) => outcome.kind !== 'value').map(described)).toEqual([]);
    for (const { line, ledger } of lines) {
      expect({ fault: line.fault, ledger }).toEqual({ fault: line.fault, ledger: { granted: GRANTED, entries: 1, held: 'refused', settled: 1 } });
      expect({ fault: line.fault, ...(await effects(line)) }).toEqual({ fault: line.fault, ...ONCE });
    }
    const report = await auditLedger(database.connection);
    expect(report.violations).toEqual([]);
    expect(rejections.taken()).toEqual([]);
  }, 400_000);

  it('is left to the limits that the product sets: an operation and its repetition end within the quickest activity’s 15 seconds', () => {
    const { serverSelectionTimeoutMS, connectTimeoutMS, socketTimeoutMS } = connectionLimits(WORKER_PATIENCE);
    expect(Math.max(2 * socketTimeoutMS, connectTimeoutMS + serverSelectionTimeoutMS)).toBeLessThan(15_000);
    const bot = connectionLimits(BOT_PATIENCE);
    expect(Math.max(2 * bot.socketTimeoutMS, bot.connectTimeoutMS + bot.serverSelectionTimeoutMS)).toBeLessThanOrEqual(12_000);
  });
});

function own({ owns }: Line, call: string): Own {
  const found = owns.get(call);
  if (found === undefined) throw new Error(`Expected a row of its own for ${call}.`);
  return found;
}

async function balances(line: Line): Promise<object> {
  const granted = own(line, 'ledger.grant');
  const held = own(line, 'ledger.hold');
  const resolved = own(line, 'ledger.resolve');
  const { ledger } = direct;
  return {
    granted: (await ledger.balanceOf(granted.account)).balancePoints,
    entries: (await ledger.historyOf(granted.account, { limit: 10 })).length,
    held: (await ledger.historyOf(held.account, { limit: 10 })).map(({ kind }) => kind).join(),
    settled: (await ledger.historyOf(resolved.account, { limit: 10 })).length,
  };
}

const ONCE = {
  newRuns: 1, newDatasets: 1, images: ['first', 'added'], claim: true, attempt: 2, blobs: 1, newLoras: 1, shelf: 1, sightings: 1, verdicts: 1, retriedBy: 'one', newQuotes: 1,
};

/** What twice-made calls have left in the database. */
async function effects(line: Line): Promise<object> {
  const count = (name: string, _id: string): Promise<number> => database.connection.collection<{ _id: string }>(name).countDocuments({ _id });
  const adding = own(line, 'datasets.addImage');
  const claiming = own(line, 'runs.claim');
  const shelving = own(line, 'loras.shelve');
  const shelf = await database.connection.collection<{ _id: string; items: unknown[] }>('collections').findOne({ _id: `${shelving.account}/default` });
  const claimed = await direct.runs.read(claiming.id);
  const verdicts = await direct.interactions.read(own(line, 'interactions.recordVerdict').id);
  return {
    newRuns: await count('runs', `new-${own(line, 'runs.open').id}`),
    newDatasets: await count('datasets', `new-${own(line, 'datasets.create').id}`),
    images: (await direct.datasets.read(adding.id))?.images.map(({ imageId }) => (imageId === adding.id ? 'added' : imageId)),
    claim: JSON.stringify(claimed?.claim) === JSON.stringify(claimOf(claiming)),
    attempt: (await direct.runs.read(own(line, 'runs.startAttempt').id))?.attempt,
    blobs: await storedOnce(own(line, 'blobs.put')),
    newLoras: await count('loras', `new-${shelving.id}`),
    shelf: shelf?.items.length,
    sightings: await direct.sightings.seenDead(own(line, 'sightings.seenDead').id, 'sweep', new Date()),
    verdicts: verdicts?.verdicts?.length,
    retriedBy: (await direct.interactions.read(own(line, 'interactions.claimRetry').id))?.retriedBy,
    newQuotes: await count('quotes', `new-${own(line, 'quotes.store').id}`),
  };
}

/** Stored once more, the bytes are there already, and whole. */
async function storedOnce({ bytes }: Own): Promise<number> {
  const { sha256 } = await direct.blobs.put(bytes);
  const files = await database.connection.collection('blobs.files').countDocuments({ filename: sha256 });
  return Buffer.compare((await direct.blobs.read(sha256)) ?? Buffer.alloc(0), bytes) === 0 ? files : -1;
}

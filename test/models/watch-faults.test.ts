import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mongoose';
import { connectionLimits } from '../../models/connection-limits.js';
import { createRuns, type Runs } from '../../models/runs.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../sandbox/chaos/network/faults.js';
import { openFaultyWay } from '../../sandbox/chaos/network/faulty-way.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf, type Outcome } from '../support/network-trials.js';

/** The way to MongoDB fails in every way there is, under the stream of changed rows. */

const SHORT = connectionLimits({ findsServerWithinMs: 1_500, silentAfterMs: 1_500 });
const LONG = connectionLimits({ findsServerWithinMs: 50_000, silentAfterMs: 50_000 });
const FAULT_MS = 2_000;
const LONGEST_MS = 45_000;
const FAULTS_AT_ONCE = 12;

let database: TestDatabase;
const rejections = noteRejections();

beforeAll(async () => { database = await openTestDatabase(); });
afterAll(async () => {
  rejections.stop();
  await database.close();
});

interface Ear {
  readonly heard: readonly string[];
  readonly errors: readonly unknown[];
  /** Goes on after the last change that was heard. */
  readonly place: () => unknown;
  close(): Promise<void>;
}

/** Listens as the keeper of the cards does: to changes and errors, and to nothing else. */
function listenTo(runs: Runs, resumeAfter: unknown): Ear {
  const heard: string[] = [];
  const errors: unknown[] = [];
  let place = resumeAfter;
  const stream = runs.watch(resumeAfter);
  stream.on('change', (change: { readonly _id: unknown; readonly documentKey: { readonly _id: string } }) => {
    place = change._id;
    heard.push(change.documentKey._id);
  });
  stream.on('error', (error: unknown) => { errors.push(error); });
  return { heard, errors, place: () => place, close: () => stream.close() };
}

interface Row {
  readonly fault: FaultName;
  /** In the order of the writes: what was heard of them, by the stream and by the one that took its place. */
  readonly heard: readonly string[];
  readonly broke: boolean;
  readonly errors: readonly unknown[];
  readonly going: Outcome;
  readonly closing: Outcome;
}

async function underFault(fault: FaultName): Promise<Row> {
  const { hostname, port, pathname } = new URL(database.uri);
  const way = await openFaultyWay({ host: hostname, port: Number(port) });
  const limits = NETWORK_FAULTS[fault].harm === 'none' ? LONG : SHORT;
  const connection = await eventually(() => createConnection(`mongodb://${way.host}:${way.port}${pathname}?directConnection=true`, limits).asPromise(), LONGEST_MS);
  const runs = createRuns(connection);
  const name = `${fault} ${randomUUID()}`;
  const change = async (what: string): Promise<void> => {
    await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: `${name}: ${what}` });
  };
  const own = (ears: readonly Ear[]): string[] => ears.flatMap(({ heard }) => heard).flatMap((id) => (id.startsWith(`${name}: `) ? [id.slice(name.length + 2)] : []));
  const ear = listenTo(runs, null);
  let opening = 0;
  // The stream tells of what comes after its beginning on the server.
  await eventually(async () => {
    await change(`opening ${opening += 1}`);
    expect(ear.heard.some((id) => id.startsWith(name))).toBe(true);
  }, LONGEST_MS, 50);
  await change('before');
  await eventually(() => { expect(own([ear])).toContain('before'); }, LONGEST_MS);

  await way.inflict(NETWORK_FAULTS[fault]);
  await change('in the fault');
  await delay(FAULT_MS);
  await change('late in the fault');
  await way.lift();
  await change('after');
  const ears = [ear];
  const going = await outcomeOf(() => eventually(() => {
    const last = ears.at(-1) ?? ear;
    // Whoever listens to a stream that has ended with an error goes on with another.
    if (last.errors.length > 0) ears.push(listenTo(runs, last.place()));
    expect(own(ears)).toContain('after');
  }, LONGEST_MS, 100), 2 * LONGEST_MS);
  const closing = await outcomeOf(async () => {
    for (const each of ears) await each.close();
    await connection.close();
    await eventually(() => { expect(way.open()).toBe(0); }, LONGEST_MS);
  }, LONGEST_MS);
  await way.close();
  const heard = own(ears).filter((what) => !what.startsWith('opening'));
  return { fault, heard, broke: ears.length > 1, errors: ears.flatMap(({ errors }) => errors), going, closing };
}

describe('the stream of changed rows', () => {
  it('goes on by itself under every fault of the way to MongoDB, or ends with an error; what changed meanwhile is told once, in order', async () => {
    expect(FAULT_NAMES.length).toBeGreaterThanOrEqual(20);
    const rows = await inTurns(FAULT_NAMES, FAULTS_AT_ONCE, underFault);
    for (const call of ['going', 'closing'] as const) {
      expect(rows.filter((row) => row[call].kind !== 'value').map((row) => described({ fault: row.fault, call, outcome: row[call] }))).toEqual([]);
    }
    for (const { fault, heard } of rows) expect({ fault, heard }).toEqual({ fault, heard: ['before', 'in the fault', 'late in the fault', 'after'] });
    expect(rows.flatMap(({ errors }) => errors).filter((error) => !types.isNativeError(error))).toEqual([]);
    expect(rows.filter(({ fault, broke }) => broke && NETWORK_FAULTS[fault].harm === 'none').map(({ fault }) => fault)).toEqual([]);
    const broken = rows.filter(({ broke }) => broke).length;
    expect(broken).toBeGreaterThan(0);
    expect(broken).toBeLessThan(rows.length);
    expect(rejections.taken()).toEqual([]);
  }, 300_000);
});

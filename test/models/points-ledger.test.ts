import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import type { AccountId } from '../../domain/accounts.js';
import { points } from '../../domain/points.js';
import { auditLedger } from '../../models/ledger-audit.js';
import { createPointsLedger, type PointsLedger } from '../../models/points-ledger.js';
import { openHoldsPipeline } from '../../models/points-queries.js';
import { pointsCollection } from '../../models/points-store.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let ledger: PointsLedger;
let accounts = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  ledger = createPointsLedger(database.connection);
  await ledger.ensureIndexes();
});

afterAll(async () => {
  expect((await auditLedger(database.connection)).violations).toEqual([]);
  await database.close();
});

/** An account of its own for each test. */
async function accountWith(amount: number): Promise<AccountId> {
  accounts += 1;
  const accountId: AccountId = `test:ledger-${accounts}`;
  if (amount > 0) await ledger.grant({ accountId, key: 'grant:first', amountPoints: points(amount) });
  return accountId;
}

const resolve = (accountId: AccountId, runId: string, price: number, wish: Parameters<PointsLedger['resolve']>[0]['wish']) =>
  ledger.resolve({ accountId, runId, heldPoints: points(price), wish });

describe('bad input', () => {
  const badId = { $gt: '' } as unknown as AccountId;

  it('reads and writes nothing for an id that is no text', async () => {
    await expect(ledger.balanceOf(badId)).rejects.toThrow(TypeError);
    await expect(ledger.historyOf(badId, { limit: 5 })).rejects.toThrow(TypeError);
    await expect(ledger.hold({ accountId: badId, runId: 'r', amountPoints: points(1) })).rejects.toThrow(TypeError);
    await expect(ledger.resolutionOf('test:1', badId)).rejects.toThrow(TypeError);
    await expect(ledger.hold({ accountId: 'test:1', runId: badId, amountPoints: points(1) })).rejects.toThrow(TypeError);
    await expect(resolve('test:1', '', 1, { kind: 'release' })).rejects.toThrow(TypeError);
  });

  it.each([0, -5, 1.5, NaN, '5', Number.MAX_SAFE_INTEGER + 1])('grants nothing for %p points', async (amount) => {
    const amountPoints = amount as ReturnType<typeof points>;
    await expect(ledger.grant({ accountId: 'test:1', key: 'grant:1', amountPoints })).rejects.toThrow(RangeError);
  });

  it.each(['hold:r', 'resolve:r', 'grant:', '', { $gt: '' }])('grants nothing under the key %p', async (key) => {
    await expect(ledger.grant({ accountId: 'test:1', key: key as 'grant:1', amountPoints: points(1) })).rejects.toThrow(TypeError);
  });

  it.each([0, -1, NaN, 2.5])('refuses a page of %p entries', async (limit) => {
    await expect(ledger.historyOf('test:1', { limit })).rejects.toThrow(RangeError);
  });
});

describe('grant', () => {
  it('refuses another amount under a key that was used', async () => {
    const accountId = await accountWith(500);
    const again = ledger.grant({ accountId, key: 'grant:first', amountPoints: points(501) });
    await expect(again).rejects.toMatchObject({ name: 'IdempotencyMismatchError', recordedPoints: 500, askedPoints: 501 });
    expect(await ledger.balanceOf(accountId)).toMatchObject({ balancePoints: 500 });
  });

  it('grants once, whoever repeats it', async () => {
    const accountId = await accountWith(500);
    const again = await ledger.grant({ accountId, key: 'grant:first', amountPoints: points(500) });
    expect(again.entry).toMatchObject({ seq: 1, kind: 'grant', amount: 500 });
    expect(await ledger.balanceOf(accountId)).toEqual({ balancePoints: 500, heldPoints: 0, availablePoints: 500 });
  });

  it.each(['welcome', 'allowance'] as const)('keeps to the first %s after the operator has changed the amount', async (kind) => {
    const accountId = await accountWith(0);
    const key = `${kind}:${accountId}` as const;
    await ledger.grant({ accountId, key, amountPoints: points(5_000) });
    expect((await ledger.grant({ accountId, key, amountPoints: points(9_000) })).entry.amount).toBe(5_000);
    expect(await ledger.balanceOf(accountId)).toMatchObject({ balancePoints: 5_000 });
  });

  it('keeps who granted and why, in the hashed entry', async () => {
    const accountId = await accountWith(0);
    await ledger.grant({ accountId, key: 'grant:1', amountPoints: points(7), reason: 'Sorry for the lost run', by: 'test:operator' });
    expect(await ledger.historyOf(accountId, { limit: 1 })).toMatchObject([{ reason: 'Sorry for the lost run', by: 'test:operator' }]);
  });
});

describe('hold', () => {
  it('refuses when the points are held by another run, and stays refused after a top-up', async () => {
    const accountId = await accountWith(100);
    await ledger.hold({ accountId, runId: 'other', amountPoints: points(60) });
    const refusal = { kind: 'refused', neededPoints: 60, availablePoints: 40 };
    expect(await ledger.hold({ accountId, runId: 'mine', amountPoints: points(60) })).toEqual(refusal);
    await ledger.grant({ accountId, key: 'grant:top-up', amountPoints: points(1_000) });
    expect(await ledger.hold({ accountId, runId: 'mine', amountPoints: points(60) })).toEqual(refusal);
    expect(await ledger.balanceOf(accountId)).toMatchObject({ heldPoints: 60 });
  });

  it('refuses another price for the same run', async () => {
    const accountId = await accountWith(100);
    await ledger.hold({ accountId, runId: 'r', amountPoints: points(60) });
    await expect(ledger.hold({ accountId, runId: 'r', amountPoints: points(61) })).rejects.toMatchObject({ name: 'IdempotencyMismatchError' });
  });

  it.each(['capture', 'release'] as const)('tells a run that is reset after its %s that it is settled', async (kind) => {
    const accountId = await accountWith(200);
    await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) });
    await resolve(accountId, 'r', 100, { kind });
    expect(await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) })).toEqual({ kind: 'settled', resolution: kind });
    expect(await ledger.balanceOf(accountId)).toMatchObject({ heldPoints: 0 });
  });

  it('answers a repeated hold with the first answer, also when nothing is left for a second one', async () => {
    const accountId = await accountWith(100);
    const first = await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) });
    expect(first).toEqual({ kind: 'held', balancePoints: 100, heldPoints: 100, availablePoints: 0 });
    expect(await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) })).toEqual(first);
  });

  it('keeps no record of a free run', async () => {
    const accountId = await accountWith(0);
    expect(await ledger.hold({ accountId, runId: 'r', amountPoints: points(0) })).toMatchObject({ kind: 'held', availablePoints: 0 });
    expect(await resolve(accountId, 'r', 0, { kind: 'capture' })).toEqual({ kind: 'nothing-held' });
    expect(await resolve(accountId, 'r', 0, { kind: 'release' })).toEqual({ kind: 'nothing-held' });
    expect(await ledger.historyOf(accountId, { limit: 5 })).toEqual([]);
  });
});

describe('resolve', () => {
  it('refuses to capture more than the hold and leaves it open', async () => {
    const accountId = await accountWith(500);
    await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) });
    const tooMuch = resolve(accountId, 'r', 100, { kind: 'capture', amountPoints: points(101) });
    await expect(tooMuch).rejects.toMatchObject({ name: 'CaptureExceedsHoldError' });
    expect(await ledger.resolutionOf(accountId, 'r')).toBeNull();
  });

  it('finds nothing held for a refused run, and writes nothing', async () => {
    const accountId = await accountWith(10);
    await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) });
    expect(await resolve(accountId, 'r', 100, { kind: 'release' })).toEqual({ kind: 'nothing-held' });
    expect(await ledger.historyOf(accountId, { limit: 5 })).toHaveLength(2);
  });

  it.each(['capture', 'release'] as const)('closes the door on a hold that comes after the %s', async (kind) => {
    const accountId = await accountWith(500);
    expect(await resolve(accountId, 'r', 100, { kind })).toEqual({ kind: 'nothing-held' });
    expect(await resolve(accountId, 'r', 100, { kind })).toEqual({ kind: 'nothing-held' });
    expect(await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) })).toMatchObject({ kind: 'refused', neededPoints: 100 });
    expect(await ledger.balanceOf(accountId)).toMatchObject({ heldPoints: 0 });
    expect(await ledger.historyOf(accountId, { limit: 1 })).toMatchObject([{ kind: 'refused', key: 'hold:r', amount: 100 }]);
  });

  it('captures a part and frees the rest in one entry', async () => {
    const accountId = await accountWith(500);
    await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) });
    const captured = { kind: 'captured', amountPoints: 30, freedPoints: 70 };
    expect(await resolve(accountId, 'r', 100, { kind: 'capture', amountPoints: points(30) })).toEqual(captured);
    expect(await ledger.balanceOf(accountId)).toEqual({ balancePoints: 470, heldPoints: 0, availablePoints: 470 });
    expect(await ledger.resolutionOf(accountId, 'r')).toEqual(captured);
    expect(await ledger.historyOf(accountId, { limit: 9 })).toHaveLength(3);
  });

  it('releases when 0 points are to be captured', async () => {
    const accountId = await accountWith(500);
    await ledger.hold({ accountId, runId: 'r', amountPoints: points(100) });
    const released = { kind: 'released', amountPoints: 100 };
    expect(await resolve(accountId, 'r', 100, { kind: 'capture', amountPoints: points(0) })).toEqual(released);
    expect(await resolve(accountId, 'r', 100, { kind: 'capture' })).toEqual(released);
    expect(await ledger.balanceOf(accountId)).toMatchObject({ availablePoints: 500 });
  });
});

describe('reading', () => {
  it('pages through the history, newest first', async () => {
    const accountId = await accountWith(100);
    for (const runId of ['a', 'b', 'c']) await ledger.hold({ accountId, runId, amountPoints: points(10) });
    const page = await ledger.historyOf(accountId, { limit: 3 });
    expect(page.map((entry) => entry.runId)).toEqual(['c', 'b', 'a']);
    expect(await ledger.historyOf(accountId, { limit: 3, beforeSeq: 2 })).toMatchObject([{ kind: 'grant', seq: 1 }]);
  });

  it('lists the holds nothing has resolved, oldest first, and none that is too young', async () => {
    const [one, two] = [await accountWith(100), await accountWith(100)];
    const before = new Date();
    await ledger.hold({ accountId: one, runId: 'open-1', amountPoints: points(10) });
    await ledger.hold({ accountId: two, runId: 'ended', amountPoints: points(20) });
    await ledger.hold({ accountId: two, runId: 'open-2', amountPoints: points(30) });
    await resolve(two, 'ended', 20, { kind: 'release' });
    await ledger.hold({ accountId: two, runId: 'refused', amountPoints: points(1_000) });
    const later = new Date(Date.now() + 1_000);
    const mine = (await ledger.openHolds(later, 100)).filter(({ accountId }) => accountId === one || accountId === two);
    expect(mine).toEqual([
      { accountId: one, runId: 'open-1', amountPoints: 10, at: expect.any(Date) },
      { accountId: two, runId: 'open-2', amountPoints: 30, at: expect.any(Date) },
    ]);
    expect(await ledger.openHolds(later, 1)).toHaveLength(1);
    expect((await ledger.openHolds(before, 100)).filter(({ accountId }) => accountId === one)).toEqual([]);
  });

  it('finds open holds by the indexes, one newest entry per account', async () => {
    const plan = JSON.stringify(await pointsCollection(database.connection).aggregate(openHoldsPipeline(new Date(), 10)).explain());
    expect(plan).toContain('DISTINCT_SCAN');
    expect(plan).not.toContain('COLLSCAN');
  });

  it('asks for majority in every call, and for the journal in every write', async () => {
    const accountId = await accountWith(100);
    const weaker = { monitorCommands: true, readPreference: 'secondaryPreferred', readConcern: { level: 'local' }, writeConcern: { w: 1 } } as const;
    const watched = await mongoose.createConnection(database.uri, weaker).asPromise();
    const sent: { readonly name: string; readonly command: mongoose.mongo.Document }[] = [];
    watched.getClient().on('commandStarted', ({ commandName, command }) => sent.push({ name: commandName, command }));
    const own = createPointsLedger(watched);
    await own.hold({ accountId, runId: 'r', amountPoints: points(10) });
    await own.resolve({ accountId, runId: 'r', heldPoints: points(10), wish: { kind: 'capture' } });
    await own.balanceOf(accountId);
    await watched.close();
    const reads = sent.filter(({ name }) => name === 'find');
    const writes = sent.filter(({ name }) => name === 'insert');
    expect(reads.length).toBeGreaterThan(0);
    expect(writes.length).toBeGreaterThanOrEqual(2);
    for (const { command } of reads) expect(command).toMatchObject({ readConcern: { level: 'majority' } });
    for (const { command } of reads) expect(command).not.toMatchObject({ $readPreference: { mode: 'secondaryPreferred' } });
    for (const { command } of writes) expect(command).toMatchObject({ writeConcern: { w: 'majority', j: true } });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditCheck } from '../../domain/ledger-audit.js';
import type { Entry } from '../../domain/ledger.js';
import { points } from '../../domain/points.js';
import type { EndedRun } from '../../domain/ledger-ends.js';
import type { RunEnd } from '../../domain/runs.js';
import { auditLedger, type AuditedRuns } from '../../models/ledger-audit.js';
import { createPointsLedger, type PointsLedger } from '../../models/points-ledger.js';
import { hashOf, pointsCollection } from '../../models/points-store.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const accountId = 'test:audited';
const price = points(100);

let database: TestDatabase;
let ledger: PointsLedger;

/** A healthy history: a grant, a partial capture, a release, an open hold, a refusal; and a second account. */
beforeEach(async () => {
  database = await openTestDatabase();
  ledger = createPointsLedger(database.connection);
  await ledger.ensureIndexes();
  await ledger.grant({ accountId, key: 'welcome:test:audited', amountPoints: points(320) });
  for (const runId of ['a', 'b', 'c', 'd']) await ledger.hold({ accountId, runId, amountPoints: price });
  await ledger.resolve({ accountId, runId: 'a', heldPoints: price, wish: { kind: 'capture', amountPoints: points(40) } });
  await ledger.resolve({ accountId, runId: 'b', heldPoints: price, wish: { kind: 'release' } });
  await ledger.resolve({ accountId, runId: 'never-held', heldPoints: price, wish: { kind: 'release' } });
  await ledger.grant({ accountId: 'test:other', key: 'grant:1', amountPoints: points(10) });
});

afterEach(async () => {
  await database.close();
});

const entries = () => pointsCollection(database.connection);

async function entryOf(key: string): Promise<Entry> {
  const entry = await entries().findOne<Entry>({ account: accountId, key }, { projection: { _id: 0 } });
  if (entry === null) throw new Error(`Expected an entry under ${key}.`);
  return entry;
}

/** Changes an entry as somebody would who knows how hashes are made; every link after it breaks all the same. */
async function forge(key: string, changes: object): Promise<void> {
  const forged = { ...(await entryOf(key)), ...changes };
  await entries().updateOne({ account: accountId, key }, { $set: { ...forged, hash: hashOf(forged) } });
}

/** Appends what the ledger would never write, with a hash and link that fit. */
async function appendForged(changes: object): Promise<void> {
  const [head] = await ledger.historyOf(accountId, { limit: 1 });
  if (head === undefined) throw new Error('Expected a chain.');
  const { balance, held } = head;
  const forged = { account: accountId, seq: head.seq + 1, balance, held, prevHash: head.hash, at: new Date(), v: 1, ...changes };
  await entries().insertOne({ ...forged, hash: hashOf(forged) } as unknown as Entry);
}

/** The rows beside the ledger: all are open, unless said otherwise. */
function rows({ read = () => Promise.resolve({ open: true }), ended = [] }: { read?: AuditedRuns['read']; ended?: readonly EndedRun[] } = {}): AuditedRuns {
  return {
    read,
    async *endedWithPrice() {
      for (const run of ended) yield await Promise.resolve(run);
    },
  };
}

function ended(runId: string, end: RunEnd): EndedRun {
  return { runId, accountId, pricePoints: price, end };
}

const KEPT_PART: RunEnd = { kind: 'cancelled', by: 'owner', capturedPoints: 40, releasedPoints: 60 };
const GIVEN_BACK: RunEnd = { kind: 'failed', failure: { type: 'Terminated' }, releasedPoints: 100 };
const BROKE_EARLY: RunEnd = { kind: 'failed', failure: { type: 'Internal', reference: 'x' }, releasedPoints: 0 };
const NOT_ENOUGH: RunEnd = { kind: 'refused', refusal: { code: 'not-enough-points', neededPoints: 100, availablePoints: 80 } };

async function checksRed(runs?: Parameters<typeof auditLedger>[1]): Promise<AuditCheck[]> {
  const { violations } = await auditLedger(database.connection, runs);
  return [...new Set(violations.map(({ check }) => check))].sort();
}

describe('auditLedger is red', () => {
  it('for an entry that was taken out of a chain', async () => {
    await entries().deleteOne({ account: accountId, key: 'hold:d' });
    expect(await checksRed()).toEqual(['broken-hash', 'seq-gap']);
  });

  it.each([
    ['a changed amount', { amount: 41 }],
    ['a changed date', { at: new Date(0) }],
    ['a changed owner of the run', { runId: 'b' }],
    ['a field that was added', { note: 'free points' }],
  ])('for %s, by its hash', async (_, change) => {
    await entries().updateOne({ account: accountId, key: 'resolve:a' }, { $set: change as object });
    expect(await checksRed()).toContain('broken-hash');
  });

  it('for an entry that was changed and hashed again, by the link of the next one', async () => {
    await forge('hold:d', { at: new Date(0) });
    expect(await checksRed()).toEqual(['broken-hash']);
  });

  it('for a balance that does not follow from the entry', async () => {
    await appendForged({ kind: 'grant', key: 'grant:x', amount: 5, balance: 286 });
    expect(await checksRed()).toEqual(['totals-differ', 'wrong-balance']);
  });

  it('for a held total that does not follow from the entry', async () => {
    await appendForged({ kind: 'grant', key: 'grant:x', amount: 5, balance: 285, held: 99 });
    expect(await checksRed()).toEqual(['wrong-held']);
  });

  it('for more held than there is', async () => {
    await appendForged({ kind: 'hold', key: 'hold:x', runId: 'x', holdKey: 'hold:x', amount: 281, held: 381 });
    expect(await checksRed()).toEqual(['out-of-bounds']);
  });

  it('for a negative balance', async () => {
    await appendForged({ kind: 'adjust', key: 'adjust:x', direction: 'debit', amount: 300, balance: -20 });
    expect(await checksRed()).toEqual(['out-of-bounds']);
  });

  it('for a hold that was resolved twice under one key, after the index was dropped', async () => {
    await entries().dropIndex('account_1_key_1');
    await appendForged({ kind: 'release', key: 'resolve:a', runId: 'a', holdKey: 'hold:a', amount: 100, held: 0 });
    expect(await checksRed()).toEqual(['missing-index', 'repeated-key', 'resolved-twice']);
  });

  it('for a hold that was resolved twice under two keys', async () => {
    await appendForged({ kind: 'release', key: 'release:a', runId: 'a', holdKey: 'hold:a', amount: 100, held: 0 });
    expect(await checksRed()).toEqual(['resolved-twice', 'wrong-key']);
  });

  it('for a resolve under the key of another run', async () => {
    await appendForged({ kind: 'release', key: 'resolve:x', runId: 'x', holdKey: 'hold:c', amount: 100, held: 0 });
    expect(await checksRed()).toEqual(['wrong-key']);
  });

  it('for more captured than was held', async () => {
    await appendForged({ kind: 'capture', key: 'resolve:c', runId: 'c', holdKey: 'hold:c', amount: 101, balance: 179, held: 0 });
    expect(await checksRed()).toEqual(['captured-too-much']);
  });

  it('for a release of another amount than was held', async () => {
    await appendForged({ kind: 'release', key: 'resolve:c', runId: 'c', holdKey: 'hold:c', amount: 99, held: 0 });
    expect(await checksRed()).toEqual(['wrong-release']);
  });

  it.each(['x', 'never-held'])('for a resolve of run %s, which has no hold', async (runId) => {
    await appendForged({ kind: 'release', key: `resolve:${runId}`, runId, holdKey: `hold:${runId}`, amount: 100, held: 0 });
    expect(await checksRed()).toEqual(['resolve-without-hold']);
  });

  it.each([
    ['text for an amount', { kind: 'grant', key: 'grant:x', amount: '5' }],
    ['an amount of 0', { kind: 'grant', key: 'grant:x', amount: 0 }],
    ['a negative amount', { kind: 'grant', key: 'grant:x', amount: -5 }],
    ['a fraction', { kind: 'grant', key: 'grant:x', amount: 0.5 }],
    ['an unknown kind', { kind: 'gift', key: 'gift:x', amount: 5 }],
    ['a hold without a run', { kind: 'hold', key: 'hold:x', amount: 5 }],
    ['an adjustment without a direction', { kind: 'adjust', key: 'adjust:x', amount: 5 }],
    ['another version', { kind: 'grant', key: 'grant:x', amount: 5, v: 2 }],
  ])('for %s', async (_, change) => {
    await appendForged(change);
    expect(await checksRed()).toContain('malformed');
  });

  it.each([
    ['account and seq', 'account_1_seq_1'],
    ['account and key', 'account_1_key_1'],
  ])('when the unique index on %s is gone', async (fields, name) => {
    await entries().dropIndex(name);
    const { violations } = await auditLedger(database.connection);
    expect(violations).toEqual([{ check: 'missing-index', account: null, seq: null, message: `Expected a unique index on ${fields}, found none.` }]);
  });

  it.each([
    ['has ended', { open: false }],
    ['never was', null],
  ])('for points held for a run that %s', async (_, run) => {
    const runs = rows({ read: (runId) => Promise.resolve(runId === 'c' ? run : { open: true }) });
    expect(await checksRed(runs)).toEqual(['stranded-hold']);
  });

  it('when the tail of a chain was cut: a row knows of the capture that is gone with its hold', async () => {
    await ledger.grant({ accountId, key: 'grant:more', amountPoints: price });
    await ledger.hold({ accountId, runId: 'e', amountPoints: price });
    await ledger.resolve({ accountId, runId: 'e', heldPoints: price, wish: { kind: 'capture', amountPoints: price } });
    const runs = rows({ ended: [ended('a', KEPT_PART), ended('e', { kind: 'succeeded', capturedPoints: 100 })] });
    expect(await checksRed(runs)).toEqual([]);
    await entries().deleteMany({ account: accountId, key: { $in: ['hold:e', 'resolve:e'] } });
    expect(await checksRed()).toEqual([]);
    expect((await auditLedger(database.connection, runs)).violations).toEqual([
      { check: 'end-without-entry', account: accountId, seq: null, message: 'Expected an entry resolve:e for e, whose row says that it ended as succeeded; found none.' },
    ]);
  });

  it.each<[string, string, RunEnd]>([
    ['a capture', 'e', { kind: 'succeeded', capturedPoints: 100 }],
    ['a capture, although its row says that nothing was paid', 'e', { kind: 'succeeded', capturedPoints: 0 }],
    ['the capture of a part', 'e', KEPT_PART],
    ['a release', 'e', GIVEN_BACK],
    ['a refused hold', 'e', NOT_ENOUGH],
    ['an end of a hold that was asked for in vain', 'e', { kind: 'failed', failure: { type: 'LedgerUnavailable' }, releasedPoints: 0 }],
    ['a trace of the run that settled it', 'e', { kind: 'refused', refusal: { code: 'run-settled' } }],
  ])('for an ended run that lacks %s', async (_, runId, end) => {
    expect(await checksRed(rows({ ended: [ended(runId, end)] }))).toEqual(['end-without-entry']);
  });

  it.each<[string, string, RunEnd]>([
    ['more captured', 'a', { kind: 'succeeded', capturedPoints: 100 }],
    ['less captured', 'a', { ...KEPT_PART, capturedPoints: 39 }],
    ['more given back', 'a', { ...KEPT_PART, releasedPoints: 61 }],
    ['nothing captured', 'a', BROKE_EARLY],
    ['a refusal', 'a', NOT_ENOUGH],
    ['a capture of what was given back', 'b', { kind: 'succeeded', capturedPoints: 100 }],
    ['a success that was free', 'b', { kind: 'succeeded', capturedPoints: 0 }],
    ['less given back', 'b', { ...GIVEN_BACK, releasedPoints: 99 }],
  ])('for a row that says another amount than the ledger: %s', async (_, runId, end) => {
    expect(await checksRed(rows({ ended: [ended(runId, end)] }))).toEqual(['end-differs']);
  });

  it('and finds the one wrong end among many more than it reads at once', async () => {
    const healthy = Array.from({ length: 450 }, (_, at) => ended(`early-${at}`, BROKE_EARLY));
    const { violations } = await auditLedger(database.connection, rows({ ended: [...healthy, ended('a', GIVEN_BACK)] }));
    expect(violations.map(({ message }) => message)).toEqual([
      'Expected 0 points captured and 100 released for a, whose row says that it ended as failed; found 40 points captured and 60 released.',
    ]);
  });

  it('and names the account, the entry, what was expected and what was found', async () => {
    await appendForged({ kind: 'grant', key: 'grant:x', amount: 5, balance: 286 });
    const { violations } = await auditLedger(database.connection);
    expect(violations[0]).toEqual({
      check: 'wrong-balance',
      account: accountId,
      seq: 9,
      message: 'Expected balance 285 after grant grant:x, found 286.',
    });
  });
});

describe('auditLedger is green', () => {
  it('for an empty database', async () => {
    await entries().drop();
    expect(await auditLedger(database.connection)).toMatchObject({ accounts: 0, entries: 0, violations: [] });
  });

  it('for a healthy history, and adds it up', async () => {
    expect(await auditLedger(database.connection, rows())).toEqual({
      accounts: 2,
      entries: 9,
      openHolds: 1,
      totals: { grantedPoints: 330, capturedPoints: 40, adjustedPoints: 0, balancePoints: 290, heldPoints: 100 },
      violations: [],
    });
  });

  it('for an operator’s credit and debit', async () => {
    await appendForged({ kind: 'adjust', key: 'adjust:1', direction: 'credit', amount: 50, balance: 330 });
    await appendForged({ kind: 'adjust', key: 'adjust:2', direction: 'debit', amount: 10, balance: 320 });
    const { totals, violations } = await auditLedger(database.connection);
    expect([totals.adjustedPoints, violations]).toEqual([40, []]);
  });

  it('for a run that ends while it is being audited', async () => {
    const runs = rows({
      read: async (runId) => {
        await ledger.resolve({ accountId, runId, heldPoints: price, wish: { kind: 'release' } });
        return { open: false };
      },
    });
    expect(await checksRed(runs)).toEqual([]);
  });

  it.each<[string, string, RunEnd]>([
    ['a part was kept', 'a', KEPT_PART],
    ['everything was given back', 'b', GIVEN_BACK],
    ['it was cancelled for nothing', 'b', { kind: 'cancelled', by: 'operator', capturedPoints: 0, releasedPoints: 100 }],
    ['a workflow that was reset held points after its end, and gave them back', 'b', BROKE_EARLY],
    ['its hold was refused', 'd', NOT_ENOUGH],
    ['it was settled before it held anything', 'never-held', BROKE_EARLY],
    ['it broke before its hold', 'x', BROKE_EARLY],
    ['it was cancelled before its hold', 'x', { kind: 'cancelled', by: 'owner', capturedPoints: 0, releasedPoints: 0 }],
    ['it was refused before its hold', 'x', { kind: 'refused', refusal: { code: 'dataset-not-found' } }],
  ])('for an ended run when %s', async (_, runId, end) => {
    expect(await checksRed(rows({ ended: [ended(runId, end)] }))).toEqual([]);
  });
});

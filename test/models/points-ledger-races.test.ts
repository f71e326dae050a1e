import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { points } from '../../domain/points.js';
import { auditLedger } from '../../models/ledger-audit.js';
import { createPointsLedger, type PointsLedger } from '../../models/points-ledger.js';
import { createPointsStore, pointsCollection, POINTS_INDEXES, type InsertResult, type PointsStore } from '../../models/points-store.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const accountId = 'test:racer';
const hundred = points(100);

let database: TestDatabase;
let ledger: PointsLedger;
let store: PointsStore;

beforeEach(async () => {
  database = await openTestDatabase();
  store = createPointsStore(database.connection);
  ledger = createPointsLedger(database.connection);
  await ledger.ensureIndexes();
});

afterEach(async () => {
  const { violations } = await auditLedger(database.connection);
  await database.close();
  expect(violations).toEqual([]);
});

/** As many processes as asked for: each ledger has its own turns, so that nothing but the indexes keeps them apart. */
const processes = (count: number): PointsLedger[] => Array.from({ length: count }, () => createPointsLedger(database.connection));

const faulty = (faults: Partial<PointsStore>): PointsLedger => createPointsLedger(database.connection, { ...store, ...faults });

const grant = (amount: number, key = 'first') => ledger.grant({ accountId, key: `grant:${key}`, amountPoints: points(amount) });
const holdBy = (by: PointsLedger, runId = 'r') => by.hold({ accountId, runId, amountPoints: hundred });
const resolveBy = (by: PointsLedger, kind: 'capture' | 'release', runId = 'r') => by.resolve({ accountId, runId, heldPoints: hundred, wish: { kind } });

/** A call that stops before it reaches the database until it is let through. */
function stalled<Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) {
  let arrived: () => void = () => undefined;
  let open: () => void = () => undefined;
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  const gate = new Promise<void>((resolve) => (open = resolve));
  const through = async (...args: Args): Promise<Result> => {
    arrived();
    await gate;
    return call(...args);
  };
  return { through, arrival, open: () => { open(); } };
}

describe('an attempt that stalls and wakes up too late', () => {
  it('gets the refusal of the attempt after it, although a top-up came between', async () => {
    await grant(50);
    const reading = stalled(store.readHead);
    const zombie = holdBy(faulty({ readHead: reading.through }));
    await reading.arrival;
    expect(await holdBy(ledger)).toMatchObject({ kind: 'refused' });
    await grant(1_000, 'top-up');
    reading.open();
    expect(await zombie).toEqual({ kind: 'refused', neededPoints: 100, availablePoints: 50 });
    expect(await ledger.balanceOf(accountId)).toMatchObject({ heldPoints: 0 });
  });

  it('takes no hold after the run was released without one', async () => {
    await grant(500);
    const inserting = stalled(store.insert);
    const zombie = holdBy(faulty({ insert: inserting.through }));
    await inserting.arrival;
    expect(await resolveBy(ledger, 'release')).toEqual({ kind: 'nothing-held' });
    inserting.open();
    expect(await zombie).toMatchObject({ kind: 'refused' });
    expect(await ledger.balanceOf(accountId)).toMatchObject({ heldPoints: 0 });
  });

  it('releases the hold that was taken while it was about to record that there is none', async () => {
    await grant(500);
    const inserting = stalled(store.insert);
    const release = resolveBy(faulty({ insert: inserting.through }), 'release');
    await inserting.arrival;
    expect(await holdBy(ledger)).toMatchObject({ kind: 'held' });
    inserting.open();
    expect(await release).toEqual({ kind: 'released', amountPoints: 100 });
  });

  it('learns that the run is settled when its hold was resolved meanwhile', async () => {
    await grant(500);
    const inserting = stalled(store.insert);
    const zombie = holdBy(faulty({ insert: inserting.through }));
    await inserting.arrival;
    await holdBy(ledger);
    await resolveBy(ledger, 'capture');
    inserting.open();
    expect(await zombie).toEqual({ kind: 'settled', resolution: 'capture' });
  });
});

describe('an insert that breaks both unique indexes', () => {
  it.each([
    ['seq-taken', [POINTS_INDEXES[0], POINTS_INDEXES[1]]],
    ['key-taken', [POINTS_INDEXES[1], POINTS_INDEXES[0]]],
  ] as const)('is answered with what is recorded when the server names it %s', async (named, indexes) => {
    await pointsCollection(database.connection).drop();
    for (const index of indexes) await pointsCollection(database.connection).createIndexes([{ ...index }]);
    await grant(500);
    const inserting = stalled(store.insert);
    const met: InsertResult[] = [];
    const slow = holdBy(
      faulty({
        insert: async (entry) => {
          const result = await inserting.through(entry);
          met.push(result);
          return result;
        },
      }),
    );
    await inserting.arrival;
    const first = await holdBy(ledger);
    inserting.open();
    expect(await slow).toEqual(first);
    expect(met[0]).toBe(named);
    expect(await ledger.historyOf(accountId, { limit: 9 })).toHaveLength(2);
  });
});

describe('a result that is not known', () => {
  const lost = () => new mongo.MongoNetworkError('connection closed');

  it('is thrown as unavailable after a few tries, and the same call finds out later', async () => {
    await grant(500);
    const silent = faulty({
      insert: async (entry) => {
        await store.insert(entry);
        throw lost();
      },
      readEntries: () => Promise.reject(lost()),
    });
    await expect(holdBy(silent)).rejects.toMatchObject({ name: 'LedgerUnavailableError', cause: expect.any(mongo.MongoNetworkError) });
    expect(await holdBy(ledger)).toMatchObject({ kind: 'held', heldPoints: 100 });
    expect(await ledger.historyOf(accountId, { limit: 9 })).toHaveLength(2);
  });

  it('leaves an error that nobody expected as it is', async () => {
    const broken = faulty({ insert: () => Promise.reject(new TypeError('a bug')) });
    await expect(holdBy(broken)).rejects.toThrow(new TypeError('a bug'));
  });

  it.each([
    ['the acknowledgement', 'after'],
    ['the request', 'before'],
  ])('is found out by the same key when %s is lost', async (_, when) => {
    let faults = 1;
    const flaky = faulty({
      insert: async (entry) => {
        if (faults > 0) {
          faults -= 1;
          if (when === 'after') await store.insert(entry);
          throw lost();
        }
        return store.insert(entry);
      },
    });
    await flaky.grant({ accountId, key: 'grant:1', amountPoints: points(500) });
    faults = 1;
    expect(await holdBy(flaky)).toMatchObject({ kind: 'held' });
    faults = 1;
    expect(await resolveBy(flaky, 'capture')).toEqual({ kind: 'captured', amountPoints: 100, freedPoints: 0 });
    expect(faults).toBe(0);
    expect(await ledger.historyOf(accountId, { limit: 9 })).toHaveLength(3);
    expect(await ledger.balanceOf(accountId)).toMatchObject({ balancePoints: 400, heldPoints: 0 });
  });

  it('lets the others of the account go on after a failure', async () => {
    const flaky = faulty({ insert: (entry) => (entry.key === 'grant:a' ? Promise.reject(lost()) : store.insert(entry)) });
    const calls = ['a', 'b'].map((key) => flaky.grant({ accountId, key: `grant:${key}`, amountPoints: hundred }));
    const [first, second] = await Promise.allSettled(calls);
    expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('many at once', () => {
  it('writes one entry for a hundred calls with one key', async () => {
    await grant(100);
    const answers = await Promise.all(processes(100).map((each) => holdBy(each)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ kind: 'held' });
    expect(await ledger.historyOf(accountId, { limit: 9 })).toHaveLength(2);
  });

  it('loses nothing between sixteen writers of one account', async () => {
    let inserts = 0;
    const counting = { ...store, insert: (entry: Parameters<PointsStore['insert']>[0]) => ((inserts += 1), store.insert(entry)) };
    const writers = Array.from({ length: 16 }, () => createPointsLedger(database.connection, counting));
    await Promise.all(
      writers.map(async (writer, index) => {
        for (let n = 0; n < 5; n += 1) await writer.grant({ accountId, key: `grant:${index}-${n}`, amountPoints: points(1 + n) });
      }),
    );
    expect(await ledger.balanceOf(accountId)).toMatchObject({ balancePoints: 16 * 15 });
    expect(await ledger.historyOf(accountId, { limit: 100 })).toHaveLength(80);
    // The target is 5 tries an operation; twice that leaves room for a busy machine.
    expect(inserts / 80).toBeLessThan(10);
  });

  it('holds no more than there is when twenty runs ask at once', async () => {
    await grant(700);
    const answers = await Promise.all(processes(20).map((each, index) => holdBy(each, `r${index}`)));
    expect(answers.filter(({ kind }) => kind === 'held')).toHaveLength(7);
    expect(await ledger.balanceOf(accountId)).toMatchObject({ heldPoints: 700, availablePoints: 0 });
  });

  it('resolves each hold once when captures and releases race', async () => {
    await grant(2_000);
    const runs = Array.from({ length: 20 }, (_, index) => `r${index}`);
    for (const runId of runs) await holdBy(ledger, runId);
    const [one, two, three, four] = processes(4) as [PointsLedger, PointsLedger, PointsLedger, PointsLedger];
    let captured = 0;
    for (const runId of runs) {
      const race = [resolveBy(one, 'capture', runId), resolveBy(two, 'release', runId), resolveBy(three, 'capture', runId), resolveBy(four, 'release', runId)];
      const answers = await Promise.all(race);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      if (answers[0]?.kind === 'captured') captured += 1;
    }
    const left = 2_000 - 100 * captured;
    expect(await ledger.balanceOf(accountId)).toEqual({ balancePoints: left, heldPoints: 0, availablePoints: left });
    expect(await ledger.historyOf(accountId, { limit: 99 })).toHaveLength(41);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mongo } from 'mongoose';
import type { AccountId } from '../../domain/accounts.js';
import { AccountAudit } from '../../domain/ledger-audit.js';
import { points } from '../../domain/points.js';
import { createPointsLedger, type PointsLedger } from '../../models/points-ledger.js';
import { createPointsStore, hashOf, type PointsStore } from '../../models/points-store.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

type Fault = 'none' | 'lost request' | 'lost acknowledgement' | 'called twice at once';

type Command =
  | { readonly kind: 'grant'; readonly id: number; readonly amount: number }
  | { readonly kind: 'hold'; readonly run: number; readonly amount: number }
  | { readonly kind: 'capture'; readonly run: number; readonly amount: number }
  | { readonly kind: 'release'; readonly run: number };

/** What a ledger is, without chains, keys or a database. */
class Model {
  balance = 0;
  readonly grants = new Map<number, number>();
  readonly runs = new Map<number, { amount: number; state: 'held' | 'refused' | 'captured' | 'released'; captured: number; answer: object }>();

  get held(): number {
    return [...this.runs.values()].reduce((sum, run) => sum + (run.state === 'held' ? run.amount : 0), 0);
  }

  apply(command: Command): object {
    switch (command.kind) {
      case 'grant':
        return this.#grant(command.id, command.amount);
      case 'hold':
        return this.#hold(command.run, command.amount);
      case 'capture':
        return this.#resolve(command.run, command.amount);
      case 'release':
        return this.#resolve(command.run, 0);
    }
  }

  #grant(id: number, amount: number): object {
    const granted = this.grants.get(id);
    if (granted !== undefined && granted !== amount) return { name: 'IdempotencyMismatchError' };
    if (granted === undefined) this.balance += amount;
    this.grants.set(id, amount);
    return { kind: 'granted', entry: { amount } };
  }

  #hold(id: number, amount: number): object {
    const run = this.runs.get(id);
    if (run !== undefined) {
      if (run.amount !== amount) return { name: 'IdempotencyMismatchError' };
      if (run.state === 'captured') return { kind: 'settled', resolution: 'capture' };
      return run.state === 'released' ? { kind: 'settled', resolution: 'release' } : run.answer;
    }
    const availablePoints = this.balance - this.held;
    const state = amount <= availablePoints ? 'held' : 'refused';
    const held = { kind: 'held', balancePoints: this.balance, heldPoints: this.held + amount, availablePoints: availablePoints - amount };
    const answer = state === 'held' ? held : { kind: 'refused', neededPoints: amount, availablePoints };
    this.runs.set(id, { amount, state, captured: 0, answer });
    return answer;
  }

  #resolve(id: number, wished: number): object {
    const run = this.runs.get(id);
    if (run === undefined) {
      const answer = { kind: 'refused', neededPoints: PRICE, availablePoints: this.balance - this.held };
      this.runs.set(id, { amount: PRICE, state: 'refused', captured: 0, answer });
      return { kind: 'nothing-held' };
    }
    if (run.state === 'refused') return { kind: 'nothing-held' };
    if (run.state === 'held') {
      if (wished > run.amount) return { name: 'CaptureExceedsHoldError' };
      run.state = wished > 0 ? 'captured' : 'released';
      run.captured = wished;
      this.balance -= wished;
    }
    if (run.state === 'released') return { kind: 'released', amountPoints: run.amount };
    return { kind: 'captured', amountPoints: run.captured, freedPoints: run.amount - run.captured };
  }
}

const PRICE = 30;
const run = fc.nat(4);
/** Mostly the run's price, and now and then another. */
const amount = fc.oneof({ weight: 4, arbitrary: fc.constant(PRICE) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) });
const command = fc.oneof(
  fc.record<Command & { kind: 'grant' }>({ kind: fc.constant('grant'), id: fc.nat(3), amount: fc.constantFrom(20, 50) }),
  fc.record<Command & { kind: 'hold' }>({ kind: fc.constant('hold'), run, amount }),
  fc.record<Command & { kind: 'capture' }>({ kind: fc.constant('capture'), run, amount: fc.nat(35) }),
  fc.record<Command & { kind: 'release' }>({ kind: fc.constant('release'), run }),
);
const fault = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Fault>('none') },
  { weight: 1, arbitrary: fc.constantFrom<Fault>('lost request', 'lost acknowledgement', 'called twice at once') },
);
const sequences = fc.array(fc.tuple(command, fault), { minLength: 1, maxLength: 20, size: 'max' });

let database: TestDatabase;
let store: PointsStore;

beforeAll(async () => {
  database = await openTestDatabase();
  store = createPointsStore(database.connection);
  await createPointsLedger(database.connection).ensureIndexes();
});

afterAll(async () => {
  await database.close();
});

function ledgerWith(kind: Fault): PointsLedger {
  let faults = kind === 'lost request' || kind === 'lost acknowledgement' ? 1 : 0;
  return createPointsLedger(database.connection, {
    ...store,
    insert: async (entry) => {
      if (faults === 0) return store.insert(entry);
      faults -= 1;
      if (kind === 'lost acknowledgement') await store.insert(entry);
      throw new mongo.MongoNetworkError('connection closed');
    },
  });
}

async function perform(ledger: PointsLedger, accountId: AccountId, asked: Command): Promise<unknown> {
  switch (asked.kind) {
    case 'grant':
      return ledger.grant({ accountId, key: `grant:${asked.id}`, amountPoints: points(asked.amount) });
    case 'hold':
      return ledger.hold({ accountId, runId: `r${asked.run}`, amountPoints: points(asked.amount) });
    case 'capture':
      return ledger.resolve({ accountId, runId: `r${asked.run}`, heldPoints: points(PRICE), wish: { kind: 'capture', amountPoints: points(asked.amount) } });
    case 'release':
      return ledger.resolve({ accountId, runId: `r${asked.run}`, heldPoints: points(PRICE), wish: { kind: 'release' } });
  }
}

const outcomeOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe('any sequence of commands with lost requests, lost acknowledgements and repeated calls', () => {
  it('is answered as the model answers, and leaves a chain in which every rule holds', async () => {
    let accounts = 0;
    const checkSequence = async (sequence: [Command, Fault][]): Promise<void> => {
      accounts += 1;
      const accountId: AccountId = `test:model-${accounts}`;
      const model = new Model();
      for (const [asked, how] of sequence) {
        const expected = model.apply(asked);
        const calls = how === 'called twice at once' ? [ledgerWith('none'), ledgerWith('none')] : [ledgerWith(how)];
        const outcomes = await Promise.all(calls.map((ledger) => outcomeOf(perform(ledger, accountId, asked))));
        for (const outcome of outcomes) expect(outcome).toMatchObject(expected);
      }
      const ledger = ledgerWith('none');
      expect(await ledger.balanceOf(accountId)).toMatchObject({ balancePoints: model.balance, heldPoints: model.held });
      const audit = new AccountAudit(accountId, hashOf);
      for (const entry of (await ledger.historyOf(accountId, { limit: 1_000 })).reverse()) audit.read(entry);
      expect(audit.end().violations).toEqual([]);
    };
    await fc.assert(fc.asyncProperty(sequences, checkSequence), { numRuns: 200 });
  });
});

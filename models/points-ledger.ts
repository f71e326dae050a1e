import type { Connection } from 'mongoose';
import { isAccountId, type AccountId } from '../domain/accounts.js';
import {
  answerHold,
  answerResolve,
  balanceAt,
  isSameAmount,
  resolutionFrom,
  type Balance,
  type GrantOutcome,
  type HoldOutcome,
  type Resolution,
  type ResolveOutcome,
} from '../domain/ledger-answers.js';
import { holdKeyOf, resolveKeyOf, type Entry, type GrantKey, type ResolveWish } from '../domain/ledger.js';
import { isPoints, type Points } from '../domain/points.js';
import { append, jitteredPause, type Pause, type Recorded, type Writing } from './points-append.js';
import { IdempotencyMismatchError } from './points-errors.js';
import { findHistory, findOpenHolds, type HistoryPage, type OpenHold } from './points-queries.js';
import { createPointsStore, pointsCollection, POINTS_INDEXES, type PointsStore } from './points-store.js';
import { createTurns } from './points-turns.js';

/**
 * The points of every account, as append-only chains: one operation is one insert, and the answer to a key never changes.
 *
 * Every writing call is idempotent and may be repeated after any failure, from anywhere, at any time. All of them throw
 * `LedgerUnavailableError` (repeat the same call), `LedgerInvariantError` (the chain is wrong, run the audit), and
 * `TypeError` or `RangeError` for ids and amounts that are none.
 */
export interface PointsLedger {
  /** Creates the two unique indexes, without which nothing here is safe. */
  ensureIndexes(): Promise<void>;

  /**
   * Adds points. Idempotent by `key`. A welcome or allowance key returns what is recorded, whatever the amount.
   *
   * @throws IdempotencyMismatchError (final) when a `grant:` key was used with another amount.
   */
  grant(operation: GrantOperation): Promise<GrantOutcome>;

  /**
   * Sets the price of a run aside; only a capture spends it. Idempotent by `hold:<runId>`: a refusal stays one, also
   * after a top-up, and a run whose points were resolved is `settled`. A price of 0 is held without an entry.
   *
   * @throws IdempotencyMismatchError (final) when the run was asked for with another price.
   */
  hold(operation: HoldOperation): Promise<HoldOutcome>;

  /**
   * Ends a hold, exactly once. Idempotent by `resolve:<runId>`: the recorded capture or release is the answer, whatever
   * is wished now. For a run that has no hold it makes sure that it never gets one. A price of 0 leaves no entry.
   *
   * @throws CaptureExceedsHoldError (final) when more than the hold is to be captured.
   */
  resolve(operation: ResolveOperation): Promise<ResolveOutcome>;

  balanceOf(accountId: AccountId): Promise<Balance>;

  /** Newest first; `beforeSeq` pages on from the last entry seen. */
  historyOf(accountId: AccountId, page: HistoryPage): Promise<Entry[]>;

  /** How the hold of a run ended; null while it is open, and for a run that never had one. */
  resolutionOf(accountId: AccountId, runId: string): Promise<Resolution | null>;

  /** Holds taken before `olderThan` that nothing has resolved, oldest first. */
  openHolds(olderThan: Date, limit: number): Promise<OpenHold[]>;
}

export interface GrantOperation {
  readonly accountId: AccountId;
  readonly key: GrantKey;
  readonly amountPoints: Points;
  readonly reason?: string;
  /** The operator who granted. */
  readonly by?: AccountId;
}

export interface HoldOperation {
  readonly accountId: AccountId;
  readonly runId: string;
  readonly amountPoints: Points;
}

export interface ResolveOperation {
  readonly accountId: AccountId;
  readonly runId: string;
  /** The run's price. Recorded when there is no hold, so that a late request for the hold can be compared with it. */
  readonly heldPoints: Points;
  readonly wish: ResolveWish;
}

const GRANT_KEY = /^(grant|allowance|welcome):.+$/s;
const LONGEST_ID = 200;

/** `store` is where entries go: the connection's database, unless a test puts faults in between. */
export function createPointsLedger(connection: Connection, store: PointsStore = createPointsStore(connection)): PointsLedger {
  const inTurn = createTurns();
  const operations = createPointsOperations(store);
  return {
    async ensureIndexes() {
      await pointsCollection(connection).createIndexes(POINTS_INDEXES.map((index) => ({ ...index })));
    },
    grant: (operation) => inTurn(operation.accountId, () => operations.grant(operation)),
    hold: (operation) => inTurn(operation.accountId, () => operations.hold(operation)),
    resolve: (operation) => inTurn(operation.accountId, () => operations.resolve(operation)),
    async balanceOf(accountId) {
      return balanceAt(await store.readHead(checkedAccount(accountId)));
    },
    async historyOf(accountId, page) {
      return findHistory(connection, checkedAccount(accountId), page);
    },
    async resolutionOf(accountId, runId) {
      const recorded = await store.readEntries(checkedAccount(accountId), keysOfRun(runId));
      const { hold: held, resolve: resolved } = entriesOfRun(recorded, runId);
      return resolved === null ? null : resolutionFrom(held, resolved);
    },
    openHolds: (olderThan, limit) => findOpenHolds(connection, olderThan, limit),
  };
}

/** The three operations by themselves: whoever calls them in any order, from any number of processes, gets the same chain. */
export function createPointsOperations(store: PointsStore, pause: Pause = jitteredPause): Pick<PointsLedger, 'grant' | 'hold' | 'resolve'> {
  const writing = { store, pause };
  return {
    grant: (operation) => grant(writing, operation),
    hold: (operation) => hold(writing, operation),
    resolve: (operation) => resolve(writing, operation),
  };
}

async function grant(writing: Writing, { accountId, key, amountPoints, reason, by }: GrantOperation): Promise<GrantOutcome> {
  if (typeof key !== 'string' || key.length > LONGEST_ID || !GRANT_KEY.test(key)) {
    throw new TypeError(`Expected a key like "grant:<id>", got ${JSON.stringify(key)}.`);
  }
  const amount = checkedAmount(amountPoints, 1);
  const details = { ...(reason === undefined ? {} : { reason }), ...(by === undefined ? {} : { by: checkedAccount(by) }) };
  return append<GrantOutcome>(writing, {
    account: checkedAccount(accountId),
    request: { kind: 'grant', key, amount, ...details },
    keys: [key],
    readKeysFirst: false,
    answerFrom(recorded) {
      const entry = recorded.get(key);
      if (entry === undefined) return null;
      requireSameAmount(entry, amount);
      return { kind: 'granted', entry };
    },
  });
}

async function hold(writing: Writing, { accountId, runId, amountPoints }: HoldOperation): Promise<HoldOutcome> {
  const account = checkedAccount(accountId);
  const keys = keysOfRun(runId);
  const amount = checkedAmount(amountPoints, 0);
  if (amount === 0) return { kind: 'held', ...balanceAt(await writing.store.readHead(account)) };
  return append<HoldOutcome>(writing, {
    account,
    request: { kind: 'hold', runId, amount },
    keys,
    readKeysFirst: false,
    answerFrom(recorded) {
      const found = entriesOfRun(recorded, runId);
      if (found.hold === null) return null;
      requireSameAmount(found.hold, amount);
      return answerHold(found.hold, found.resolve);
    },
  });
}

async function resolve(writing: Writing, { accountId, runId, heldPoints, wish }: ResolveOperation): Promise<ResolveOutcome> {
  const account = checkedAccount(accountId);
  const keys = keysOfRun(runId);
  if (wish.kind === 'capture' && wish.amountPoints !== undefined) checkedAmount(wish.amountPoints, 0);
  if (checkedAmount(heldPoints, 0) === 0) return { kind: 'nothing-held' };
  return append<ResolveOutcome>(writing, {
    account,
    request: { kind: 'resolve', runId, heldPoints, wish },
    keys,
    readKeysFirst: true,
    answerFrom(recorded) {
      const found = entriesOfRun(recorded, runId);
      return answerResolve(found.hold, found.resolve);
    },
  });
}

function keysOfRun(runId: string): string[] {
  if (typeof runId !== 'string' || runId === '' || runId.length > LONGEST_ID) {
    throw new TypeError(`Expected a run id, got ${JSON.stringify(runId)}.`);
  }
  return [holdKeyOf(runId), resolveKeyOf(runId)];
}

function entriesOfRun(recorded: Recorded, runId: string): { hold: Entry | null; resolve: Entry | null } {
  return { hold: recorded.get(holdKeyOf(runId)) ?? null, resolve: recorded.get(resolveKeyOf(runId)) ?? null };
}

function requireSameAmount(recorded: Entry, asked: Points): void {
  if (!isSameAmount(recorded, asked)) throw new IdempotencyMismatchError(recorded, asked);
}

function checkedAccount(accountId: AccountId): AccountId {
  if (!isAccountId(accountId)) throw new TypeError(`Expected an account id, got ${JSON.stringify(accountId)}.`);
  return accountId;
}

function checkedAmount(amount: Points, least: 0 | 1): Points {
  if (!isPoints(amount) || amount < least) {
    throw new RangeError(`Expected a whole number of points, at least ${least}, got ${JSON.stringify(amount)}.`);
  }
  return amount;
}

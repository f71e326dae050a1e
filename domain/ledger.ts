import type { AccountId } from './accounts.js';
import { isPoints, points, type Points } from './points.js';

export type EntryKind = 'grant' | 'hold' | 'refused' | 'capture' | 'release' | 'adjust';

/** Who a grant is for, and why: each is idempotent by its own key, for ever. */
export type GrantKey = `grant:${string}` | `allowance:${string}` | `welcome:${string}`;

/** One line of an account's chain. It is written once and never changed; the newest one carries the account's totals. */
export interface Entry {
  readonly account: AccountId;
  /** 1, 2, 3 … without a gap inside the account. */
  readonly seq: number;
  /** Names the operation inside the account; the first entry under a key is its answer for ever. */
  readonly key: string;
  readonly kind: EntryKind;
  /** Asked for by the operation, on `refused` as well, so that a retry can be compared with it. */
  readonly amount: Points;
  /** Totals after this entry; `available = balance − held`. */
  readonly balance: Points;
  readonly held: Points;
  readonly runId?: string;
  /** On every entry of a run: the key of its hold. */
  readonly holdKey?: string;
  /** On `adjust` only. */
  readonly direction?: 'credit' | 'debit';
  readonly reason?: string;
  readonly by?: AccountId;
  /** SHA-256 (hex) of the entry before, and of this one without `hash`. */
  readonly prevHash: string;
  readonly hash: string;
  readonly at: Date;
  readonly v: 1;
}

/** An entry as the rules decide it, before it is dated and chained. */
export type EntryDraft = Omit<Entry, 'prevHash' | 'hash' | 'at' | 'v'>;

/** What an append needs to know of the newest entry. */
export type Head = Pick<Entry, 'seq' | 'balance' | 'held' | 'hash'>;

export type LedgerRequest =
  | { readonly kind: 'grant'; readonly key: GrantKey; readonly amount: Points; readonly reason?: string; readonly by?: AccountId }
  | { readonly kind: 'hold'; readonly runId: string; readonly amount: Points }
  | ResolveRequest;

export interface ResolveRequest {
  readonly kind: 'resolve';
  readonly runId: string;
  /** The run's price: what a `refused` records when the run turns out to have no hold. */
  readonly heldPoints: Points;
  readonly wish: ResolveWish;
}

/** A capture without an amount takes the whole hold; a capture of 0 is a release. */
export type ResolveWish = { readonly kind: 'capture'; readonly amountPoints?: Points } | { readonly kind: 'release' };

export const GENESIS_HASH = '0'.repeat(64);
export const EMPTY_HEAD: Head = { seq: 0, balance: points(0), held: points(0), hash: GENESIS_HASH };

export const holdKeyOf = (runId: string): string => `hold:${runId}`;
/** Capture and release share this key: the unique index on it is what resolves a hold exactly once. */
export const resolveKeyOf = (runId: string): string => `resolve:${runId}`;

/** The chain itself is wrong: stop, change nothing, run the audit. Trying again does not help. */
export class LedgerInvariantError extends Error {
  override readonly name = 'LedgerInvariantError';
}

/** A capture of more than the run holds: the caller is wrong, and nothing was written. */
export class CaptureExceedsHoldError extends Error {
  override readonly name = 'CaptureExceedsHoldError';
}

/** @throws LedgerInvariantError unless `0 <= held <= balance` in exact whole numbers. */
function assertSound(account: string, totals: Head): void {
  if (isSound(totals)) return;
  throw new LedgerInvariantError(
    `Expected 0 <= held <= balance at entry ${totals.seq} of ${account}, found held ${totals.held} and balance ${totals.balance}.`,
  );
}

export function isSound(totals: { readonly seq: number; readonly balance: number; readonly held: number }): boolean {
  return Number.isSafeInteger(totals.seq) && isPoints(totals.balance) && isPoints(totals.held) && totals.held <= totals.balance;
}

/**
 * The entry that a request appends to a chain with this head. `hold` is what is recorded under the run's hold key;
 * the caller has made sure that the request itself has no answer yet.
 *
 * - A hold that exceeds what is available becomes `refused`, so that a late retry cannot succeed after a top-up.
 * - A resolve without a hold becomes `refused` under the hold's key, so that a late hold cannot be taken for an ended run.
 */
export function decideEntry(account: AccountId, head: Head, hold: Entry | null, request: LedgerRequest): EntryDraft {
  assertSound(account, head);
  switch (request.kind) {
    case 'grant':
      return decideGrant(account, head, request);
    case 'hold': {
      const enough = request.amount <= head.balance - head.held;
      return draftOf(account, head, enough ? holdEntry(request.runId, request.amount) : refusedEntry(request.runId, request.amount));
    }
    case 'resolve':
      if (hold === null) return draftOf(account, head, refusedEntry(request.runId, request.heldPoints));
      return decideResolve(account, head, hold, request);
  }
}

function decideGrant(account: AccountId, head: Head, request: LedgerRequest & { kind: 'grant' }): EntryDraft {
  return draftOf(account, head, {
    key: request.key,
    kind: 'grant',
    amount: request.amount,
    ...(request.reason === undefined ? {} : { reason: request.reason }),
    ...(request.by === undefined ? {} : { by: request.by }),
  });
}

function decideResolve(account: AccountId, head: Head, hold: Entry, { runId, wish }: ResolveRequest): EntryDraft {
  if (hold.kind !== 'hold') throw new LedgerInvariantError(`Expected a hold under ${hold.key} of ${account}, found ${hold.kind}.`);
  const captured = wish.kind === 'capture' ? (wish.amountPoints ?? hold.amount) : 0;
  if (captured > hold.amount) {
    throw new CaptureExceedsHoldError(`Expected to capture at most the ${hold.amount} points held for run ${runId}, got ${captured}.`);
  }
  const kind = captured > 0 ? 'capture' : 'release';
  const amount = captured > 0 ? points(captured) : hold.amount;
  return draftOf(account, head, { key: resolveKeyOf(runId), kind, amount, runId, holdKey: hold.key }, hold.amount);
}

type Line = Omit<EntryDraft, 'account' | 'seq' | 'balance' | 'held'>;

const holdEntry = (runId: string, amount: Points): Line => ({ key: holdKeyOf(runId), kind: 'hold', amount, runId, holdKey: holdKeyOf(runId) });
const refusedEntry = (runId: string, amount: Points): Line => ({ ...holdEntry(runId, amount), kind: 'refused' });

function draftOf(account: AccountId, head: Head, line: Line, holdAmount = 0): EntryDraft {
  const effect = effectOf(line, holdAmount);
  const draft = { account, seq: head.seq + 1, ...line, balance: head.balance + effect.balance, held: head.held + effect.held };
  if (!isSound(draft)) {
    throw new LedgerInvariantError(
      `Expected 0 <= held <= balance after ${line.kind} ${line.key} of ${account}, would be held ${draft.held} and balance ${draft.balance}.`,
    );
  }
  return { ...draft, balance: points(draft.balance), held: points(draft.held) };
}

/** What an entry adds to the totals; `holdAmount` is the amount of the hold that a capture or release resolves. */
export function effectOf(
  line: Pick<Entry, 'kind' | 'amount' | 'direction'>,
  holdAmount: number,
): { readonly balance: number; readonly held: number } {
  const amount: number = line.amount;
  switch (line.kind) {
    case 'grant':
      return { balance: amount, held: 0 };
    case 'hold':
      return { balance: 0, held: amount };
    case 'refused':
      return { balance: 0, held: 0 };
    case 'capture':
      return { balance: -amount, held: -holdAmount };
    case 'release':
      return { balance: 0, held: -holdAmount };
    case 'adjust':
      return { balance: line.direction === 'debit' ? -amount : amount, held: 0 };
  }
}

/** The text an entry's hash is made of: every field but `_id` and `hash`, in the order of their names. */
export function canonicalForm(entry: object): string {
  const fields = Object.entries(entry).filter(([name, value]) => name !== '_id' && name !== 'hash' && value !== undefined);
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

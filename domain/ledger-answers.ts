import { LedgerInvariantError, type Entry } from './ledger.js';
import { points, type Points } from './points.js';

/** The totals of an account. */
export interface Balance {
  readonly balancePoints: Points;
  readonly heldPoints: Points;
  /** What a new hold may take. */
  readonly availablePoints: Points;
}

export interface GrantOutcome {
  readonly kind: 'granted';
  readonly entry: Entry;
}

/** `settled`: the run's points were resolved already (its workflow was reset); it must end without training. */
export type HoldOutcome =
  | ({ readonly kind: 'held' } & Balance)
  | { readonly kind: 'refused'; readonly neededPoints: Points; readonly availablePoints: Points }
  | { readonly kind: 'settled'; readonly resolution: 'capture' | 'release' };

/** How a hold ended. */
export type Resolution =
  | { readonly kind: 'captured'; readonly amountPoints: Points; readonly freedPoints: Points }
  | { readonly kind: 'released'; readonly amountPoints: Points };

/** `nothing-held`: the run has no hold, and cannot get one any more. */
export type ResolveOutcome = Resolution | { readonly kind: 'nothing-held' };

export function balanceAt(totals: Pick<Entry, 'balance' | 'held'>): Balance {
  return { balancePoints: totals.balance, heldPoints: totals.held, availablePoints: points(totals.balance - totals.held) };
}

/** Whether a request may be answered by what is recorded under its key; a welcome or allowance is answered whatever was asked. */
export function isSameAmount(recorded: Entry, askedPoints: Points): boolean {
  if (recorded.kind === 'grant' && !recorded.key.startsWith('grant:')) return true;
  return recorded.amount === askedPoints;
}

/** The answer to a hold, from what is recorded under the run's two keys. */
export function answerHold(hold: Entry, resolve: Entry | null): HoldOutcome {
  if (resolve !== null) return { kind: 'settled', resolution: resolutionFrom(hold, resolve).kind === 'captured' ? 'capture' : 'release' };
  if (hold.kind === 'hold') return { kind: 'held', ...balanceAt(hold) };
  if (hold.kind === 'refused') return { kind: 'refused', neededPoints: hold.amount, availablePoints: balanceAt(hold).availablePoints };
  throw unexpected(hold, 'hold or refused');
}

/** The answer to a resolve: the recorded one, whatever was wished; null while it can still be decided. */
export function answerResolve(hold: Entry | null, resolve: Entry | null): ResolveOutcome | null {
  if (resolve !== null) return resolutionFrom(hold, resolve);
  return hold?.kind === 'refused' ? { kind: 'nothing-held' } : null;
}

export function resolutionFrom(hold: Entry | null, resolve: Entry): Resolution {
  if (hold?.kind !== 'hold') throw new LedgerInvariantError(`Expected a hold for ${resolve.key} of ${resolve.account}, found none.`);
  switch (resolve.kind) {
    case 'capture':
      return { kind: 'captured', amountPoints: resolve.amount, freedPoints: points(hold.amount - resolve.amount) };
    case 'release':
      return { kind: 'released', amountPoints: resolve.amount };
    default:
      throw unexpected(resolve, 'capture or release');
  }
}

function unexpected(entry: Entry, expected: string): LedgerInvariantError {
  return new LedgerInvariantError(`Expected ${expected} under ${entry.key} of ${entry.account}, found ${entry.kind}.`);
}

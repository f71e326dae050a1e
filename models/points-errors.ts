import type { Entry } from '../domain/ledger.js';
import { formatPoints, type Points } from '../domain/points.js';

/** The key was used before with another amount. Trying again does not help: the caller needs another key, or the recorded amount. */
export class IdempotencyMismatchError extends Error {
  override readonly name = 'IdempotencyMismatchError';
  readonly key: string;
  readonly recordedPoints: Points;
  readonly askedPoints: Points;

  constructor(recorded: Entry, askedPoints: Points) {
    super(`Expected ${formatPoints(recorded.amount)} as recorded under ${recorded.key} of ${recorded.account}, got ${formatPoints(askedPoints)}.`);
    this.key = recorded.key;
    this.recordedPoints = recorded.amount;
    this.askedPoints = askedPoints;
  }
}

/** Whether the entry was written is not known. The same call, with the same key, is safe to repeat and finds out. */
export class LedgerUnavailableError extends Error {
  override readonly name = 'LedgerUnavailableError';
}

/** One call of an operation got no answer in its time; whether it happened is not known. */
export class StoreSilentError extends Error {
  override readonly name = 'StoreSilentError';
}

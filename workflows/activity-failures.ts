import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { Failure, SignalType } from '../domain/failures.js';

/** What ended an activity for good, as far as the process of a run cares. */
export type ActivityEnd =
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'never-started' }
  | { readonly kind: 'limit-reached' }
  /** The row says that somebody else ended the run or works on it. */
  | { readonly kind: 'not-owner' }
  | { readonly kind: 'unexpected' };

const NOT_OWNER: SignalType = 'NotOwner';

/** Reads the typed failure or the timeout out of what an activity threw. Whatever is not an activity's failure is rethrown. */
export function endOfActivity(error: unknown): ActivityEnd {
  if (!(error instanceof ActivityFailure)) throw error;
  const cause = error.cause;
  if (cause instanceof ApplicationFailure) {
    const failure = cause.details?.[0];
    if (isFailure(failure)) return { kind: 'failure', failure };
    if (cause.type === NOT_OWNER) return { kind: 'not-owner' };
    // A try that failed too late for another one ends the activity by what it said, not by a timeout.
    return error.retryState === 'TIMEOUT' ? { kind: 'limit-reached' } : { kind: 'unexpected' };
  }
  if (cause instanceof TimeoutFailure) {
    return cause.timeoutType === 'SCHEDULE_TO_START' ? { kind: 'never-started' } : { kind: 'limit-reached' };
  }
  return { kind: 'unexpected' };
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

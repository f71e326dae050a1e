import { describe, expect, it } from '@jest/globals';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { endOfActivity } from '../../workflows/activity-failures.js';

function ended(cause: ApplicationFailure, retryState: 'TIMEOUT' | 'NON_RETRYABLE_FAILURE'): ActivityFailure {
  return new ActivityFailure('Activity task failed', 'submitTraining', '1', retryState, 'a worker', cause);
}

describe('an activity whose time was up before it could be tried again', () => {
  it.each(['NotHere', 'WorkerStops'])('has reached its limit, although its last try said %s', (type) => {
    expect(endOfActivity(ended(ApplicationFailure.retryable('not now', type), 'TIMEOUT'))).toEqual({ kind: 'limit-reached' });
  });

  it('keeps the typed failure it ended with', () => {
    const failure = { type: 'JobLost', nodeId: 'shed', attempts: 1 };
    const cause = ApplicationFailure.create({ message: 'lost', type: 'JobLost', details: [failure] });
    expect(endOfActivity(ended(cause, 'TIMEOUT'))).toEqual({ kind: 'failure', failure });
  });
});

it('an activity that failed for a reason nobody planned is unexpected', () => {
  expect(endOfActivity(ended(ApplicationFailure.nonRetryable('?', 'TypeError'), 'NON_RETRYABLE_FAILURE'))).toEqual({ kind: 'unexpected' });
});

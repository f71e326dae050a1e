import { describe, expect, it } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ActivityCancellationDetails, ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRedaction } from '../../domain/secrets.js';
import { guardActivities } from '../../workers/activity-guard.js';

const SECRET = 'guarded-by-nobody-else';
const guard = guardActivities(createRedaction([SECRET]));

/** What an activity that ends like this is reported as. */
async function reported(work: () => Promise<unknown>, during?: (environment: MockActivityEnvironment) => void): Promise<unknown> {
  const environment = new MockActivityEnvironment({}, { interceptors: guard.activity ?? [], logger: new DefaultLogger('ERROR') });
  const run = environment.run(work);
  during?.(environment);
  return run.then((value) => ({ value }), (error: unknown) => error);
}

describe('an error that leaves an activity', () => {
  it('holds no secret in its message, stack, details or causes, and stays the same error', async () => {
    const cause = new Error(`cannot reach mongodb://me:${SECRET}@db`, { cause: new TypeError(`and ${SECRET}`) });
    const thrown = ApplicationFailure.create({ message: `failed with ${SECRET}`, type: 'Internal', nonRetryable: true, details: [{ reference: 'r', problem: `"${SECRET}"` }], cause });
    const error = await reported(() => Promise.reject(thrown));
    expect(error).toBe(thrown);
    expect(error).toMatchObject({ message: 'failed with [secret]', type: 'Internal', nonRetryable: true, details: [{ reference: 'r', problem: '"[secret]"' }] });
    for (const each of [thrown, cause, cause.cause as Error]) expect(`${each.message}${each.stack ?? ''}`).not.toContain(SECRET);
  });

  it('leaves alone what belongs to a living connection', async () => {
    const options = { password: SECRET };
    await reported(() => Promise.reject(Object.assign(new Error('away'), { options })));
    expect(options.password).toBe(SECRET);
  });
});

describe('an activity that ends because its worker stops', () => {
  const untilStopped = async (): Promise<unknown> => Context.current().cancelled;

  it('is handed over at once', async () => {
    const error = await reported(untilStopped, (environment) => { environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true })); });
    expect(error).toMatchObject({ name: 'ApplicationFailure', type: 'WorkerStops', nonRetryable: false, nextRetryDelay: 1 });
  });

  it.each([
    ['a requested cancel', 'CANCELLED', { cancelRequested: true }],
    ['another attempt that took over', 'NOT_FOUND', { notFound: true }],
  ] as const)('is not one that ends by %s', async (_what, reason, details) => {
    const error = await reported(untilStopped, (environment) => { environment.cancel(reason, new ActivityCancellationDetails(details)); });
    expect(error).toMatchObject({ name: 'CancelledFailure' });
  });

  it('is not one that failed by itself meanwhile', async () => {
    const failure = ApplicationFailure.nonRetryable('lost', 'JobLost');
    const error = await reported(async () => untilStopped().catch(() => Promise.reject(failure)), (environment) => { environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true })); });
    expect(error).toBe(failure);
  });
});

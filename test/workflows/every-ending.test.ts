import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Failure, FailureType } from '../../domain/failures.js';
import { queueNames } from '../../domain/queues.js';
import { FAILURES } from '../support/every-ending.js';
import { saveHistory, savedHistories } from '../support/histories.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { testTemporalAddress } from '../support/temporal.js';
import { workflowBundle } from '../support/workflow-bundle.js';

/**
 * The workflows of today against activities that end as they are told: every way a run can fail, on a real Temporal server. What
 * activities do is tested elsewhere, with the real ones; here each ending gets the history that later versions have to replay.
 */

const RUN_QUEUE = queueNames(`e${randomBytes(4).toString('hex')}/`);
const LIMITS = { heartbeatMs: 60_000, queueWaitMs: 1_000, trainingMs: 60_000, nodeQueueUnservedMs: 60_000, submitRetryMs: 100, announceMs: 60_000 };
const PRICE = 1_000;

type Step = 'openRun' | 'holdPoints' | 'submitTraining' | 'followTraining' | 'collectLora' | 'capturePoints';
/** What steps of a run do, given its id; every other step goes well. */
type Orders = Partial<Record<Step, (runId: string) => unknown>>;

/** Where each failure comes up. */
const COMES_UP: Readonly<Record<FailureType, Step>> = {
  JobLost: 'followTraining', ForeignInterrupt: 'followTraining', NodeGone: 'followTraining', Stalled: 'followTraining', OutOfMemory: 'followTraining',
  NodeError: 'followTraining', TrainingTooLong: 'followTraining', Internal: 'followTraining', GraphRefused: 'submitTraining', QueueTooLong: 'submitTraining',
  Terminated: 'submitTraining', ArtifactMissing: 'collectLora', ArtifactCorrupt: 'collectLora', ArtifactWithoutEffect: 'collectLora', LedgerUnavailable: 'holdPoints',
};
const TYPES = Object.keys(FAILURES) as FailureType[];

/** By the run's id. */
const orders = new Map<string, Orders>();
/** Runs whose row has a proven file. */
const proven = new Set<string>();

function ordered(step: Step, { runId }: { runId: string }, well: unknown): unknown {
  const act = orders.get(runId)?.[step];
  return act === undefined ? well : act(runId);
}

const opened = (runId: string) => ({
  kind: 'opened', accountId: `discord:${runId}`, datasetId: 'd', recipeId: 'sd15-lora', queue: 'default', steps: 100, pricePoints: PRICE, attempt: 1, limits: LIMITS,
});

const activities = {
  openRun: (request: { runId: string }) => Promise.resolve(ordered('openRun', request, opened(request.runId))),
  validateImages: () => Promise.resolve({ kind: 'ok', images: 4 }),
  holdPoints: (request: { runId: string }) => Promise.resolve().then(() => ordered('holdPoints', request, { kind: 'held' })),
  answerInteraction: () => Promise.resolve({ answered: true }),
  openCard: () => Promise.resolve({ opened: true }),
  submitTraining: (request: { runId: string }) => Promise.resolve().then(() => ordered('submitTraining', request, { kind: 'submitted', nodeId: 'shed', promptId: 'p' })),
  followTraining: (request: { runId: string }) => Promise.resolve().then(() => ordered('followTraining', request, { kind: 'trained' })),
  collectLora: (request: { runId: string }) => Promise.resolve().then(() => ordered('collectLora', request, { sha256: 's', sha256AsFetched: 's', sizeBytes: 1, tensors: 1 })),
  freeMemory: () => Promise.resolve({ freed: true }),
  startAttempt: () => Promise.resolve({ open: true }),
  seenNodeSince: () => Promise.resolve({ seen: true }),
  beginEnding: ({ runId }: { runId: string }) => Promise.resolve({ attempt: 1, stepsDone: 0, totalSteps: 100, claim: null, cancelling: null, end: null, hasArtifact: proven.has(runId), pricePoints: PRICE }),
  capturePoints: (request: { runId: string }) => Promise.resolve(ordered('capturePoints', request, { capturedPoints: PRICE, releasedPoints: 0 })),
  releasePoints: () => Promise.resolve({ capturedPoints: 0, releasedPoints: PRICE }),
  endRun: ({ end }: { end: unknown }) => Promise.resolve(end),
  shelveLora: () => Promise.resolve({ kind: 'succeeded', capturedPoints: PRICE }),
  announce: () => Promise.resolve({ delivered: true }),
  requestCancellation: ({ workflowId }: { workflowId: string }) => client.workflow.getHandle(workflowId).cancel(),
  ensureKeepCards: () => Promise.resolve(),
  findDeadRuns: () => Promise.resolve({ looked: 2, alive: 1, settling: ['r1'], waiting: [], reported: [], skipped: [], troubles: [] }),
  startSettleRun: () => Promise.resolve(),
  noteTroubles: () => Promise.resolve({ added: [], untold: 1 }),
  tellOperators: () => Promise.resolve({}),
  keepCards: () => Promise.resolve(),
};

let connection: Connection;
let native: NativeConnection;
let client: Client;
let running: Promise<void>[];
let workers: Worker[];

beforeAll(async () => {
  quietTemporal();
  native = await NativeConnection.connect({ address: testTemporalAddress() });
  connection = await Connection.connect({ address: testTemporalAddress() });
  client = new Client({ connection });
  const { yard, images, discord } = RUN_QUEUE;
  const shared = { connection: native, activities };
  workers = [
    await Worker.create({ ...shared, taskQueue: yard, workflowBundle: await workflowBundle() }),
    ...(await Promise.all([images, discord, RUN_QUEUE.lease('default'), RUN_QUEUE.node('shed')].map((taskQueue) => Worker.create({ ...shared, taskQueue })))),
  ];
  running = workers.map((worker) => worker.run());
}, 180_000);
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  await native.close();
  await connection.close();
}, 60_000);

async function begin(acts: Orders) {
  const runId = randomUUID();
  orders.set(runId, acts);
  return client.workflow.start('trainRun', { taskQueue: RUN_QUEUE.yard, workflowId: `train-run:${runId}`, args: [{ runId, quoteId: 'q', interactionId: 'i' }] });
}

async function failureOf(handle: { result(): Promise<unknown> }): Promise<unknown> {
  const error = await handle.result().then(() => null, (thrown: unknown) => thrown);
  return error instanceof WorkflowFailedError ? error.cause : error;
}

/** What the step does to end a run by this failure: most are thrown as they are, some come of what Temporal or a row says. */
function cause(failure: Failure): () => unknown {
  switch (failure.type) {
    case 'QueueTooLong':
      return () => { throw ApplicationFailure.create({ message: 'busy', type: 'NotHere', nextRetryDelay: 5_000 }); };
    case 'Terminated':
      return () => ({ kind: 'not-open' });
    case 'LedgerUnavailable':
      return () => { throw ApplicationFailure.nonRetryable('away', 'LedgerUnavailableError'); };
    case 'Internal':
      return () => { throw ApplicationFailure.nonRetryable('?', 'TypeError'); };
    default:
      return () => { throw ApplicationFailure.create({ message: failure.type, type: failure.type, nonRetryable: true, details: [failure] }); };
  }
}

describe('a run', () => {
  it.each(TYPES)('that ends as failed by %s says so, whatever brought it about', async (type) => {
    const handle = await begin({ [COMES_UP[type]]: cause({ ...FAILURES[type], ...('nodeId' in FAILURES[type] ? { nodeId: 'shed' } : {}) }) });
    expect(await failureOf(handle)).toMatchObject({ name: 'ApplicationFailure', type });
    await saveHistory(client, handle.workflowId, `failed-${type}`);
  }, 120_000);

  it('whose submission fails by an error of ours is not submitted again', async () => {
    let submissions = 0;
    const handle = await begin({ submitTraining: () => {
      submissions += 1;
      throw ApplicationFailure.nonRetryable('?', 'TypeError');
    } });
    expect(await failureOf(handle)).toMatchObject({ name: 'ApplicationFailure', type: 'Internal' });
    expect(submissions).toBe(1);
  }, 120_000);

  it('that is refused when it opens says so', async () => {
    const handle = await begin({ openRun: () => ({ kind: 'refused', refusal: { code: 'quote-expired' } }) });
    expect(await handle.result()).toEqual({ kind: 'refused', refusal: { code: 'quote-expired' } });
    await saveHistory(client, handle.workflowId, 'refused-when-opened');
  }, 120_000);
});

it('a run waits for its turn by the name of its account, of which Temporal takes the first 64 characters', async () => {
  const accountId = `web:${'x'.repeat(62)}yz`;
  const handle = await begin({ openRun: (runId) => ({ ...opened(runId), accountId }) });
  expect(await handle.result()).toMatchObject({ kind: 'succeeded' });
  const { events } = await handle.fetchHistory();
  const scheduled = events?.map(({ activityTaskScheduledEventAttributes: each }) => each).find((each) => each?.activityType?.name === 'submitTraining');
  expect(scheduled?.priority?.fairnessKey).toBe(accountId.slice(0, 64));
}, 120_000);

describe('a run whose file is proven and on record', () => {
  /** The file is stored, its worker dies before it says so and stays away. */
  const storedInSilence = (failure: Failure) => (runId: string) => {
    proven.add(runId);
    return cause(failure)();
  };
  const tooLong = storedInSilence({ ...FAILURES.TrainingTooLong, nodeId: 'shed' });

  it.each([
    ['its worker stays away past the limit', { collectLora: tooLong }],
    ['a later attempt fails', { followTraining: storedInSilence({ ...FAILURES.NodeError, nodeId: 'shed' }) }],
    ['its row is about to be ended by others', { submitTraining: (runId: string) => { proven.add(runId); return { kind: 'not-open' }; } }],
  ] satisfies [string, Orders][])('is kept when %s', async (_why, acts) => {
    const handle = await begin(acts);
    expect(await handle.result()).toEqual({ kind: 'succeeded', capturedPoints: PRICE });
    if ('collectLora' in acts) await saveHistory(client, handle.workflowId, 'kept-after-failure');
  }, 120_000);

  it('fails by what it failed by when its points were given back already', async () => {
    const handle = await begin({ collectLora: tooLong, capturePoints: () => ({ capturedPoints: 0, releasedPoints: PRICE }) });
    expect(await failureOf(handle)).toMatchObject({ name: 'ApplicationFailure', type: 'TrainingTooLong' });
  }, 120_000);

  it('stays cancelled when its cancel was accepted', async () => {
    const handle = await begin({ followTraining: (runId) => { proven.add(runId); return { kind: 'interrupted', stepsDone: 5 }; } });
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  }, 120_000);
});

describe('the workflows beside the runs', () => {
  it('sweep, and keep the cards for ever', async () => {
    const sweep = await client.workflow.start('settleRuns', { taskQueue: RUN_QUEUE.yard, workflowId: randomUUID() });
    expect(await sweep.result()).toMatchObject({ settling: ['r1'] });
    await saveHistory(client, sweep.workflowId, 'sweep');

    const cards = await client.workflow.start('keepCards', { taskQueue: RUN_QUEUE.yard, workflowId: randomUUID() });
    const first = client.workflow.getHandle(cards.workflowId, cards.firstExecutionRunId, { followRuns: false });
    await expect(first.result()).rejects.toMatchObject({ name: 'WorkflowExecutionContinuedAsNewError' });
    await cards.terminate('the test is over');
    await saveHistory(client, cards.workflowId, 'keep-cards', cards.firstExecutionRunId);
  }, 120_000);
});

it('every workflow, and every failure a run can end by, has a history that later versions have to replay', async () => {
  const saved = await savedHistories();
  const names = saved.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...TYPES.map((type) => `failed-${type}`), 'refused-when-opened', 'kept-after-failure', 'sweep', 'keep-cards']));
  const types = new Set(saved.map(({ history }) => JSON.stringify(history).match(/"workflowType":\{"name":"(\w+)"/)?.[1]));
  const { code } = await workflowBundle();
  for (const type of ['trainRun', 'intake', 'settleRun', 'settleRuns', 'keepCards']) expect([type, types.has(type), code.includes(type)]).toEqual([type, true, true]);
});

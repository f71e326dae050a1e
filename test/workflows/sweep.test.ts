import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { queueNames } from '../../domain/queues.js';
import type { Trouble } from '../../domain/troubles.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { testTemporalAddress } from '../support/temporal.js';
import { workflowBundle } from '../support/workflow-bundle.js';

/** The sweep of today on a real Temporal server, against activities that find what they are told and fail where they are told. */
const { yard, discord } = queueNames(`s${randomBytes(4).toString('hex')}/`);
const SETTLING = ['first', 'second', 'third'];
const STUCK: Trouble = { kind: 'stuck-workflow', workflowId: 'train-run:fourth', runId: 'fourth', failures: 4 };
const ADDED: readonly Trouble[] = [
  { kind: 'node-out', nodeId: 'gpu-1', seenAt: '2026-03-01T12:00:00Z' },
  { kind: 'queue-waiting', queue: 'big', runId: 'fifth', since: '2026-03-01T13:00:00Z' },
];
const unstartable = new Set<string>();
let started: string[] = [];
let noted = 0;

const activities = {
  ensureKeepCards: () => Promise.resolve(),
  findDeadRuns: () => Promise.resolve({ looked: 3, alive: 0, settling: SETTLING, waiting: [], reported: [], skipped: [], troubles: [STUCK] }),
  startSettleRun: ({ runId }: { runId: string }) => {
    if (unstartable.has(runId)) return Promise.reject(ApplicationFailure.nonRetryable(`cannot start ${runId}`));
    started.push(runId);
    return Promise.resolve();
  },
  noteTroubles: () => {
    noted += 1;
    return Promise.resolve({ added: ADDED, untold: 0 });
  },
};

let connection: Connection;
let native: NativeConnection;
let client: Client;
let workers: Worker[];
let running: Promise<void>[];

beforeAll(async () => {
  quietTemporal();
  native = await NativeConnection.connect({ address: testTemporalAddress() });
  connection = await Connection.connect({ address: testTemporalAddress() });
  client = new Client({ connection });
  workers = [
    await Worker.create({ connection: native, activities, taskQueue: yard, workflowBundle: await workflowBundle() }),
    await Worker.create({ connection: native, activities, taskQueue: discord }),
  ];
  running = workers.map((worker) => worker.run());
}, 120_000);
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  await native.close();
  await connection.close();
}, 60_000);
beforeEach(() => {
  unstartable.clear();
  started = [];
  noted = 0;
});

const sweep = (workflowId = randomUUID()): Promise<unknown> => client.workflow.execute('settleRuns', { taskQueue: yard, workflowId });

it('starts the settling of every run it has to settle', async () => {
  expect(await sweep()).toMatchObject({ settling: SETTLING });
  expect(started).toEqual(SETTLING);
}, 60_000);

it('says in its details what operators have to know: of workflows, nodes and queues', async () => {
  const workflowId = randomUUID();
  await sweep(workflowId);
  const { currentDetails } = await client.workflow.getHandle(workflowId).query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(currentDetails.split('\n\n').at(-1)).toBe(
    'troubles: `train-run:fourth` is stuck after 4 failures in a row, node `gpu-1` takes no training since 2026-03-01T12:00:00Z, run fifth waits in queue `big` since 2026-03-01T13:00:00Z',
  );
}, 60_000);

it('gives every run its turn when the settling of some cannot be started, tells operators, and fails in the end', async () => {
  unstartable.add('first').add('second');
  const error = await sweep().then(() => null, (thrown: unknown) => thrown);
  expect(started).toEqual(['third']);
  expect(noted).toBe(1);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect(error).toMatchObject({ cause: { activityType: 'startSettleRun', cause: { message: 'cannot start first' } } });
}, 60_000);

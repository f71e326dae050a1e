import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createNodes } from '../../models/nodes.js';
import { createRuns } from '../../models/runs.js';
import { disagreementsAbout } from '../../sandbox/demo/agreement/check.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { ended, letGo, startedTalk } from '../support/conversations.js';
import { eventually } from '../support/eventually.js';
import { endPart } from '../support/part-process.js';
import { openPartsYard, type PartsYard } from '../support/parts-yard.js';

/** The worker of a node is away for longer than a step may wait for one, and the node trains on by itself. */

const UNSERVED_MS = 3_000;
const REPORT_MS = 500;

let yard: PartsYard;

beforeAll(async () => {
  yard = await openPartsYard({ WELCOME_POINTS: '1000000', HEARTBEAT_TIMEOUT: '2s', NODE_QUEUE_UNSERVED_LIMIT: `${UNSERVED_MS}ms`, NODE_REPORT_INTERVAL: `${REPORT_MS}ms` });
}, 120_000);
afterAll(() => yard.close(), 60_000);
afterEach(() => letGo(yard));

/** How often the step was asked for. */
async function asked(runId: string, activity: string): Promise<number> {
  const { events } = await yard.client.workflow.getHandle(`train-run:${runId}`).fetchHistory();
  return (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity).length;
}

async function goneInTraining(): Promise<string> {
  const { runId } = await startedTalk(yard, { held: true });
  // It was seen after the step was asked for and before it died, as a worker that dies in the middle of a training was.
  await delay(2 * REPORT_MS);
  await endPart(yard.part('gpu'));
  return runId;
}

it('is waited for while it is away, however often the limit passes, and the training that was finished meanwhile is kept', async () => {
  const runId = await goneInTraining();
  await letGo(yard);
  await eventually(async () => {
    expect(await asked(runId, 'followTraining')).toBeGreaterThanOrEqual(3);
  }, 60_000);
  await yard.restart('gpu');
  await ended(yard, runId);
  await yard.client.workflow.getHandle(`train-run:${runId}`).result();
  expect(await createRuns(yard.mongo).read(runId)).toMatchObject({ status: 'succeeded', attempt: 1 });
  await waitForRow(yard, runId, (row) => row.card?.renderedRevision === row.revision, { timeoutMs: 60_000, what: 'the last edit of the card' });
  expect(await disagreementsAbout(yard, runId, { end: { kind: 'succeeded' }, attempts: 1, trainings: 1 })).toEqual([]);
}, 120_000);

describe('a worker that is seen and does not serve its node', () => {
  it('is given up when the limit has passed, and the waiting attempt takes the job over once it is served', async () => {
    const runId = await goneInTraining();
    const nodes = createNodes(yard.mongo);
    const row = await nodes.read('node-a');
    const reports = setInterval(() => {
      void nodes.report({ nodeId: 'node-a', queue: row?.queue ?? '', state: 'busy', seenAt: new Date() });
    }, REPORT_MS);
    try {
      await waitForRow(yard, runId, ({ attempt }) => attempt === 2, { timeoutMs: 60_000, what: 'the second attempt' });
    } finally {
      clearInterval(reports);
    }
    expect(await asked(runId, 'followTraining')).toBe(1);
    expect((await createRuns(yard.mongo).read(runId))?.lastFailure).toEqual({ type: 'NodeGone', nodeId: 'node-a', attempts: 1 });
    await yard.restart('gpu');
    await letGo(yard);
    await ended(yard, runId);
    expect(await createRuns(yard.mongo).read(runId)).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect((await Promise.all(yard.nodes.map(({ control }) => control.jobs()))).flat().filter((job) => job.runId === runId && job.trained)).toHaveLength(1);
  }, 120_000);
});

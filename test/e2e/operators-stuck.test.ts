import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeadRuns } from '../../activities/temporal/dead-runs.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { renderMessage } from '../../sandbox/discord/driver/render-message.js';
import { OPS_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';
import { testServerAddress } from '../support/config.js';
import { eventually } from '../support/eventually.js';
import { letNodesGo, startHeldRun, startRun } from '../support/runs.js';
import { slash } from '../support/wire.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

/** Rows of *When something is stuck* in the README that no other file shows, and what operators read of them in their channel. */
let yard: TestYard;
let sweeps = 0;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { OPS_CHANNEL_ID, TEMPORAL_UI_URL: testServerAddress('temporalUi'), NODE_REPORT_INTERVAL: '500ms', WELCOME_POINTS: '100000' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);

function sweep(): Promise<DeadRuns> {
  sweeps += 1;
  return yard.client.workflow.execute('settleRuns', { taskQueue: yard.context.queues.yard, workflowId: `${yard.prefix}sweep-${sweeps}` });
}

const told = async (): Promise<string[]> => (await yard.driver.user('olga').visibleMessages({ channel: 'yard-ops' })).map((message) => `${renderMessage(message)}\n${JSON.stringify(message.components)}`);
const linkTo = (workflowId: string): string => `${testServerAddress('temporalUi')}/namespaces/${yard.context.namespace}/workflows/${encodeURIComponent(workflowId)}`;
const setRow = (collection: string, id: string, change: object): Promise<unknown> => yard.connection.collection<{ _id: string }>(collection).updateOne({ _id: id }, { $set: change });
const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
const node = () => {
  const [first] = yard.nodes;
  if (first === undefined) throw new Error('Expected a node.');
  return first;
};

/** What the Web UI shows of a run: its current details and what it waits for. */
async function webUiOf(runId: string): Promise<{ details: string; pending: (string | undefined)[] }> {
  const handle = yard.client.workflow.getHandle(trainRunIdOf(runId));
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  const { raw } = await handle.describe();
  return { details: currentDetails, pending: (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? undefined) };
}

it('tells of a queue and of a node when a run waits for a node that is out, and goes on by itself when the node is back', async () => {
  await node().control.down(true);
  const { runId } = await startRun(yard);
  await waitForRow(yard, runId, ({ status }) => status === 'queued');
  await eventually(async () => {
    expect(await webUiOf(runId)).toEqual({ details: expect.stringContaining('waiting for a node'), pending: ['submitTraining'] });
    expect((await yard.context.models.nodes.read(node().nodeId))?.state).toBe('unreachable');
  }, 20_000);
  await setRow('runs', runId, { attemptStartedAt: hoursAgo(2) });
  await setRow('nodes', node().nodeId, { stateSince: hoursAgo(1) });

  for (let times = 0; times < 2; times += 1) await sweep();
  const messages = await told();
  expect(messages).toHaveLength(2);
  expect(messages.find((text) => text.includes('waits for more than an hour'))).toContain(linkTo(trainRunIdOf(runId)));
  expect(messages.find((text) => text.includes('A node is out'))).toContain(`\`${node().nodeId}\``);

  await node().control.down(false);
  await waitForRow(yard, runId, ({ status }) => status === 'succeeded', { timeoutMs: 150_000 });
  await sweep();
  expect(await told()).toEqual([expect.stringContaining('## Over: '), expect.stringContaining('## Over: ')]);
}, 240_000);

it('tells of a run of another namespace and settles nothing of it, and a sweep goes on while the channel takes no messages', async () => {
  const { runId } = await startHeldRun(yard);
  await setRow('runs', runId, { namespaceId: 'another one' });
  await yard.driver.change({ kind: 'deny', channelId: OPS_CHANNEL_ID, permissions: ['SEND_MESSAGES'] });
  expect(await sweep()).toMatchObject({ reported: [runId], settling: [], waiting: [] });
  expect(await told()).toHaveLength(2);

  await yard.driver.change({ kind: 'deny', channelId: OPS_CHANNEL_ID, permissions: [] });
  await sweep();
  expect((await told())[2]).toContain(runId);
  await setRow('runs', runId, { namespaceId: yard.context.namespaceId });
  await letNodesGo(yard);
  await waitForRow(yard, runId, ({ status }) => status === 'succeeded', { timeoutMs: 150_000 });
  await sweep();
  expect((await told())[2]).toContain('## Over: ');
}, 240_000);

describe('a schedule of sweeps that is paused', () => {
  it('settles nothing, until somebody presses Trigger; the owner then has all points back, and an operator may grant more', async () => {
    const schedule = yard.client.schedule.getHandle(`${yard.prefix}settle-runs`);
    await schedule.pause('somebody pressed Pause');
    const { runId } = await startHeldRun(yard, { as: 'jonas' });
    await yard.client.workflow.getHandle(trainRunIdOf(runId)).terminate('an operator pressed Terminate');
    expect((await schedule.describe()).state.paused).toBe(true);
    expect(await slash(yard.driver.user('jonas'), 'points balance')).toContain('1,280');

    // Two sweeps have to see it; what is triggered while one runs is skipped.
    await eventually(async () => {
      await schedule.trigger();
      expect((await yard.context.models.runs.read(runId))?.open).toBe(false);
    }, 120_000, 2_000);
    expect((await waitForRow(yard, runId, ({ open }) => !open)).end).toMatchObject({ kind: 'failed', releasedPoints: 1_280 });
    await letNodesGo(yard);

    expect(await slash(yard.driver.user('jonas'), 'points history')).toMatch(/1,280/);
    expect(await slash(yard.driver.user('jonas'), 'points balance')).toContain('100,000');
    await slash(yard.driver.user('olga'), 'points grant', { user: USERS.jonas.id, points: 50, reason: 'for the trouble' });
    expect(await slash(yard.driver.user('jonas'), 'points balance')).toContain('100,050');
  }, 240_000);
});

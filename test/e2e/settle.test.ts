import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { disagreementsAbout } from '../../sandbox/demo/agreement/check.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import type { DeadRuns } from '../../activities/temporal/dead-runs.js';
import { settleRunIdOf, trainRunIdOf } from '../../domain/workflow-names.js';
import { saveHistory } from '../support/histories.js';
import { letNodesGo, startHeldRun } from '../support/runs.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

let yard: TestYard;
let sweeps = 0;

beforeAll(async () => {
  yard = await openTestYard();
}, 120_000);
afterAll(() => yard.stop(), 60_000);
afterEach(() => letNodesGo(yard));

/** One sweep, as the schedule starts them every two minutes. */
function sweep(): Promise<DeadRuns> {
  sweeps += 1;
  return yard.client.workflow.execute('settleRuns', { taskQueue: yard.context.queues.yard, workflowId: `${yard.prefix}sweep-${sweeps}` });
}

async function settled(runId: string): Promise<void> {
  await yard.client.workflow.getHandle(settleRunIdOf(runId)).result();
}

async function setRow(runId: string, change: object): Promise<void> {
  await yard.connection.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $set: change });
}

describe('settleRuns', () => {
  it('leaves a run alone whose workflow lives', async () => {
    const { runId } = await startHeldRun(yard);
    expect(await sweep()).toMatchObject({ alive: 1, settling: [], waiting: [] });
    await letNodesGo(yard);
    await waitForRow(yard, runId, (row) => row.status === 'succeeded' && row.notice === 'delivered');
  }, 90_000);

  it('gives the points of a terminated run back, stops its job and tells its owner, after two sightings', async () => {
    const { runId } = await startHeldRun(yard);
    await yard.client.workflow.getHandle(trainRunIdOf(runId)).terminate('an operator pressed Terminate');

    expect(await sweep()).toMatchObject({ waiting: [runId], settling: [] });
    expect((await waitForRow(yard, runId, () => true)).open).toBe(true);
    expect(await sweep()).toMatchObject({ settling: [runId] });
    await settled(runId);

    await waitForRow(yard, runId, (row) => row.notice === 'delivered' && row.card?.renderedRevision === row.revision);
    const expected = { end: { kind: 'failed', type: 'Terminated' }, attempts: 1, trainings: 1 } as const;
    const told = await disagreementsAbout(yard, runId, expected);
    // Temporal keeps what happened to the workflow itself; every other place tells of the settled run.
    expect(told.filter(({ place }) => place !== 'workflow')).toEqual([]);
    await saveHistory(yard.client, settleRunIdOf(runId), 'settled');
  }, 90_000);

  it('reports a row of another namespace and never settles it', async () => {
    const { runId } = await startHeldRun(yard);
    await yard.client.workflow.getHandle(trainRunIdOf(runId)).terminate('gone');
    await setRow(runId, { namespaceId: 'another namespace' });
    await sweep();
    expect(await sweep()).toMatchObject({ reported: [runId], settling: [] });
    expect((await waitForRow(yard, runId, () => true)).open).toBe(true);

    await setRow(runId, { namespaceId: yard.context.namespaceId });
    await sweep();
    await sweep();
    await settled(runId);
    expect((await waitForRow(yard, runId, () => true)).status).toBe('failed');
  }, 90_000);

  it('settles the same run twice to one resolution and one end', async () => {
    const { runId } = await startHeldRun(yard);
    await yard.client.workflow.getHandle(trainRunIdOf(runId)).terminate('gone');
    const settle = (name: string) => yard.client.workflow.execute('settleRun', { taskQueue: yard.context.queues.yard, workflowId: `${yard.prefix}${name}`, args: [{ runId }] });
    const ends = await Promise.all([settle('one'), settle('two'), settle('three')]);
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
    expect(await yard.connection.collection('points_entries').countDocuments({ key: `resolve:${runId}` })).toBe(1);
  }, 90_000);

  it('tries a notice again that could not be delivered', async () => {
    const { runId } = await startHeldRun(yard);
    await letNodesGo(yard);
    await waitForRow(yard, runId, (row) => row.notice === 'delivered');
    await yard.client.workflow.getHandle(trainRunIdOf(runId)).result();
    await setRow(runId, { notice: 'pending' });
    await sweep();
    expect(await sweep()).toMatchObject({ settling: [runId] });
    await settled(runId);
    expect((await waitForRow(yard, runId, () => true)).notice).toBe('delivered');
  }, 90_000);
});

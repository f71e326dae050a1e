import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { disagreementsAbout } from '../../sandbox/demo/agreement/check.js';
import type { Expectation } from '../../sandbox/demo/agreement/expectation.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { letNodesGo, startRun, uploadedDataset } from '../support/runs.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({
    nodes: 1,
    settings: { STALL_LIMIT: '3s', FIRST_STEP_LIMIT: '6s', QUEUE_WAIT_LIMIT: '8s', TRAINING_LIMIT: '20s', MAX_OPEN_RUNS: '2', WELCOME_POINTS: '100000' },
  });
}, 120_000);
afterAll(() => yard.stop(), 60_000);
afterEach(async () => {
  for (const { control } of yard.nodes) await control.clearScenarios();
  await letNodesGo(yard);
});

async function endsAs(runId: string, expected: Expectation): Promise<void> {
  await waitForRow(yard, runId, (row) => !row.open && row.notice === 'delivered' && row.card?.renderedRevision === row.revision, { timeoutMs: 90_000 });
  await yard.client.workflow.getHandle(`train-run:${runId}`).result().catch(() => undefined);
  expect(await disagreementsAbout(yard, runId, expected)).toEqual([]);
}

const failed = (type: 'Stalled' | 'QueueTooLong' | 'TrainingTooLong', attempts: number, trainings: number): Expectation => ({ end: { kind: 'failed', type }, attempts, trainings });

describe('no run hangs', () => {
  it('interrupts a training that makes no step any more, tries three times, then gives all points back', async () => {
    for (const { control } of yard.nodes) await control.scenario({ behaviour: { kind: 'stall', atStep: 100 } });
    const { runId } = await startRun(yard);
    await endsAs(runId, failed('Stalled', 3, 3));
  }, 120_000);

  it('gives up on a queue that does not move within its limit', async () => {
    for (const { control } of yard.nodes) await control.down(true);
    const { runId } = await startRun(yard);
    await waitForRow(yard, runId, (row) => !row.open, { timeoutMs: 60_000 });
    for (const { control } of yard.nodes) await control.down(false);
    await endsAs(runId, failed('QueueTooLong', 1, 0));
  }, 120_000);
});

describe('limits of an account', () => {
  it('let two runs be open at once and refuse a third before any point is held', async () => {
    for (const { control } of yard.nodes) await control.setStepMs(15);
    const first = await startRun(yard);
    await waitForRow(yard, first.runId, (row) => row.status === 'training');
    const second = await startRun(yard);
    await waitForRow(yard, second.runId, (row) => row.status === 'queued');
    const { player, datasetId } = await uploadedDataset(yard);
    const offered = await player.offer(datasetId, { recipe: 'sd15-lora', steps: 400 });
    const third = await player.confirm(offered);
    expect((await waitForRow(yard, third, (row) => !row.open)).end).toEqual({ kind: 'refused', refusal: { code: 'too-many-runs', limit: 2 } });
    for (const { control } of yard.nodes) await control.setStepMs(1);
    for (const { runId } of [first, second]) await waitForRow(yard, runId, (row) => row.status === 'succeeded', { timeoutMs: 60_000 });
  }, 120_000);
});

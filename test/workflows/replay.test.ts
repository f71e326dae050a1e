import { describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { savedHistories } from '../support/histories.js';
import type { SavedHistory } from '../support/histories.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { workflowBundle } from '../support/workflow-bundle.js';

quietTemporal();
const histories = await savedHistories();

/** What is saved on purpose: every ending a run can have. A missing one is a gap in what later versions are held against. */
const ENDINGS = [
  'success', 'node-error', 'out-of-memory', 'lost-job', 'lost-thrice', 'nan', 'zero-weights', 'cancel-queued', 'cancel-training', 'operator-cancel',
  'insufficient-points', 'intake', 'settled',
];

async function replay({ workflowId, history }: SavedHistory): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, workflowId);
}

describe('saved histories', () => {
  it.each(histories.map((saved) => [saved.name, saved] as const))('%s replays with the code of today', async (_name, saved) => {
    await replay(saved);
  });

  it('cover every ending', () => {
    expect(histories.map((saved) => saved.name)).toEqual(expect.arrayContaining(ENDINGS));
  });

  it('turn red when a step is taken out of the process', async () => {
    const [saved] = histories.filter(({ name }) => name === 'success');
    if (saved === undefined) throw new Error('Expected the history of a success to be saved, found none.');
    const altered = JSON.parse(JSON.stringify(saved.history).replaceAll('"holdPoints"', '"chargePoints"')) as unknown;
    await expect(replay({ ...saved, history: altered })).rejects.toThrow(DeterminismViolationError);
  });
});

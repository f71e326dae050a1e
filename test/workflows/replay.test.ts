import { describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflows, replay as replayAll, type SavedHistory } from '../../sandbox/replay/replay.js';
import { changeWorkflows, type Edit } from '../support/changed-workflows.js';
import { savedHistories } from '../support/histories.js';
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

const RUN = 'workflows/train-run/workflow.ts';
const VALIDATE = 'await imageActivities(run.opened.limits).validateImages({ runId: request.runId })';
const HOLD = 'await holdingActivities().holdPoints({ runId: request.runId })';

/** The workflows that take an edit amiss, by what was done. */
const INCOMPATIBLE: readonly (readonly [what: string, edits: readonly Edit[], amiss: readonly string[]])[] = [
  ['an activity is taken out', [{ file: RUN, from: '    await announce(run);\n', to: '' }], ['success', 'lost-thrice', 'cancel-training', 'insufficient-points']],
  ['an activity is put in', [{ file: RUN, from: "run.enter('checking images');", to: "run.enter('checking images'); await endingActivities().beginEnding({ runId: request.runId });" }], ['success', 'nan', 'operator-cancel']],
  ['two activities change places', [{ file: RUN, from: VALIDATE, to: 'HERE' }, { file: RUN, from: HOLD, to: VALIDATE }, { file: RUN, from: 'HERE', to: HOLD }], ['success', 'node-error', 'insufficient-points']],
  ['another activity does it', [{ file: 'workflows/train-run/endings.ts', from: 'endingActivities().shelveLora(', to: 'endingActivities().endRun(' }], ['success', 'lost-job', 'out-of-memory']],
  ['a timer is taken out', [{ file: 'workflows/intake/workflow.ts', from: 'await sleep(GROWS_EVERY);', to: 'await condition(() => false);' }], ['intake']],
  ['the way back differs', [{ file: 'workflows/settle-run/workflow.ts', from: 'if (ending.claim !== null) await interrupt(runId, ending.claim);', to: '' }], ['settled']],
  ['a workflow is left out', [{ file: 'workflows/index.ts', from: "export { intake } from './intake/workflow.js';", to: '' }], ['intake']],
];

describe('the next version of the code', () => {
  async function red(edits: readonly Edit[], some: readonly SavedHistory[] = histories): Promise<{ names: string[]; problems: string[] }> {
    const changed = await changeWorkflows(edits);
    try {
      const failed = (await replayAll(some, await bundleWorkflows(changed.path))).filter(({ problem }) => problem !== null);
      return { names: failed.map(({ name }) => name), problems: failed.map(({ problem }) => problem ?? '') };
    } finally {
      await changed.remove();
    }
  }

  it.each(INCOMPATIBLE)('cannot go on with the runs of today, and is told with which, when %s', async (_what, edits, amiss) => {
    const { names, problems } = await red(edits, histories.filter(({ name }) => amiss.includes(name)));
    expect(names.sort()).toEqual([...amiss].sort());
    for (const problem of problems) expect(problem).toMatch(/DeterminismViolation|Nondeterminism|no such function is exported/i);
  }, 180_000);

  it('goes on with all of them when only words, limits and retries differ', async () => {
    const { names } = await red([
      { file: 'workflows/train-run/proxies.ts', from: "summary: 'wait for an idle node, then submit'", to: "summary: 'queue up'" },
      { file: 'workflows/train-run/proxies.ts', from: "const HOLDING_LIMIT = '10 minutes';", to: "const HOLDING_LIMIT = '20 minutes';" },
      { file: 'workflows/intake/workflow.ts', from: "const GROWS_EVERY = '5 seconds';", to: "const GROWS_EVERY = '7 seconds';" },
    ]);
    expect(names).toEqual([]);
  }, 180_000);
});

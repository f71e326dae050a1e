import { describe, expect, it } from '@jest/globals';
import { troublesOf, USUAL_PATIENCE } from '../../../activities/temporal/pending-troubles.js';

type Pending = Parameters<typeof troublesOf>[0];
type Activity = NonNullable<Pending['raw']['pendingActivities']>[number];

function aWorkflow({ workflowId = 'train-run:1', taskAttempt = null, activities = [] }: { workflowId?: string; taskAttempt?: number | null; activities?: readonly { name: string; attempt: number; failure?: string }[] }): Pending {
  return {
    workflowId,
    raw: {
      pendingWorkflowTask: taskAttempt === null ? null : { attempt: taskAttempt },
      pendingActivities: activities.map(({ name, attempt, failure }): Activity => ({
        activityType: { name },
        attempt,
        ...(failure === undefined ? {} : { lastFailure: { message: failure } }),
      })),
    },
  };
}

describe('the troubles of a workflow', () => {
  it.each([1, 2, 3])('are none while its task is tried for the %s. time: a worker may have died in it', (taskAttempt) => {
    expect(troublesOf(aWorkflow({ taskAttempt }))).toEqual([]);
  });

  it('are none while it waits', () => {
    expect(troublesOf(aWorkflow({}))).toEqual([]);
  });

  it('name one whose code throws at every try', () => {
    expect(troublesOf(aWorkflow({ taskAttempt: USUAL_PATIENCE.workflowTaskFailures + 1 }))).toEqual([
      { kind: 'stuck-workflow', workflowId: 'train-run:1', runId: '1', failures: 3 },
    ]);
  });

  it.each([
    ['settle-run:1', '1'],
    ['intake:9', null],
    ['yard/keep-cards', null],
  ])('say of %s which run it belongs to', (workflowId, runId) => {
    expect(troublesOf(aWorkflow({ workflowId, taskAttempt: 20 }))).toEqual([{ kind: 'stuck-workflow', workflowId, runId, failures: 19 }]);
  });

  it.each(['releasePoints', 'capturePoints'])('name a %s that keeps failing, with what it said last', (name) => {
    const failing = (attempt: number) => troublesOf(aWorkflow({ activities: [{ name, attempt, failure: 'x'.repeat(500) }] }));
    expect(failing(USUAL_PATIENCE.releaseAttempts - 1)).toEqual([]);
    expect(failing(USUAL_PATIENCE.releaseAttempts)).toEqual([
      { kind: 'release-failing', workflowId: 'train-run:1', runId: '1', attempts: 8, lastFailure: 'x'.repeat(300) },
    ]);
  });

  it('are none for other activities, which may be tried often', () => {
    expect(troublesOf(aWorkflow({ activities: [{ name: 'submitTraining', attempt: 900 }, { name: 'announce', attempt: 40 }] }))).toEqual([]);
  });
});

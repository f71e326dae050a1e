import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { temporal } from '@temporalio/proto';
import { settleRunIdOf, trainRunIdOf } from '../../domain/workflow-names.js';
import { disagreementsAbout } from '../../sandbox/demo/agreement/check.js';
import type { Expectation } from '../../sandbox/demo/agreement/expectation.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { eventually } from '../support/eventually.js';
import { letNodesGo, startHeldRun } from '../support/runs.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

/** An operator resets a run whose points are resolved: everything after the chosen point runs again, and nothing of it counts. */
let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { HEARTBEAT_TIMEOUT: '10s' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);
afterEach(() => letNodesGo(yard));

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

interface ResetPoint {
  readonly eventId: string;
  /** The step that is done again first. */
  readonly again: string;
}

const handleOf = (runId: string) => yard.client.workflow.getHandle(trainRunIdOf(runId));

/** Every point that Temporal lets an operator choose: each completed workflow task, named by what it asked for. */
async function resetPointsOf(runId: string): Promise<{ temporalRunId: string; points: ResetPoint[] }> {
  const { runId: temporalRunId } = await handleOf(runId).describe();
  const events: HistoryEvent[] = (await handleOf(runId).fetchHistory()).events ?? [];
  const points = events.flatMap((event, at) => {
    if (event.workflowTaskCompletedEventAttributes === null || event.workflowTaskCompletedEventAttributes === undefined) return [];
    const asked = events.slice(at + 1).find((later) => later.activityTaskScheduledEventAttributes?.activityType?.name !== undefined);
    return [{ eventId: String(event.eventId), again: asked?.activityTaskScheduledEventAttributes?.activityType?.name ?? 'the end' }];
  });
  return { temporalRunId, points };
}

/** As the button of the Web UI does it; waits for the end of what runs again. */
async function reset(runId: string, temporalRunId: string, { eventId, again }: ResetPoint): Promise<void> {
  const { runId: anew } = await yard.context.temporal.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: trainRunIdOf(runId), runId: temporalRunId },
    reason: `from ${again}`,
    workflowTaskFinishEventId: Number(eventId) as never,
    requestId: `${runId}-${eventId}`,
  });
  await yard.client.workflow.getHandle(trainRunIdOf(runId), anew).result().catch(() => undefined);
}

/** A point of each step, the last one of it. The answer to the press is asked for in one go with the submission. */
function onePerStep(points: readonly ResetPoint[]): ResetPoint[] {
  return [...new Map(points.map((point) => [point.again, point])).values()];
}

async function expectUnchanged(runId: string, expected: Expectation): Promise<void> {
  await eventually(async () => {
    const told = await disagreementsAbout(yard, runId, expected);
    // An operator who resets a closed run leaves Temporal's own word on it to the new execution.
    expect(told.filter(({ place }) => place !== 'workflow')).toEqual([]);
  }, 15_000, 200);
}

describe('Reset of a run whose points are resolved', () => {
  it('after capture charges nothing twice, trains nothing and tells nothing again, from whichever step', async () => {
    const { runId } = await startHeldRun(yard);
    await letNodesGo(yard);
    await waitForRow(yard, runId, (row) => row.notice === 'delivered');
    await handleOf(runId).result();
    const expected = { end: { kind: 'succeeded' }, attempts: 1, trainings: 1 } as const;
    await expectUnchanged(runId, expected);
    const ended = await yard.context.models.runs.read(runId);

    const { temporalRunId, points } = await resetPointsOf(runId);
    const chosen = onePerStep(points);
    expect(chosen.map(({ again }) => again)).toEqual(expect.arrayContaining(['validateImages', 'holdPoints', 'answerInteraction', 'followTraining', 'collectLora', 'capturePoints', 'shelveLora', 'announce']));
    for (const point of chosen) await reset(runId, temporalRunId, point);
    await expectUnchanged(runId, expected);
    expect((await yard.context.models.runs.read(runId))?.end).toEqual(ended?.end);
  }, 300_000);

  it('after release holds nothing again and trains nothing, from whichever step', async () => {
    const { runId } = await startHeldRun(yard);
    await handleOf(runId).terminate('an operator pressed Terminate');
    await yard.client.workflow.execute('settleRun', { taskQueue: yard.context.queues.yard, workflowId: settleRunIdOf(runId), args: [{ runId }] });
    const expected = { end: { kind: 'failed', type: 'Terminated' }, attempts: 1, trainings: 1 } as const;
    await letNodesGo(yard);
    await expectUnchanged(runId, expected);

    const { temporalRunId, points } = await resetPointsOf(runId);
    const chosen = onePerStep(points);
    expect(chosen.map(({ again }) => again)).toEqual(expect.arrayContaining(['validateImages', 'holdPoints', 'answerInteraction', 'followTraining']));
    for (const point of chosen) await reset(runId, temporalRunId, point);
    await expectUnchanged(runId, expected);
  }, 300_000);
});

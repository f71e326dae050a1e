import { ScheduleAlreadyRunning, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { queueNames } from '../../domain/queues.js';
import { SETTLE_RUNS, SETTLE_RUNS_ID, SWEEP_MEMO } from './messages.js';
import type { SweepCounts } from './messages.js';

/** A sweep holds nothing, so one that is stuck is ended for the next; overlapping ones are skipped. */
const SWEEP_LIMIT = '15 minutes';

const NOTE = 'Gives the points of dead runs back. While it is paused, points of terminated runs stay held.';

/**
 * Sees to it that the sweep is scheduled every `intervalMs`, as this version of the yard wants it; workers call it at start. A schedule
 * that an operator paused stays paused, one that was deleted is made anew. An operator may trigger a sweep at once.
 */
export async function ensureSettleRuns(client: Client, prefix: string, intervalMs: number): Promise<void> {
  if (await restoreSettleRuns(client, prefix, intervalMs)) return;
  await client.schedule.getHandle(`${prefix}${SETTLE_RUNS_ID}`).update((schedule) => ({ ...schedule, ...wantedSchedule(prefix, intervalMs) }));
}

/** Makes the schedule when there is none, and leaves one that is there as it is. True when it was made. */
export async function restoreSettleRuns(client: Client, prefix: string, intervalMs: number): Promise<boolean> {
  try {
    await client.schedule.create({ scheduleId: `${prefix}${SETTLE_RUNS_ID}`, ...wantedSchedule(prefix, intervalMs), state: { note: NOTE } });
    return true;
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    return false;
  }
}

function wantedSchedule(prefix: string, intervalMs: number) {
  return {
    spec: { intervals: [{ every: intervalMs }] },
    policies: { overlap: 'SKIP', catchupWindow: '1 minute' },
    action: {
      type: 'startWorkflow',
      workflowType: SETTLE_RUNS,
      workflowId: `${prefix}${SETTLE_RUNS_ID}`,
      taskQueue: queueNames(prefix).yard,
      workflowRunTimeout: SWEEP_LIMIT,
      staticSummary: 'looks for runs without a living workflow and gives their points back',
      args: [],
    },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
}

export interface Sweep {
  readonly endedAt: Date;
  readonly counts: SweepCounts;
}

/** What Temporal knows of the sweeps. `since` is when the schedule was made: before the first sweep, the only time there is. */
export type Sweeps =
  | { readonly kind: 'missing' }
  | { readonly kind: 'paused' | 'running'; readonly intervalMs: number; readonly since: Date; readonly last: Sweep | null };

/** The schedule of the sweeps and the last one that ran to its end. Terminated and failed ones do not count. */
export async function readSweeps(client: Client, prefix: string): Promise<Sweeps> {
  const scheduleId = `${prefix}${SETTLE_RUNS_ID}`;
  try {
    const { spec, state, info } = await client.schedule.getHandle(scheduleId).describe();
    return {
      kind: state.paused ? 'paused' : 'running',
      intervalMs: spec.intervals?.[0]?.every ?? 0,
      since: info.createdAt,
      last: await lastSweep(client, info),
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return { kind: 'missing' };
    throw error;
  }
}

/** Temporal remembers the last ten starts; the newest stands last. */
async function lastSweep(client: Client, { recentActions }: ScheduleDescription['info']): Promise<Sweep | null> {
  for (const { action } of recentActions.toReversed()) {
    const sweep = await sweepOf(client, action.workflow);
    if (sweep !== null) return sweep;
  }
  return null;
}

async function sweepOf(client: Client, { workflowId, firstExecutionRunId }: { readonly workflowId: string; readonly firstExecutionRunId: string }): Promise<Sweep | null> {
  try {
    const { status, closeTime, memo } = await client.workflow.getHandle(workflowId, firstExecutionRunId).describe();
    const counts = memo?.[SWEEP_MEMO];
    return status.name === 'COMPLETED' && closeTime !== undefined && isCounts(counts) ? { endedAt: closeTime, counts } : null;
  } catch (error) {
    // Its history is kept for as long as the namespace says.
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function isCounts(memo: unknown): memo is SweepCounts {
  return typeof memo === 'object' && memo !== null && 'looked' in memo;
}

import { ScheduleAlreadyRunning } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { queueNames } from '../../domain/queues.js';
import { SETTLE_RUNS, SETTLE_RUNS_ID } from './messages.js';

/** A sweep holds nothing, so one that is stuck is ended for the next; overlapping ones are skipped. */
const SWEEP_LIMIT = '15 minutes';

/** Sees to it that the sweep is scheduled every `intervalMs`; workers call it at start. An operator may trigger one at once. */
export async function ensureSettleRuns(client: Client, prefix: string, intervalMs: number): Promise<void> {
  const scheduleId = `${prefix}${SETTLE_RUNS_ID}`;
  const spec = { intervals: [{ every: intervalMs }] };
  try {
    await client.schedule.create({
      scheduleId,
      spec,
      policies: { overlap: 'SKIP', catchupWindow: '1 minute' },
      action: { type: 'startWorkflow', workflowType: SETTLE_RUNS, workflowId: scheduleId, taskQueue: queueNames(prefix).yard, workflowRunTimeout: SWEEP_LIMIT },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update((schedule) => ({ ...schedule, spec }));
  }
}

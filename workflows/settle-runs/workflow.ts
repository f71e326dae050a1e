import { proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { DeadRuns, TemporalActivities } from '../../activities/temporal/activities.js';

/** The net under everything: finds runs whose workflow is gone, starts one `settleRun` for each, and sees to it that cards are kept. */
export async function settleRuns(): Promise<DeadRuns> {
  const temporal = proxyActivities<Pick<TemporalActivities, 'ensureKeepCards' | 'findDeadRuns' | 'startSettleRun'>>({
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '10 minutes',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: 'look for runs without a living workflow',
    retry: { maximumInterval: '30 seconds' },
  });
  await temporal.ensureKeepCards();
  const report = await temporal.findDeadRuns({ sweepId: workflowInfo().runId });
  for (const runId of report.settling) await temporal.startSettleRun({ runId });
  setCurrentDetails(
    [
      `looked at **${report.looked}** · alive ${report.alive}`,
      `settling: ${report.settling.join(', ') || 'none'}`,
      `seen dead, waiting for another look: ${report.waiting.join(', ') || 'none'}`,
      `for an operator: ${report.reported.join(', ') || 'none'}`,
    ].join('\n\n'),
  );
  return report;
}

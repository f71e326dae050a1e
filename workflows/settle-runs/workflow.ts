import { ActivityFailure, isCancellation, log, proxyActivities, setCurrentDetails, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { DiscordActivities } from '../../activities/discord/activities.js';
import type { OperatorsActivities } from '../../activities/operators/activities.js';
import type { TemporalActivities } from '../../activities/temporal/activities.js';
import type { DeadRuns } from '../../activities/temporal/dead-runs.js';
import type { Trouble } from '../../domain/troubles.js';
import { prefixOfYardQueue, queueNames } from '../../domain/queues.js';
import { SWEEP_MEMO } from './messages.js';
import type { SweepCounts } from './messages.js';

/** The net under everything: finds runs whose workflow is gone, starts one `settleRun` for each, and sees to it that cards are kept. */
export async function settleRuns(): Promise<DeadRuns> {
  const temporal = proxyActivities<Pick<TemporalActivities, 'ensureKeepCards' | 'findDeadRuns'>>({
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '10 minutes',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: 'look for runs without a living workflow',
    retry: { maximumInterval: '30 seconds' },
  });
  await temporal.ensureKeepCards();
  const report = await temporal.findDeadRuns({ sweepId: workflowInfo().runId });
  const unstarted = await startSettling(report.settling);
  // The details need a worker to be shown; the memo stays with the closed sweep, for health and for operators.
  upsertMemo({ [SWEEP_MEMO]: countsOf(report) });
  setCurrentDetails(detailsOf(report, report.troubles));
  const added = await tellOperators(report);
  setCurrentDetails(detailsOf(report, [...report.troubles, ...added]));
  const [failure] = unstarted;
  if (failure !== undefined) throw failure;
  return report;
}

/** Every run has its turn, whatever became of those before it; returns why some could not be started. */
async function startSettling(runIds: readonly string[]): Promise<ActivityFailure[]> {
  const temporal = proxyActivities<Pick<TemporalActivities, 'startSettleRun'>>({
    startToCloseTimeout: '20 seconds',
    // The next sweep tries again; the runs that come after this one do not wait longer for it.
    scheduleToCloseTimeout: '1 minute',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: 'begin to settle a dead run',
  });
  const failures: ActivityFailure[] = [];
  for (const runId of runIds) {
    try {
      await temporal.startSettleRun({ runId });
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      log.warn('could not begin to settle a run; the next sweep tries again', { runId, error: String(error) });
      failures.push(error);
    }
  }
  return failures;
}

/**
 * Whether operators can be told is nothing a sweep may fail of: what they have not heard, the next one tells.
 * @returns the troubles of nodes and queues, which the sweep itself does not look at
 */
async function tellOperators({ troubles, skipped }: DeadRuns): Promise<readonly Trouble[]> {
  const yard = proxyActivities<OperatorsActivities>({
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: '45 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: 'write down what operators have to know',
  });
  const discord = proxyActivities<Pick<DiscordActivities, 'tellOperators'>>({
    taskQueue: queueNames(prefixOfYardQueue(workflowInfo().taskQueue)).discord,
    startToCloseTimeout: '30 seconds',
    heartbeatTimeout: '20 seconds',
    // Shorter than the interval of sweeps: while Discord is away, runs are still settled in time.
    scheduleToCloseTimeout: '45 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: 'tell operators',
  });
  let told: readonly Trouble[] = [];
  try {
    const { added = [], untold } = await yard.noteTroubles({ found: troubles, skipped });
    told = added;
    if (untold > 0) await discord.tellOperators({});
  } catch (error) {
    log.warn('could not tell operators of all troubles; the next sweep does', { error: String(error) });
  }
  return told;
}

function countsOf({ looked, alive, settling, waiting, reported, skipped, troubles }: DeadRuns): SweepCounts {
  return {
    looked,
    alive,
    settling: settling.length,
    waiting: waiting.length,
    reported: reported.length,
    skipped: skipped.length,
    troubles: troubles.length,
  };
}

function detailsOf({ looked, alive, settling, waiting, reported, skipped }: DeadRuns, troubles: readonly Trouble[]): string {
  return [
    `looked at **${looked}** · alive ${alive}`,
    `settling: ${listOf(settling)}`,
    `seen dead, waiting for another look: ${listOf(waiting)}`,
    `for an operator: ${listOf(reported)}`,
    `no answer about: ${listOf(skipped)}`,
    `troubles: ${listOf(troubles.map(troubleLine))}`,
  ].join('\n\n');
}

/** The Web UI takes 20 kB: what is more than these stands in the result of the sweep. */
const MOST_LISTED = 40;

function listOf(items: readonly string[]): string {
  if (items.length === 0) return 'none';
  const more = items.length - MOST_LISTED;
  return `${items.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function troubleLine(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'stuck-workflow':
      return `\`${trouble.workflowId}\` is stuck after ${trouble.failures} failures in a row`;
    case 'release-failing':
      return `\`${trouble.workflowId}\` has tried ${trouble.attempts} times to resolve its points`;
    case 'foreign-run':
      return `run ${trouble.runId} belongs to namespace ${trouble.namespaceId}`;
    case 'hold-without-run':
      return `${trouble.amountPoints} points are held for run ${trouble.runId}, which is not on record`;
    case 'node-out':
      return `node \`${trouble.nodeId}\` takes no training since ${trouble.seenAt}`;
    case 'queue-waiting':
      return `run ${trouble.runId} waits in queue \`${trouble.queue}\` since ${trouble.since}`;
  }
}

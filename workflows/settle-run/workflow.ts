import { log, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { DiscordActivities } from '../../activities/discord/activities.js';
import type { LedgerActivities, Resolved } from '../../activities/ledger/activities.js';
import type { LoraActivities } from '../../activities/loras/activities.js';
import type { EndingRun, RunActivities } from '../../activities/runs/activities.js';
import type { ComfyActivities } from '../../activities/comfyui/activities.js';
import { prefixOfYardQueue, queueNames } from '../../domain/queues.js';
import type { Claim, RunEnd } from '../../domain/runs.js';
import { SETTLE_INTERRUPT_LIMIT_MS } from '../../domain/settling.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';

const WAIT = 'WAIT_CANCELLATION_COMPLETED';

/** Does what the workflow of a dead run would have done: the same activities under the same keys, so the two can never fight. */
export async function settleRun({ runId }: { runId: string }): Promise<RunEnd> {
  // No limit in all: a release never gives up while the database is away.
  const yard = proxyActivities<RunActivities & LedgerActivities & LoraActivities>({
    startToCloseTimeout: '20 seconds',
    cancellationType: WAIT,
    retry: { maximumInterval: '1 minute' },
  });
  show(runId, 'ending: its job is interrupted, its points are resolved');
  const end = await endOf();
  show(runId, `${end.kind}: its owner is told`);
  await announce(runId);
  show(runId, `${end.kind}: nothing is left to do`);
  return end;

  async function endOf(): Promise<RunEnd> {
    const ending = await yard.beginEnding({ runId });
    if (ending.end !== null) {
      // An ended run holds nothing: a hold that a zombie or a Reset left is given back; a resolution on record stands.
      await yard.releasePoints({ runId });
      return ending.end;
    }
    if (ending.hasArtifact) {
      const kept = await yard.capturePoints({ runId });
      if (kept.capturedPoints > 0 || ending.pricePoints === 0) return yard.shelveLora({ runId, capturedPoints: kept.capturedPoints });
    }
    if (ending.claim !== null) await interrupt(runId, ending.claim);
    return yard.endRun({ runId, end: endWithoutFile(ending, await yard.releasePoints({ runId })) });
  }
}

/** A cancel that was under way ends as one: with what was captured for it already, else with everything given back. */
function endWithoutFile({ cancelling }: EndingRun, { capturedPoints, releasedPoints }: Resolved): RunEnd {
  // Only an owner's cancel captures a part.
  const by = capturedPoints > 0 ? 'owner' : cancelling;
  if (by === null) return { kind: 'failed', failure: { type: 'Terminated' }, releasedPoints };
  return { kind: 'cancelled', by, capturedPoints, releasedPoints };
}

function show(runId: string, state: string): void {
  setCurrentDetails(`**${state}**  \ndoes what \`${trainRunIdOf(runId)}\` would have done: its workflow is gone`);
}

async function interrupt(runId: string, claim: Claim): Promise<void> {
  const node = proxyActivities<Pick<ComfyActivities, 'interruptJob'>>({
    taskQueue: queueNames(prefixOfYardQueue(workflowInfo().taskQueue)).node(claim.nodeId),
    // The points of a dead run do not wait long for its node.
    scheduleToCloseTimeout: SETTLE_INTERRUPT_LIMIT_MS,
    startToCloseTimeout: SETTLE_INTERRUPT_LIMIT_MS,
    cancellationType: WAIT,
    summary: `interrupt the job on ${claim.nodeId}`,
    retry: { maximumInterval: '10 seconds' },
  });
  try {
    await node.interruptJob({ runId, promptId: claim.promptId });
  } catch (error) {
    // The node is out of reach: its reporter interrupts the job when it is back, since the row says that the run ends.
    log.warn('could not interrupt a job; its node does so later', { runId, error: String(error) });
  }
}

async function announce(runId: string): Promise<void> {
  const discord = proxyActivities<Pick<DiscordActivities, 'announce'>>({
    taskQueue: queueNames(prefixOfYardQueue(workflowInfo().taskQueue)).discord,
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '30 seconds',
    // The next sweep tries again for as long as the notice is pending.
    scheduleToCloseTimeout: '10 minutes',
    cancellationType: WAIT,
    retry: { maximumInterval: '1 minute' },
  });
  try {
    await discord.announce({ runId });
  } catch (error) {
    log.warn('could not announce the end; the notice waits', { runId, error: String(error) });
  }
}

import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ComfyActivities } from '../../activities/comfyui/activities.js';
import type { DiscordActivities } from '../../activities/discord/activities.js';
import type { ImageActivities } from '../../activities/images/activities.js';
import type { LedgerActivities } from '../../activities/ledger/activities.js';
import type { LoraActivities } from '../../activities/loras/activities.js';
import type { RunActivities, RunLimits } from '../../activities/runs/activities.js';
import type { TemporalActivities } from '../../activities/temporal/activities.js';
import { prefixOfYardQueue, queueNames } from '../../domain/queues.js';

const WAIT = 'WAIT_CANCELLATION_COMPLETED';

/** What a run may not wait for is bounded; what it must not skip (ends, capture, release) tries for ever, ten seconds apart. */
const HOLDING_LIMIT = '10 minutes';
const UNENDING = { maximumInterval: '10 seconds' } as const;
/** Each worker that dies in it counts as a failed try: pauses that grew with them would keep a run waiting when a worker is long back. */
const ON_NODE_RETRY = { initialInterval: '2 seconds', maximumInterval: '5 seconds' } as const;

function queues() {
  return queueNames(prefixOfYardQueue(workflowInfo().taskQueue));
}

/** Holding points: bounded, so that an owner is told when the ledger is away. */
export function holdingActivities() {
  return proxyActivities<Pick<LedgerActivities, 'holdPoints'>>({
    startToCloseTimeout: '20 seconds',
    scheduleToCloseTimeout: HOLDING_LIMIT,
    cancellationType: WAIT,
    retry: { maximumInterval: '10 seconds' },
  });
}

/** Decoding every image again takes seconds; a worker that dies in it is noticed by its heartbeat. */
export function imageActivities(limits: RunLimits) {
  return proxyActivities<Pick<ImageActivities, 'validateImages'>>({
    taskQueue: queues().images,
    startToCloseTimeout: '10 minutes',
    scheduleToCloseTimeout: '1 hour',
    heartbeatTimeout: limits.heartbeatMs,
    cancellationType: WAIT,
    summary: 'decode and check every image again',
    retry: { maximumInterval: '10 seconds' },
  });
}

/** Opening and ending a run: no limit in all, so that every run that was asked for is answered and no release ever gives up. */
export function endingActivities() {
  return proxyActivities<RunActivities & LedgerActivities & LoraActivities & TemporalActivities>({
    startToCloseTimeout: '20 seconds',
    cancellationType: WAIT,
    retry: UNENDING,
  });
}

/** Answer and card: two minutes in all, and a failure never fails the run. A worker that dies in it is noticed by its heartbeat. */
export function tellingActivities(heartbeatMs: number) {
  return proxyActivities<Pick<DiscordActivities, 'answerInteraction' | 'openCard'>>({
    taskQueue: queues().discord,
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: '2 minutes',
    heartbeatTimeout: heartbeatMs,
    cancellationType: WAIT,
    retry: { maximumInterval: '10 seconds' },
  });
}

/** The news of the end is tried for a day; after that it waits as a pending notice. */
export function announcingActivities(announceMs: number) {
  return proxyActivities<Pick<DiscordActivities, 'announce'>>({
    taskQueue: queues().discord,
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: announceMs,
    heartbeatTimeout: '30 seconds',
    cancellationType: WAIT,
    retry: { maximumInterval: '5 minutes' },
  });
}

/** Waiting for an idle node: the wait is the schedule-to-close limit, and accounts take turns by their fairness key. */
export function leaseActivities(queue: string, accountId: string, limits: RunLimits) {
  return proxyActivities<Pick<ComfyActivities, 'submitTraining'>>({
    taskQueue: queues().lease(queue),
    startToCloseTimeout: '10 minutes',
    scheduleToCloseTimeout: limits.queueWaitMs,
    heartbeatTimeout: limits.heartbeatMs,
    cancellationType: WAIT,
    summary: 'wait for an idle node, then submit',
    priority: { fairnessKey: accountId.slice(0, 64) },
    retry: { initialInterval: limits.submitRetryMs, backoffCoefficient: 1 },
  });
}

/**
 * Following a job on its node. No attempt limit: a restarted worker attaches again. Schedule-to-start fires when nobody has
 * served the node for long, and schedule-to-close is what is left of the attempt's training limit.
 */
export function followingActivities(nodeId: string, trainingLeftMs: number, limits: RunLimits) {
  return proxyActivities<Pick<ComfyActivities, 'followTraining'>>({
    taskQueue: queues().node(nodeId),
    scheduleToStartTimeout: limits.nodeQueueUnservedMs,
    scheduleToCloseTimeout: trainingLeftMs,
    startToCloseTimeout: trainingLeftMs,
    heartbeatTimeout: limits.heartbeatMs,
    cancellationType: WAIT,
    summary: `follow the training on ${nodeId}`,
    retry: ON_NODE_RETRY,
  });
}

/** Fetching and proving the file: retried until the node has been unserved for too long or the limit is spent. */
export function collectingActivities(nodeId: string, limits: RunLimits) {
  return proxyActivities<Pick<ComfyActivities, 'collectLora' | 'freeMemory'>>({
    taskQueue: queues().node(nodeId),
    scheduleToStartTimeout: limits.nodeQueueUnservedMs,
    scheduleToCloseTimeout: '3 hours',
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: limits.heartbeatMs,
    cancellationType: WAIT,
    retry: ON_NODE_RETRY,
  });
}

/** Two minutes to start, five in all: after that the run goes on and the node's reporter interrupts the job later. */
export function interruptingActivities(nodeId: string) {
  return proxyActivities<Pick<ComfyActivities, 'interruptJob' | 'freeMemory'>>({
    taskQueue: queues().node(nodeId),
    scheduleToStartTimeout: '2 minutes',
    scheduleToCloseTimeout: '5 minutes',
    startToCloseTimeout: '1 minute',
    cancellationType: WAIT,
    summary: `interrupt the job on ${nodeId}`,
    retry: { maximumInterval: '10 seconds' },
  });
}

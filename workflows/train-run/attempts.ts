import { CancellationScope, log } from '@temporalio/workflow';
import type { OpenedRun } from '../../activities/runs/activities.js';
import { curableByNewAttempt } from '../../domain/failures.js';
import type { Failure } from '../../domain/failures.js';
import { MAX_ATTEMPTS } from '../../domain/runs.js';
import type { Artifact } from '../../domain/runs.js';
import { endOfActivity } from '../activity-failures.js';
import { collectingActivities, endingActivities, followingActivities, interruptingActivities, leaseActivities } from './proxies.js';
import type { RunState } from './run-state.js';

/** How the training of a run ended. `closed`: somebody else has ended the run's row meanwhile. */
export type TrainingEnd =
  | { readonly kind: 'trained'; readonly artifact: Artifact }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly stepsDone: number | null }
  | { readonly kind: 'closed' };

type AttemptEnd = TrainingEnd | { readonly kind: 'attempt-failed'; readonly failure: Failure };

/** A failed node is passed over for this long at most, and only while another fit one is seen. */
const AVOID_MS = 2 * 60_000;

/** Submit, follow, collect; at most three times, out of memory at most twice, at no extra cost. */
export async function trainWithAttempts(run: RunState, opened: OpenedRun): Promise<TrainingEnd> {
  let avoid: { nodeId: string; until: number } | null = null;
  let memoryFreed = false;
  run.attempt = opened.attempt;
  for (;;) {
    const end = await trainOnce(run, opened, avoid);
    if (end.kind !== 'attempt-failed') return end;
    const failure = 'attempts' in end.failure ? { ...end.failure, attempts: run.attempt } : end.failure;
    const outOfMemory = failure.type === 'OutOfMemory';
    if (run.attempt >= MAX_ATTEMPTS || !(curableByNewAttempt(failure.type) || (outOfMemory && !memoryFreed))) return { kind: 'failed', failure };
    if (outOfMemory) {
      memoryFreed = true;
      await freeMemory(run);
    }
    const next = await CancellationScope.nonCancellable(() =>
      endingActivities().startAttempt({ runId: run.request.runId, attempt: run.attempt + 1, why: failure }),
    );
    if (!next.open) return { kind: 'closed' };
    avoid = !('nodeId' in failure) || outOfMemory ? null : { nodeId: failure.nodeId, until: Date.now() + AVOID_MS };
    run.attempt += 1;
    run.node = null;
    run.lastFailure = failure;
  }
}

async function trainOnce(run: RunState, opened: OpenedRun, avoid: { nodeId: string; until: number } | null): Promise<AttemptEnd> {
  const submitted = await submit(run, opened, avoid);
  if (submitted.kind !== 'submitted') return submitted;
  run.node = { nodeId: submitted.nodeId, promptId: submitted.promptId };
  run.enterSearchable('training');

  const followed = await follow(run, opened);
  if (followed.kind !== 'trained') return followed;
  // A cancel that was accepted before the end was known stands: its owner pays at most the figure shown.
  if (run.cancelRequested) return { kind: 'cancelled', stepsDone: opened.steps };

  // The training is done and paid for by the node's hours: no cancel may throw it away any more.
  run.finished = true;
  run.enter('collecting');
  const collected = await CancellationScope.nonCancellable(() => collect(run, opened));
  run.finished = collected.kind === 'trained';
  return collected;
}

type Submitted = { readonly kind: 'submitted'; readonly nodeId: string; readonly promptId: string } | AttemptEnd;

async function submit(run: RunState, opened: OpenedRun, avoid: { nodeId: string; until: number } | null): Promise<Submitted> {
  run.enterSearchable('waiting for a node');
  try {
    const lease = leaseActivities(opened.queue, opened.accountId, opened.limits);
    const submitted = await lease.submitTraining({ runId: run.request.runId, attempt: run.attempt, avoid });
    return submitted.kind === 'submitted' ? submitted : { kind: 'closed' };
  } catch (error) {
    // The job may be on its node already, so whether there is one to interrupt is the row's word.
    if (run.cancelRequested) return { kind: 'cancelled', stepsDone: null };
    const end = endOfActivity(error);
    if (end.kind === 'failure') return { kind: 'attempt-failed', failure: end.failure };
    if (end.kind === 'limit-reached') return { kind: 'failed', failure: { type: 'QueueTooLong', limitMs: opened.limits.queueWaitMs } };
    return { kind: 'failed', failure: internal(run) };
  }
}

async function follow(run: RunState, opened: OpenedRun): Promise<AttemptEnd | { kind: 'trained' }> {
  const node = nodeOf(run);
  return onNode(run, opened, opened.limits.trainingMs, async (leftMs) => {
    const followed = await followingActivities(node.nodeId, leftMs, opened.limits).followTraining({ runId: run.request.runId, attempt: run.attempt });
    return followed.kind === 'trained' ? followed : { kind: 'cancelled', stepsDone: followed.stepsDone };
  });
}

async function collect(run: RunState, opened: OpenedRun): Promise<AttemptEnd> {
  const node = nodeOf(run);
  return onNode<AttemptEnd>(run, opened, opened.limits.trainingMs, async () => {
    const artifact = await collectingActivities(node.nodeId, opened.limits).collectLora({ runId: run.request.runId, attempt: run.attempt });
    return { kind: 'trained', artifact };
  });
}

/**
 * Runs a step on the queue of the run's node. When nobody served it for too long and no worker of the node was seen meanwhile, the
 * step is asked for again on the same node: the job may train on there, and a second one beside it would be trained for nothing.
 * A worker that comes back takes the step before it is seen: it serves first and reports then.
 */
async function onNode<Result>(
  run: RunState,
  opened: OpenedRun,
  limitMs: number,
  step: (leftMs: number) => Promise<Result>,
): Promise<Result | AttemptEnd> {
  const { nodeId } = nodeOf(run);
  const startedAt = Date.now();
  for (;;) {
    const askedAt = Date.now();
    const leftMs = limitMs - (askedAt - startedAt);
    if (leftMs <= 0) return { kind: 'failed', failure: { type: 'TrainingTooLong', nodeId, limitMs } };
    try {
      return await step(leftMs);
    } catch (error) {
      if (run.cancelRequested && !run.finished) return { kind: 'cancelled', stepsDone: null };
      const end = endOfActivity(error);
      if (end.kind === 'failure') return { kind: 'attempt-failed', failure: end.failure };
      if (end.kind === 'limit-reached') return { kind: 'failed', failure: { type: 'TrainingTooLong', nodeId, limitMs: opened.limits.trainingMs } };
      // Whose the run is now, the next step asks the row: another attempt begins only where it is still open.
      if (end.kind === 'not-owner') return { kind: 'attempt-failed', failure: { type: 'JobLost', nodeId, attempts: run.attempt } };
      if (end.kind === 'unexpected') return { kind: 'failed', failure: internal(run) };
      const unservedSince = Date.now() - opened.limits.nodeQueueUnservedMs;
      const { seen } = await CancellationScope.nonCancellable(() => endingActivities().seenNodeSince({ nodeId, since: unservedSince }));
      if (seen) return { kind: 'attempt-failed', failure: { type: 'NodeGone', nodeId, attempts: run.attempt } };
    }
  }
}

async function freeMemory(run: RunState): Promise<void> {
  const { nodeId } = nodeOf(run);
  try {
    await interruptingActivities(nodeId).freeMemory({ nodeId });
  } catch (error) {
    // The next attempt may still fit, on this node or on one with more memory: not freeing is no reason to stop.
    log.warn('could not free the memory of a node', { nodeId, error: String(error) });
  }
}

function nodeOf(run: RunState): { nodeId: string; promptId: string } {
  if (run.node === null) throw new TypeError('Expected the run to be submitted to a node by now.');
  return run.node;
}

function internal(run: RunState): Failure {
  return { type: 'Internal', reference: run.request.runId };
}

import { allHandlersFinished, ApplicationFailure, CancelledFailure, condition, log, workflowInfo } from '@temporalio/workflow';
import type { EndingRun } from '../../activities/runs/activities.js';
import { partialCapture } from '../../domain/charge.js';
import type { Failure } from '../../domain/failures.js';
import { points } from '../../domain/points.js';
import type { Refusal } from '../../domain/refusals.js';
import type { RunEnd } from '../../domain/runs.js';
import type { TrainingEnd } from './attempts.js';
import { announcingActivities, endingActivities, interruptingActivities, tellingActivities } from './proxies.js';
import type { RunState } from './run-state.js';

/** How the process of a run came to its end, before the row says so. */
export type ProcessEnd = TrainingEnd | { readonly kind: 'refused'; readonly refusal: Refusal };

const DEFAULT_ANNOUNCE_MS = 24 * 3_600_000;
const DEFAULT_HEARTBEAT_MS = 20_000;

/** Row, job, points, row, news: in this order, whatever ended the run. Runs non-cancellable as a whole. */
export async function closeRun(run: RunState, ended: ProcessEnd, holdAsked: boolean): Promise<RunEnd> {
  const end = await endOnRecord(run, ended, holdAsked);
  run.finished = true;
  run.end = end;
  if (end.kind === 'failed') run.lastFailure = end.failure;
  run.enterSearchable(end.kind);
  return end;
}

async function endOnRecord(run: RunState, ended: ProcessEnd, holdAsked: boolean): Promise<RunEnd> {
  switch (ended.kind) {
    case 'refused':
      // openRun writes its own refusals; the later ones are written here.
      if (run.opened === null) return { kind: 'refused', refusal: ended.refusal };
      return endingActivities().endRun({ runId: run.request.runId, end: { kind: 'refused', refusal: ended.refusal } });
    case 'trained':
      return keep(run);
    case 'failed':
    case 'cancelled':
    case 'closed':
      return giveBack(run, ended, holdAsked);
  }
}

/** Captures, then shelves. A release on record (an operator's sweep came first) means: do not shelve, end as failed by `otherwise`. */
async function keep(run: RunState, otherwise: Failure = { type: 'Terminated' }): Promise<RunEnd> {
  const { runId } = run.request;
  const price = run.opened?.pricePoints ?? 0;
  const resolved = await endingActivities().capturePoints({ runId });
  if (price > 0 && resolved.capturedPoints === 0) {
    return endingActivities().endRun({ runId, end: { kind: 'failed', failure: otherwise, releasedPoints: resolved.releasedPoints } });
  }
  return endingActivities().shelveLora({ runId, capturedPoints: resolved.capturedPoints });
}

async function giveBack(run: RunState, ended: Exclude<TrainingEnd, { kind: 'trained' }>, holdAsked: boolean): Promise<RunEnd> {
  const { runId } = run.request;
  run.enter('ending');
  const ending = await endingActivities().beginEnding(ended.kind === 'cancelled' ? { runId, cancelledBy: run.cancelledBy() } : { runId });
  if (ending.end !== null) {
    // Ended by somebody else, or started over by Reset: whatever was held meanwhile goes back, once and for all.
    if (holdAsked) await endingActivities().releasePoints({ runId });
    return ending.end;
  }
  // The file was stored and proven before its activity could say so, and the workflow took that for a failure.
  if (ended.kind !== 'cancelled' && ending.hasArtifact) {
    run.finished = true;
    return keep(run, ended.kind === 'failed' ? ended.failure : undefined);
  }
  const interrupted = ended.kind === 'cancelled' && ended.stepsDone !== null;
  const stepsDone = interrupted ? ended.stepsDone : await interrupt(run, ending);

  const charge = ended.kind === 'cancelled' ? chargeOf(run, ending, stepsDone) : 0;
  const resolved = holdAsked
    ? await (charge > 0 ? endingActivities().capturePoints({ runId, amountPoints: charge }) : endingActivities().releasePoints({ runId }))
    : { capturedPoints: 0, releasedPoints: 0 };
  return endingActivities().endRun({ runId, end: endOf(run, ended, resolved) });
}

function endOf(run: RunState, ended: Exclude<TrainingEnd, { kind: 'trained' }>, resolved: { capturedPoints: number; releasedPoints: number }): RunEnd {
  switch (ended.kind) {
    case 'cancelled':
      return { kind: 'cancelled', by: run.cancelledBy(), ...resolved };
    case 'failed':
      return { kind: 'failed', failure: ended.failure, releasedPoints: resolved.releasedPoints };
    case 'closed':
      return { kind: 'failed', failure: { type: 'Terminated' }, releasedPoints: resolved.releasedPoints };
  }
}

/** The owner pays for the steps done, never more than was shown; an operator's cancel is free for the owner. */
function chargeOf(run: RunState, ending: EndingRun, stepsDone: number): number {
  const { cancel, opened } = run;
  if (cancel?.by !== 'owner' || opened === null) return 0;
  return partialCapture({
    pricePoints: points(opened.pricePoints),
    stepsDone,
    totalSteps: ending.totalSteps,
    shownPoints: cancel.shown === undefined ? undefined : points(cancel.shown.points),
  });
}

/** Interrupts the job that the row knows, within five minutes; the steps done are the node's word, else the row's. */
async function interrupt(run: RunState, ending: EndingRun): Promise<number> {
  if (ending.claim === null) return ending.stepsDone;
  const { nodeId, promptId } = ending.claim;
  try {
    const { stepsDone } = await interruptingActivities(nodeId).interruptJob({ runId: run.request.runId, promptId });
    return Math.max(stepsDone ?? 0, ending.stepsDone);
  } catch (error) {
    // The node is out of reach: its reporter interrupts the job when it is back, since the row says that the run ends.
    log.warn('could not interrupt a job; its node does so later', { nodeId, promptId, error: String(error) });
    return ending.stepsDone;
  }
}

/** Answers the press and opens the card. A user who cannot be reached never fails a run. */
export async function tell(run: RunState, withCard: boolean): Promise<void> {
  const { runId, interactionId } = run.request;
  const telling = tellingActivities(run.opened?.limits.heartbeatMs ?? DEFAULT_HEARTBEAT_MS);
  const calls = [telling.answerInteraction({ interactionId, runId })];
  if (withCard) calls.push(telling.openCard({ runId }));
  for (const told of await Promise.allSettled(calls)) {
    if (told.status === 'rejected') log.warn('could not tell the owner yet', { runId, error: String(told.reason) });
  }
}

/** The news of the end. What cannot be delivered in a day stays a pending notice, shown at the owner's next command. */
export async function announce(run: RunState): Promise<void> {
  const { runId } = run.request;
  try {
    await announcingActivities(run.opened?.limits.announceMs ?? DEFAULT_ANNOUNCE_MS).announce({ runId });
  } catch (error) {
    log.warn('could not announce the end; the notice waits', { runId, error: String(error) });
  }
}

/** Closes the workflow with the Temporal status that belongs to the end: Completed, Failed or Canceled. */
export async function closeWorkflow(run: RunState, end: RunEnd, isCancelled: () => boolean): Promise<RunEnd> {
  await condition(allHandlersFinished);
  switch (end.kind) {
    case 'succeeded':
    case 'refused':
      return end;
    case 'failed':
      throw ApplicationFailure.create({ message: sentenceOf(end.failure, run), type: end.failure.type, nonRetryable: true, details: [end.failure] });
    case 'cancelled':
      // A workflow closes as Canceled only when its cancellation was requested from outside: an owner's `cancelRun` was not.
      if (!isCancelled()) {
        await endingActivities().requestCancellation({ workflowId: workflowInfo().workflowId });
        await condition(isCancelled);
      }
      throw new CancelledFailure(`Cancelled by the ${end.by}.`);
  }
}

function sentenceOf(failure: Failure, run: RunState): string {
  const where = 'nodeId' in failure ? ` on node ${failure.nodeId}` : '';
  return `Run ${run.request.runId} failed: ${failure.type}${where}, in attempt ${run.attempt}. All points were released.`;
}

import { Context, log } from '@temporalio/activity';
import type { Recipe } from '../../domain/recipes.js';
import type { Progress } from '../../domain/runs.js';
import type { ComfyClient } from './client.js';
import { ComfyError } from './comfy-error.js';
import { INTERRUPT_LIMIT_MS, type ComfyDependencies, type ComfyTimings } from './dependencies.js';
import { attemptFailure, failureOfExecution } from './failures.js';
import { progressAfter, type Frame } from './frames.js';
import { untilCancelled, withHeartbeats } from '../heartbeats.js';
import { interruptAndWait } from './interrupt.js';
import { createJudge, type FollowLimits, type Judge, type Judgement, type Reading } from './judge.js';
import { createLookout } from './lookout.js';
import { ownedJob, type OwnedJob } from './owned-job.js';
import { createProgressRecorder } from './progress-recorder.js';

export type FollowOutcome = { readonly kind: 'trained' } | { readonly kind: 'interrupted'; readonly stepsDone: number };

/** A run row is written at most this often; cards are not edited more often than that. */
const RECORD_MS = 2_000;

/** See `followTraining` in `activities.ts` for what is promised. */
export async function followTraining(deps: ComfyDependencies, { runId, attempt }: { runId: string; attempt: number }): Promise<FollowOutcome> {
  const job = await ownedJob(deps, runId, attempt);
  if (job.row.artifact !== null) return { kind: 'trained' };
  const { promptId } = job.claim;
  const totalSteps = job.row.settings.steps;
  let progress: Progress = { phase: 'waiting', step: 0, totalSteps, ...(job.row.progress ?? {}) };
  // A write may come seconds later, and the pace is measured by when a step was seen.
  let seenAt = job.row.progressAt ?? new Date();
  const recorder = createProgressRecorder(
    RECORD_MS,
    (newest) => deps.runs.recordProgress(runId, attempt, newest, seenAt),
    (error) => {
      log.warn('could not record progress', { runId, error: String(error) });
    },
  );
  const judge = createJudge(limitsOf(job.recipe, deps.timings), Date.now(), () => deps.observer.connectedSince());
  const advance = (next: Progress): void => {
    if (next.step > progress.step || next.phase !== progress.phase) judge.progressed(next.step, Date.now());
    progress = next;
    seenAt = new Date();
    recorder.offer(progress);
  };
  const lookout = createLookout(deps.observer, promptId, (frame: Frame) => {
    advance(progressAfter(progress, frame, job.recipe.comfyui.progressNode));
  });

  judge.progressed(progress.step, Date.now());
  recorder.offer(progress);
  try {
    return await withHeartbeats(() => progress, async () => {
      try {
        return await untilCancelled(() => followToEnd());
      } catch (error) {
        if (!wasAskedToCancel()) throw error;
        return await interrupt();
      }
    });
  } finally {
    lookout.close();
    if (!Context.current().cancellationSignal.aborted || wasAskedToCancel()) await recorder.flush();
  }

  async function followToEnd(): Promise<FollowOutcome> {
    const { cancellationSignal } = Context.current();
    const client = deps.client.within(cancellationSignal);
    for (;;) {
      const reading = await read(client, promptId);
      if (reading.kind === 'job' && reading.job.status === 'in_progress' && progress.phase === 'waiting') advance({ ...progress, phase: 'preparing' });
      const judgement = judge.read(reading, Date.now());
      if (judgement.kind !== 'go-on') return endOf(deps, job, judgement);
      recorder.offer(progress);
      listenAnew(judge, deps);
      await lookout.news(jittered(deps.timings.pollIntervalMs), cancellationSignal);
      cancellationSignal.throwIfAborted();
    }
  }

  async function interrupt(): Promise<FollowOutcome> {
    const outcome = await interruptAndWait(deps.client, promptId, deps.timings.interruptLimitMs ?? INTERRUPT_LIMIT_MS);
    if (outcome.kind === 'stuck') log.warn('an interrupted job does not stop; the reporter of its node goes on trying', { runId, promptId, problem: outcome.problem });
    const finishedFirst = outcome.kind === 'gone' && outcome.job?.status === 'completed';
    return { kind: 'interrupted', stepsDone: finishedFirst ? totalSteps : progress.step };
  }
}

/** Only a requested cancel may touch the job. Everything else means that this worker stops or no longer owns it. */
function wasAskedToCancel(): boolean {
  const context = Context.current();
  if (!context.cancellationSignal.aborted) return false;
  const why = context.cancellationDetails;
  return why?.cancelRequested === true && !why.notFound && !why.timedOut && !why.workerShutdown;
}

async function read(client: ComfyClient, promptId: string): Promise<Reading> {
  try {
    const job = await client.job(promptId);
    if (job === null) return { kind: 'absent' };
    if (job.status !== 'pending') return { kind: 'job', job };
    const { running } = await client.queue();
    return running.length > 0 ? { kind: 'queued-behind' } : { kind: 'job', job };
  } catch (error) {
    if (error instanceof ComfyError) return { kind: 'no-contact' };
    throw error;
  }
}

async function endOf(deps: ComfyDependencies, owned: OwnedJob, judgement: Exclude<Judgement, { kind: 'go-on' }>): Promise<FollowOutcome> {
  const { nodeId, attempt, promptId } = owned.claim;
  switch (judgement.kind) {
    case 'lost':
      // A restart forgets the job but keeps its file.
      if ((await deps.client.headFile(owned.file)) !== null) return { kind: 'trained' };
      throw attemptFailure({ type: 'JobLost', nodeId, attempts: attempt }, `Node ${nodeId} no longer knows job ${promptId}.`);
    case 'node-gone':
      throw attemptFailure({ type: 'NodeGone', nodeId, attempts: attempt }, `Node ${nodeId} has not answered for too long.`);
    case 'stalled': {
      await interruptAndWait(deps.client, promptId, deps.timings.interruptLimitMs ?? INTERRUPT_LIMIT_MS);
      const { silentMs } = judgement;
      throw attemptFailure({ type: 'Stalled', nodeId, attempts: attempt, silentMs }, `Job ${promptId} on ${nodeId} made no step for ${silentMs} ms.`);
    }
    case 'ended':
      break;
  }
  const { status, execution_error: error } = judgement.job;
  if (status === 'completed') return { kind: 'trained' };
  if (status === 'cancelled') {
    throw attemptFailure({ type: 'ForeignInterrupt', nodeId, attempts: attempt }, `Somebody else interrupted job ${promptId} on ${nodeId}.`);
  }
  // The node's own words may hold paths of its host: they go to the log only.
  log.warn('a training failed inside ComfyUI', { nodeId, promptId, nodeType: error?.node_type, exceptionType: error?.exception_type, exceptionMessage: error?.exception_message });
  const failure = failureOfExecution(error, { nodeId, recipe: owned.recipe, settings: owned.row.settings });
  throw attemptFailure(failure, `Job ${promptId} failed on ${nodeId}: ${failure.type}.`);
}

/** A recipe may only raise the limits of the yard. */
function limitsOf(recipe: Recipe, timings: ComfyTimings): FollowLimits {
  return {
    firstStepMs: Math.max(timings.firstStepLimitMs, recipe.limits.firstStepMs ?? 0),
    stallMs: Math.max(timings.stallLimitMs, recipe.limits.stallMs ?? 0),
    lostAfterReads: timings.lostAfterReads,
  };
}

/** After half a limit of silence a new socket is opened: some go deaf after hours and stay open (ComfyUI#9393). */
function listenAnew(judge: Judge, { observer, timings }: ComfyDependencies): void {
  const now = Date.now();
  const since = observer.connectedSince();
  const deafAfterMs = timings.stallLimitMs / 2;
  if (since !== null && now - since >= deafAfterMs && now - judge.silentSince() >= deafAfterMs) observer.reconnect();
}

function jittered(ms: number): number {
  return ms * (0.8 + Math.random() * 0.4);
}

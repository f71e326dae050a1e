import { ApplicationFailure } from '@temporalio/activity';
import type { SignalType } from '../../domain/failures.js';
import type { Artifact } from '../../domain/runs.js';
import { collectLora } from './collect-lora.js';
import { INTERRUPT_LIMIT_MS, type ComfyDependencies } from './dependencies.js';
import { followTraining, type FollowOutcome } from './follow-training.js';
import { withHeartbeats } from '../heartbeats.js';
import { interruptAndWait } from './interrupt.js';
import { submitTraining, type SubmitOutcome, type SubmitRequest } from './submit-training.js';

export type ComfyActivities = ReturnType<typeof createComfyActivities>;

/** Training on one ComfyUI node. Failures are of the types in `domain/failures.ts`, non-retryable, with one `Failure` as details. */
export function createComfyActivities(deps: ComfyDependencies) {
  return {
    /**
     * Claims the run for this node and puts its job into the node's queue once, whatever was lost on the way. Runs on the lease queue.
     * A claim that stands already is returned as it is and nothing is posted; a row that is closed or further on is `not-open`.
     * Idempotent on (run id, attempt): the job, or the file it has written, is adopted when it is there.
     *
     * @throws `NotHere` (retryable, after the submit interval) when this node is busy, unfit, out of reach or to be avoided;
     * `GraphRefused` when the node refuses what was sent; `NodeGone` when it answers but takes no job; `Internal`.
     */
    submitTraining: (request: SubmitRequest): Promise<SubmitOutcome> => submitTraining(deps, request),

    /**
     * Waits for the end of the job that the run row names; attaches to it as often as wished. Heartbeats
     * `{phase, step, totalSteps}` and writes the same to the row at most every 2 s. A requested cancel interrupts the job
     * and *returns*; a worker's shutdown, or the loss of the activity to another worker, leaves the job alone and rethrows.
     *
     * @throws `JobLost`, `NodeGone`, `Stalled` (interrupted first), `ForeignInterrupt`, `OutOfMemory`, `NodeError`;
     * `NotOwner` when the row is closed, ending, at another attempt or claimed elsewhere.
     */
    followTraining: (request: { runId: string; attempt: number }): Promise<FollowOutcome> => followTraining(deps, request),

    /**
     * Fetches the LoRA of the attempt, proves it (header, tensors, rank, every number, an effect), stores it with its story in
     * the header and records it in the run row. Idempotent: a recorded artifact is returned. Needs temporary disk space for one file.
     *
     * @throws `ArtifactMissing`, `ArtifactCorrupt`, `ArtifactWithoutEffect`, `NodeGone`; `NotOwner` as `followTraining`.
     */
    collectLora: (request: { runId: string; attempt: number }): Promise<Artifact> => collectLora(deps, request),

    /**
     * Stops a job and waits until it is gone. Idempotent. `stepsDone` is known only for a job that had finished first.
     *
     * @throws retryably when the job does not stop or the node cannot be reached; its reporter tries again later.
     */
    interruptJob: async ({ runId, promptId }: { runId: string; promptId: string }): Promise<{ stepsDone: number | null }> => {
      const outcome = await withHeartbeats(() => ({ phase: 'interrupting' }), () =>
        interruptAndWait(deps.client, promptId, deps.timings.interruptLimitMs ?? INTERRUPT_LIMIT_MS),
      );
      if (outcome.kind === 'stuck') {
        throw ApplicationFailure.retryable(`Job ${promptId} on ${deps.node.nodeId} cannot be stopped: ${outcome.problem}`, 'Stuck' satisfies SignalType);
      }
      if (outcome.job?.status !== 'completed') return { stepsDone: null };
      const row = await deps.runs.read(runId);
      return { stepsDone: row?.settings.steps ?? null };
    },

    /** Asks the node to unload its models, so that a retry after `OutOfMemory` starts with all its memory. */
    freeMemory: async (request: { nodeId: string }): Promise<void> => {
      if (request.nodeId === deps.node.nodeId) await deps.client.free();
    },
  };
}

import type { Client } from '@temporalio/client';
import { KEEP_CARDS, SETTLE_RUN, settleRunIdOf } from '../../domain/workflow-names.js';
import { findDeadRuns } from './dead-runs.js';
import type { DeadRuns, DeadRunsDependencies } from './dead-runs.js';

export interface TemporalDependencies extends DeadRunsDependencies {
  readonly client: Client;
}

export type TemporalActivities = ReturnType<typeof createTemporalActivities>;

export function createTemporalActivities(deps: TemporalDependencies) {
  const { client } = deps;

  return {
    /** Requests the cancellation of a workflow, so that it may close as Canceled. Repeating it is harmless. */
    async requestCancellation({ workflowId }: { workflowId: string }): Promise<void> {
      await client.workflow.getHandle(workflowId).cancel();
    },

    /**
     * The union of open holds, open rows and pending notices older than the grace, judged by `describe()`.
     * Dead means *closed* or *not found* in two sweeps of the row's own namespace; any other error judges nothing. Workflows that
     * are stuck and releases that keep failing come back as troubles: they are reported, not guessed about.
     */
    findDeadRuns: ({ sweepId }: { sweepId: string }): Promise<DeadRuns> => findDeadRuns(deps, sweepId),

    /** Starts the keeper of the cards where none runs: at the start of a yard, and when an operator has ended it. */
    async ensureKeepCards(): Promise<void> {
      await client.workflow.start(KEEP_CARDS, {
        workflowId: deps.keepCardsId,
        taskQueue: deps.yardQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: 'the one writer of all cards',
      });
    },

    /** Starts the settling of one dead run; the id makes a second start meet the first. */
    async startSettleRun({ runId }: { runId: string }): Promise<void> {
      await client.workflow.start(SETTLE_RUN, {
        workflowId: settleRunIdOf(runId),
        taskQueue: deps.yardQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: 'does what the workflow of a dead run would have done',
        args: [{ runId }],
      });
    },
  };
}

import { ServiceError, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { queueNames } from '../../domain/queues.js';
import type { Quote } from '../../domain/runs.js';
import { TRAIN_RUN, trainRunIdOf } from '../../domain/workflow-names.js';
import { accountAttribute, datasetAttribute, pointsAttribute, recipeAttribute, runStateAttribute } from '../search-attributes.js';
import { cancelRunUpdate } from './messages.js';
import type { CancelAnswer, CancelRequest, RunRequest } from './messages.js';

/** `not-confirmed`: Temporal did not answer in time, which never means *not started*. Asking again cannot start it twice. */
export type StartAnswer = 'started' | 'already-started' | 'not-confirmed';

const ANSWER_WITHIN_MS = 5_000;

/** Starts the run of a quote. The quote's run id is the workflow id, so a repeated press meets the same run. */
export async function startTrainRun(client: Client, prefix: string, quote: Quote, interactionId: string, answerWithinMs = ANSWER_WITHIN_MS): Promise<StartAnswer> {
  const request: RunRequest = { runId: quote.runId, quoteId: quote.quoteId, interactionId };
  try {
    await client.withDeadline(Date.now() + answerWithinMs, () =>
      client.workflow.start(TRAIN_RUN, {
        workflowId: trainRunIdOf(quote.runId),
        taskQueue: queueNames(prefix).yard,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [request],
        staticSummary: summaryOf(quote),
        typedSearchAttributes: [
          { key: accountAttribute, value: quote.accountId },
          { key: datasetAttribute, value: quote.datasetId },
          { key: recipeAttribute, value: quote.recipeId },
          { key: runStateAttribute, value: 'opening' },
          { key: pointsAttribute, value: quote.pricePoints },
        ],
      }),
    );
    return 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already-started';
    if (error instanceof ServiceError) return 'not-confirmed';
    throw error;
  }
}

/** Asks a run to cancel. `too-late`: its training is finished, or the run has ended. */
export async function tellCancel(
  client: Client,
  runId: string,
  request: CancelRequest,
  answerWithinMs = ANSWER_WITHIN_MS,
): Promise<CancelAnswer | { readonly kind: 'too-late' } | { readonly kind: 'not-confirmed' }> {
  try {
    const handle = client.workflow.getHandle(trainRunIdOf(runId));
    return await client.withDeadline(Date.now() + answerWithinMs, () => handle.executeUpdate(cancelRunUpdate, { args: [request] }));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'too-late' };
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) return { kind: 'too-late' };
    // An update whose deadline passed is told in a class of its own.
    if (error instanceof ServiceError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'not-confirmed' };
    throw error;
  }
}

/** The line operators see in the list of runs: facts and figures only, no text of a user. */
function summaryOf(quote: Quote): string {
  return `${quote.imageCount} images · ${quote.recipeId} · ${quote.settings.steps.toLocaleString('en')} steps · ${quote.pricePoints.toLocaleString('en')} points`;
}

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { queueNames } from '../../domain/queues.js';
import { KEEP_CARDS, keepCardsIdOf } from './messages.js';

/** Sees to it that the keeper of the cards runs; workers call it at start. */
export async function ensureKeepCards(client: Client, prefix: string): Promise<void> {
  try {
    await client.workflow.start(KEEP_CARDS, {
      workflowId: keepCardsIdOf(prefix),
      taskQueue: queueNames(prefix).yard,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: 'the one writer of all cards',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

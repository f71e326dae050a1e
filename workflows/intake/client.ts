import { ServiceError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { queueNames } from '../../domain/queues.js';
import { INTAKE, intakeIdOf } from './messages.js';
import type { IntakeRequest } from './messages.js';

/** `not-confirmed`: Temporal did not answer in time, which never means *not started*. Asking again cannot start it twice. */
export type StartIntakeAnswer = 'started' | 'already-started' | 'not-confirmed';

const ANSWER_WITHIN_MS = 5_000;

/** Starts the intake of a stored interaction with an upload. The interaction's id is the workflow's, so a redelivered one meets the same intake. */
export async function startIntake(client: Client, prefix: string, interactionId: string, answerWithinMs = ANSWER_WITHIN_MS): Promise<StartIntakeAnswer> {
  const request: IntakeRequest = { interactionId };
  try {
    await client.withDeadline(Date.now() + answerWithinMs, () =>
      client.workflow.start(INTAKE, {
        workflowId: intakeIdOf(interactionId),
        taskQueue: queueNames(prefix).yard,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [request],
        staticSummary: 'pictures for a dataset',
      }),
    );
    return 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already-started';
    if (error instanceof ServiceError) return 'not-confirmed';
    throw error;
  }
}

import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { Trouble } from '../../domain/troubles.js';
import { runIdOfWorkflow } from '../../domain/workflow-names.js';

/** How often something may fail in a row before operators are told. */
export interface Patience {
  readonly workflowTaskFailures: number;
  readonly releaseAttempts: number;
}

/**
 * A workflow task that was begun and died with its worker is tried again as the second attempt, and one success starts the count anew:
 * restarts do not come near three failures in a row, which code that always throws reaches within 20 s (measured on server 1.29.1: attempts
 * begin after 0, 0, 10, 20 and 34 s). Eight tries of a release are two minutes: longer than a new primary of MongoDB takes.
 */
export const USUAL_PATIENCE: Patience = { workflowTaskFailures: 3, releaseAttempts: 8 };

/** What the points wait for. */
const RELEASES: readonly string[] = ['releasePoints', 'capturePoints'];
const LONGEST_FAILURE = 300;

type Pending = Pick<WorkflowExecutionDescription, 'workflowId'> & { readonly raw: Pick<WorkflowExecutionDescription['raw'], 'pendingWorkflowTask' | 'pendingActivities'> };

/** What operators have to know of a workflow that runs. */
export function troublesOf({ workflowId, raw }: Pending, patience: Patience = USUAL_PATIENCE): Trouble[] {
  const runId = runIdOfWorkflow(workflowId);
  const found: Trouble[] = [];
  // Attempts count from one: the one under way has not failed yet.
  const failures = (raw.pendingWorkflowTask?.attempt ?? 1) - 1;
  if (failures >= patience.workflowTaskFailures) found.push({ kind: 'stuck-workflow', workflowId, runId, failures });
  for (const activity of runId === null ? [] : (raw.pendingActivities ?? [])) {
    const attempts = activity.attempt ?? 1;
    if (runId === null || !RELEASES.includes(activity.activityType?.name ?? '') || attempts < patience.releaseAttempts) continue;
    found.push({ kind: 'release-failing', workflowId, runId, attempts, lastFailure: (activity.lastFailure?.message ?? 'no answer in time').slice(0, LONGEST_FAILURE) });
  }
  return found;
}

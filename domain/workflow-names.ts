/**
 * The names of workflow types and the ids of workflows: what activities, adapters and operators know them by. Ids are made of
 * business ids, so that starting one twice meets the first.
 */
export const TRAIN_RUN = 'trainRun';
export const SETTLE_RUN = 'settleRun';
export const KEEP_CARDS = 'keepCards';

export function trainRunIdOf(runId: string): string {
  return `train-run:${runId}`;
}

export function settleRunIdOf(runId: string): string {
  return `settle-run:${runId}`;
}

/** The run that a workflow trains or settles; null for one that belongs to no run. */
export function runIdOfWorkflow(workflowId: string): string | null {
  return /^(?:train|settle)-run:(.+)$/.exec(workflowId)?.[1] ?? null;
}

/** There is one keeper of the cards a yard, for ever: Temporal is the lock that makes it the only writer of cards. */
export function keepCardsIdOf(prefix: string): string {
  return `${prefix}keep-cards`;
}

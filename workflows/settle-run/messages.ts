export const SETTLE_RUN = 'settleRun';

export function settleRunIdOf(runId: string): string {
  return `settle-run:${runId}`;
}

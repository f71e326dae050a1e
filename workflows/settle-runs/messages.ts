export const SETTLE_RUNS = 'settleRuns';
export const SETTLE_RUNS_ID = 'settle-runs';

/** What one sweep found, as operators see it. */
export interface SweepReport {
  readonly looked: number;
  readonly alive: number;
  readonly settling: readonly string[];
  /** Seen dead, but not often enough yet to act. */
  readonly waiting: readonly string[];
  /** Rows of another namespace or with a stuck workflow: reported, never settled. */
  readonly reported: readonly string[];
}

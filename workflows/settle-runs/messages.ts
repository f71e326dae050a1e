export const SETTLE_RUNS = 'settleRuns';
export const SETTLE_RUNS_ID = 'settle-runs';

/** Under this name a closed sweep keeps what it counted. */
export const SWEEP_MEMO = 'sweep';

/** How many runs a sweep looked at and what it found; see `DeadRuns`. */
export interface SweepCounts {
  readonly looked: number;
  readonly alive: number;
  readonly settling: number;
  readonly waiting: number;
  readonly reported: number;
  readonly skipped: number;
  readonly troubles: number;
}

export const SETTLE_RUNS = 'settleRuns';
export const SETTLE_RUNS_ID = 'settle-runs';

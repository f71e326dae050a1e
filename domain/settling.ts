/**
 * The rules of `settleRuns`: when a run without a living workflow is acted on, and how long its points can stay held.
 */

/** One sighting is no proof that a workflow is gone; two, in two sweeps, are. */
export const DEAD_AFTER_SIGHTINGS = 2;

/** What is left to do for a dead run: with an open row or an open hold its `points`, else only the `notice` of its end. */
export type Unfinished = 'points' | 'notice';

/**
 * For points at every sighting from the second on: whatever became of the sweep that saw it before, the next one acts. For a mere
 * notice at the 2nd, 4th, 8th …: an owner who cannot be reached is not written to at every sweep.
 */
export function isDueAfter(sightings: number, unfinished: Unfinished): boolean {
  return sightings >= DEAD_AFTER_SIGHTINGS && (unfinished === 'points' || Number.isInteger(Math.log2(sightings)));
}

/** How long settling waits for the job of a dead run to stop; after that the node's reporter stops it, and the points go back first. */
export const SETTLE_INTERRUPT_LIMIT_MS = 60_000;

/** What the sweeps and the settling themselves take, generously. */
const SWEEPING_MS = 30_000;

export interface SettlePace {
  readonly graceMs: number;
  readonly intervalMs: number;
}

/**
 * The longest that the points of a terminated run stay held while the yard, MongoDB and Temporal are up: a run that is terminated as
 * soon as it is open waits out the grace, then each sighting at most one interval, and its node may be out of reach.
 */
export function longestHeldMs({ graceMs, intervalMs }: SettlePace): number {
  return graceMs + DEAD_AFTER_SIGHTINGS * intervalMs + SETTLE_INTERRUPT_LIMIT_MS + SWEEPING_MS;
}

/** Sweeps that are missing before operators are told that nobody looks after dead runs. */
const MISSED_SWEEPS = 3;

export function isSweepLate({ intervalMs, sweptAt, now }: { intervalMs: number; sweptAt: Date; now: Date }): boolean {
  return now.getTime() - sweptAt.getTime() > MISSED_SWEEPS * intervalMs;
}

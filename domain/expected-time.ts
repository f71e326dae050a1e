import type { RunSettings } from './recipes.js';

/** How fast a finished run was. */
export interface FinishedPace {
  readonly msPerStep: number;
  readonly resolutionPx: number;
}

/**
 * About how long the steps of a training take, from the middle of what finished runs of its recipe needed a step, scaled to
 * its resolution: the work of a step grows with the pixels of a picture. Null without anything measured.
 */
export function expectedDurationMs(paces: readonly FinishedPace[], { steps, resolutionPx }: Pick<RunSettings, 'steps' | 'resolutionPx'>): number | null {
  const scaled = paces.map((pace) => pace.msPerStep * (resolutionPx / pace.resolutionPx) ** 2).sort((a, b) => a - b);
  const middle = scaled[Math.floor((scaled.length - 1) / 2)];
  return middle === undefined ? null : Math.round(middle * steps);
}

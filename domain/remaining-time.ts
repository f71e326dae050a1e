import type { Progress } from './runs.js';

export interface Pace {
  readonly progress: Progress | null;
  /** When the step in `progress` was seen. */
  readonly progressAt: Date | null;
  readonly firstStepAt: Date | null;
  /** The step that was seen at `firstStepAt`. */
  readonly firstStep: number | null;
}

/** How long a step takes, from the pace since the first one that was seen; null while there is no pace to go by. */
export function msPerStep({ progress, progressAt, firstStepAt, firstStep }: Pace): number | null {
  if (progress === null || progressAt === null || firstStepAt === null) return null;
  const stepsTimed = progress.step - (firstStep ?? 1);
  const elapsedMs = progressAt.getTime() - firstStepAt.getTime();
  return stepsTimed < 1 || elapsedMs <= 0 ? null : elapsedMs / stepsTimed;
}

/** When a training will have done its last step; null while there is no pace to go by, and when it has done it. */
export function estimateEndMs(pace: Pace): number | null {
  const { progress, progressAt } = pace;
  const stepMs = msPerStep(pace);
  if (stepMs === null || progress === null || progressAt === null || progress.step >= progress.totalSteps) return null;
  return progressAt.getTime() + Math.round(stepMs * (progress.totalSteps - progress.step));
}

export interface StartQuestion {
  readonly nowMs: number;
  /** Runs that wait before this one. */
  readonly ahead: number;
  /** When each node that could take it is free next, as far as is known; one that is free now says `nowMs`. */
  readonly nodesFreeAtMs: readonly number[];
  /** How long one of the runs ahead is going to take. */
  readonly expectedMs: number;
}

/** A guess over more runs than this is worth nothing. */
const MOST_AHEAD = 1_000;

/** About when a waiting run gets a node: the runs ahead of it take the nodes as they become free. Null without a node. */
export function estimateStartMs({ nowMs, ahead, nodesFreeAtMs, expectedMs }: StartQuestion): number | null {
  const freeAt = nodesFreeAtMs.map((at) => Math.max(at, nowMs));
  if (freeAt.length === 0 || ahead > MOST_AHEAD) return null;
  for (let taken = 0; taken < ahead; taken += 1) {
    freeAt.sort((a, b) => a - b);
    freeAt[0] = (freeAt[0] ?? nowMs) + expectedMs;
  }
  return Math.min(...freeAt);
}

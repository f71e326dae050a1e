import type { Progress } from './runs.js';

export interface Pace {
  readonly progress: Progress | null;
  readonly progressAt: Date | null;
  readonly firstStepAt: Date | null;
}

/** When a training will have done its last step, from the pace since its first; null while there is no pace to go by. */
export function estimateEndMs({ progress, progressAt, firstStepAt }: Pace): number | null {
  if (progress === null || progressAt === null || firstStepAt === null) return null;
  const stepsTimed = progress.step - 1;
  const elapsedMs = progressAt.getTime() - firstStepAt.getTime();
  if (stepsTimed < 1 || elapsedMs <= 0 || progress.step >= progress.totalSteps) return null;
  return progressAt.getTime() + Math.round((elapsedMs / stepsTimed) * (progress.totalSteps - progress.step));
}

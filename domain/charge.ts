import { points, type Points } from './points.js';

export interface PartialCaptureQuestion {
  readonly pricePoints: Points;
  /** Steps done by the current attempt; earlier attempts cost nothing. */
  readonly stepsDone: number;
  readonly totalSteps: number;
  /** The figure the owner saw and agreed to; without one, only the steps count. */
  readonly shownPoints?: Points | undefined;
}

/**
 * What an owner's cancel costs: the steps done as a share of the price, rounded down, and never more than the figure shown.
 * 0 before the first step; a capture of 0 is a release.
 *
 * @throws RangeError when the steps are not whole numbers or the total is not positive.
 */
export function partialCapture({ pricePoints, stepsDone, totalSteps, shownPoints }: PartialCaptureQuestion): Points {
  if (!Number.isSafeInteger(totalSteps) || totalSteps < 1) {
    throw new RangeError(`Expected a total of at least 1 step, got ${totalSteps}.`);
  }
  if (!Number.isSafeInteger(stepsDone) || stepsDone < 0) {
    throw new RangeError(`Expected a whole number of steps done, zero or more, got ${stepsDone}.`);
  }
  const counted = Math.min(stepsDone, totalSteps);
  const earned = Number((BigInt(pricePoints) * BigInt(counted)) / BigInt(totalSteps));
  return points(Math.min(earned, shownPoints ?? earned));
}

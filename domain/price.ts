import { points, type Points } from './points.js';
import type { Recipe } from './recipes.js';

export interface PriceQuestion {
  readonly images: number;
  readonly steps: number;
  /** The recipe's own price. */
  readonly price: Recipe['price'];
  /** The operator's `PRICE_FACTOR`: 1 as listed, 0.5 half price, 0 free. Counts to four decimals. */
  readonly factor: number;
}

/** Far above every recipe's limits, so that a price stays an exact number whoever asks. */
const MOST_IMAGES = 100_000;
const MOST_STEPS = 10_000_000;
const MOST_FACTOR = 1_000;
/** The factor in whole ten-thousandths: 1,900 × 0.7 is 1,330 points, and 1,329.99… in floating point. */
const FACTOR_UNITS = 10_000;

/**
 * What a run costs: `(base + perImage × images + perHundredSteps × floor(steps / 100)) × factor`, rounded down.
 * Never negative; never less for more images or steps.
 *
 * @throws RangeError for counts and factors out of bounds.
 */
export function priceOf({ images, steps, price, factor }: PriceQuestion): Points {
  requireWhole('images', images, MOST_IMAGES);
  requireWhole('steps', steps, MOST_STEPS);
  if (!(factor >= 0 && factor <= MOST_FACTOR)) {
    throw new RangeError(`Expected a price factor from 0 to ${MOST_FACTOR}, got ${factor}.`);
  }
  const listed = points(
    points(price.basePoints) + points(price.perImagePoints) * images + points(price.perHundredStepsPoints) * Math.floor(steps / 100),
  );
  const units = Math.round(factor * FACTOR_UNITS);
  return points(Number((BigInt(listed) * BigInt(units)) / BigInt(FACTOR_UNITS)));
}

export interface BudgetQuestion extends Omit<PriceQuestion, 'steps'> {
  readonly availablePoints: number;
  /** The steps that are too dear, and the fewest the recipe takes. */
  readonly steps: number;
  readonly minSteps: number;
}

/** The most steps, in whole hundreds, that can be paid; null when even the fewest cannot. */
export function payableSteps({ availablePoints, steps, minSteps, ...question }: BudgetQuestion): number | null {
  for (let fewer = Math.floor(steps / 100) * 100; fewer >= minSteps; fewer -= 100) {
    if (priceOf({ ...question, steps: fewer }) <= availablePoints) return fewer;
  }
  return null;
}

function requireWhole(name: string, count: number, most: number): void {
  if (!Number.isInteger(count) || count < 0 || count > most) {
    throw new RangeError(`Expected a whole number of ${name} from 0 to ${most}, got ${count}.`);
  }
}

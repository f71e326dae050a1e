import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { partialCapture } from '../../domain/charge.js';
import { points } from '../../domain/points.js';

const pricePoints = points(1_900);

describe('partialCapture', () => {
  it.each([
    { stepsDone: 1, totalSteps: 0 },
    { stepsDone: 1, totalSteps: 1.5 },
    { stepsDone: -1, totalSteps: 100 },
    { stepsDone: NaN, totalSteps: 100 },
  ])('refuses to judge %j', (steps) => {
    expect(() => partialCapture({ pricePoints, ...steps })).toThrow(RangeError);
  });

  it('costs nothing before the first step, whatever was shown', () => {
    expect(partialCapture({ pricePoints, stepsDone: 0, totalSteps: 1_500, shownPoints: points(900) })).toBe(0);
  });

  it('costs the share of the steps done, rounded down', () => {
    expect(partialCapture({ pricePoints, stepsDone: 500, totalSteps: 1_500 })).toBe(633);
  });

  it('never costs more than the figure the owner saw', () => {
    expect(partialCapture({ pricePoints, stepsDone: 750, totalSteps: 1_500, shownPoints: points(600) })).toBe(600);
  });

  it('costs less than the figure shown when fewer steps count', () => {
    expect(partialCapture({ pricePoints, stepsDone: 15, totalSteps: 1_500, shownPoints: points(600) })).toBe(19);
  });

  it('costs the whole price when a node counts past the end', () => {
    expect(partialCapture({ pricePoints, stepsDone: 1_501, totalSteps: 1_500 })).toBe(1_900);
  });

  it('stays within the price and grows with the steps, for any numbers', () => {
    const steps = fc.tuple(fc.maxSafeNat(), fc.nat(2 ** 31), fc.nat(2 ** 31), fc.integer({ min: 1, max: 2 ** 31 }));
    fc.assert(
      fc.property(steps, ([price, a, b, totalSteps]) => {
        const ask = (stepsDone: number) => partialCapture({ pricePoints: points(price), stepsDone, totalSteps });
        expect(ask(Math.max(a, b))).toBeLessThanOrEqual(price);
        expect(ask(Math.min(a, b))).toBeLessThanOrEqual(ask(Math.max(a, b)));
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { priceOf } from '../../domain/price.js';

const price = { basePoints: 1_000, perImagePoints: 50, perHundredStepsPoints: 20 };

const images = fc.integer({ min: 0, max: 100_000 });
const steps = fc.integer({ min: 0, max: 10_000_000 });
const factor = fc.integer({ min: 0, max: 30_000 }).map((units) => units / 10_000);
const prices = fc.record({ basePoints: fc.nat(10_000), perImagePoints: fc.nat(1_000), perHundredStepsPoints: fc.nat(1_000) });

describe('priceOf', () => {
  it.each([
    { images: -1, steps: 1_500, factor: 1 },
    { images: 1.5, steps: 1_500, factor: 1 },
    { images: 100_001, steps: 1_500, factor: 1 },
    { images: 4, steps: -100, factor: 1 },
    { images: 4, steps: 1.5, factor: 1 },
    { images: 4, steps: 1e9, factor: 1 },
    { images: 4, steps: NaN, factor: 1 },
    { images: 4, steps: 1_500, factor: -1 },
    { images: 4, steps: 1_500, factor: NaN },
    { images: 4, steps: 1_500, factor: Infinity },
  ])('refuses to price %j', (question) => {
    expect(() => priceOf({ ...question, price })).toThrow(RangeError);
  });

  it('refuses a recipe whose price is negative or broken', () => {
    expect(() => priceOf({ images: 4, steps: 1_500, price: { ...price, basePoints: -1 }, factor: 1 })).toThrow(RangeError);
    expect(() => priceOf({ images: 4, steps: 1_500, price: { ...price, perImagePoints: 0.5 }, factor: 1 })).toThrow(RangeError);
  });

  it.each([
    [4, 1_500, 1_500],
    [10, 1_500, 1_800],
    [12, 1_500, 1_900],
    [20, 1_500, 2_300],
    [4, 1_599, 1_500],
    [4, 99, 1_200],
  ])('asks for %p images and %p steps %p points', (imageCount, stepCount, expected) => {
    expect(priceOf({ images: imageCount, steps: stepCount, price, factor: 1 })).toBe(expected);
  });

  it.each([
    [0, 0],
    [0.5, 950],
    [0.7, 1_330],
    [0.333, 632],
    [1.1, 2_090],
  ])('multiplies 1,900 points by %p to %p, rounded down only where a fraction is left', (by, expected) => {
    expect(priceOf({ images: 12, steps: 1_500, price, factor: by })).toBe(expected);
  });

  it('is never negative and never less for more images, more steps or a larger factor', () => {
    const question = fc.tuple(prices, images, images, steps, steps, factor, factor);
    fc.assert(
      fc.property(question, ([recipePrice, i1, i2, s1, s2, f1, f2]) => {
        const less = priceOf({ images: Math.min(i1, i2), steps: Math.min(s1, s2), price: recipePrice, factor: Math.min(f1, f2) });
        const more = priceOf({ images: Math.max(i1, i2), steps: Math.max(s1, s2), price: recipePrice, factor: Math.max(f1, f2) });
        expect(Number.isSafeInteger(less)).toBe(true);
        expect(less).toBeGreaterThanOrEqual(0);
        expect(more).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  it('takes off less than one point by rounding', () => {
    fc.assert(
      fc.property(images, steps, factor, (imageCount, stepCount, by) => {
        const listed = priceOf({ images: imageCount, steps: stepCount, price, factor: 1 });
        const asked = priceOf({ images: imageCount, steps: stepCount, price, factor: by });
        const units = BigInt(listed) * BigInt(Math.round(by * 10_000));
        const lost = units - BigInt(asked) * 10_000n;
        expect(lost >= 0n && lost < 10_000n).toBe(true);
      }),
    );
  });
});

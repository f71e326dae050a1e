import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatPoints, isPoints, points } from '../../domain/points.js';

describe('points', () => {
  it.each([-1, 0.5, -0, NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER + 1])('refuses %p', (amount) => {
    expect(() => points(amount)).toThrow(/Expected a whole number of points, zero or more, got/);
  });

  it('refuses what is no number at all', () => {
    expect([null, undefined, '5', 5n, {}, [5]].filter((value) => isPoints(value))).toEqual([]);
  });

  it('takes zero and the largest exact number', () => {
    expect([points(0), points(Number.MAX_SAFE_INTEGER)]).toEqual([0, 9_007_199_254_740_991]);
  });
});

describe('formatPoints', () => {
  it.each([
    [0, '0 points'],
    [1, '1 point'],
    [999, '999 points'],
    [1_900, '1,900 points'],
    [1_234_567, '1,234,567 points'],
  ])('writes %p as %p', (amount, text) => {
    expect(formatPoints(points(amount))).toBe(text);
  });

  it('keeps every digit', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (amount) => {
        expect(Number(formatPoints(points(amount)).replace(/\D/g, ''))).toBe(amount);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectedDurationMs } from '../../domain/expected-time.js';

const pace = fc.record({ msPerStep: fc.integer({ min: 1, max: 100_000 }), resolutionPx: fc.integer({ min: 256, max: 1_536 }) });
const paces = fc.array(pace, { minLength: 1, maxLength: 20 });
const settings = fc.record({ steps: fc.integer({ min: 100, max: 10_000 }), resolutionPx: fc.integer({ min: 256, max: 1_536 }) });

describe('how long a training takes', () => {
  it('is not known without a finished one', () => {
    expect(expectedDurationMs([], { steps: 1_500, resolutionPx: 512 })).toBeNull();
  });

  it('is the pace of finished ones times the steps, and four times that for twice the resolution', () => {
    expect(expectedDurationMs([{ msPerStep: 200, resolutionPx: 512 }], { steps: 1_500, resolutionPx: 512 })).toBe(300_000);
    expect(expectedDurationMs([{ msPerStep: 200, resolutionPx: 512 }], { steps: 1_500, resolutionPx: 1_024 })).toBe(1_200_000);
  });

  it('is not led astray by one slow node', () => {
    const usual = { msPerStep: 200, resolutionPx: 512 };
    expect(expectedDurationMs([usual, { msPerStep: 90_000, resolutionPx: 512 }, usual], { steps: 1_500, resolutionPx: 512 })).toBe(300_000);
  });

  it('lies between the quickest and the slowest of them, grows with the steps, and does not depend on their order', () => {
    fc.assert(fc.property(paces, settings, (measured, wished) => {
      const each = measured.map((one) => expectedDurationMs([one], wished) ?? NaN);
      const expected = expectedDurationMs(measured, wished) ?? NaN;
      expect(expected).toBeGreaterThanOrEqual(Math.min(...each));
      expect(expected).toBeLessThanOrEqual(Math.max(...each));
      expect(expectedDurationMs(measured, { ...wished, steps: wished.steps + 100 })).toBeGreaterThanOrEqual(expected);
      expect(expectedDurationMs([...measured].reverse(), wished)).toBe(expected);
    }));
  });
});

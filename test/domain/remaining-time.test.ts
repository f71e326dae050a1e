import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { estimateEndMs, estimateStartMs, msPerStep } from '../../domain/remaining-time.js';

const START = Date.UTC(2026, 0, 1);
const at = (ms: number): Date => new Date(START + ms);

describe('when a training will be done', () => {
  it('is within 20 percent after a fifth of the steps, on nodes of any steady pace, however late its first step was seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 20_000 }), fc.integer({ min: 50, max: 5_000 }), fc.double({ min: 0, max: 0.1, noNaN: true }), (stepMs, totalSteps, seenLate) => {
        const firstStep = 1 + Math.floor(seenLate * totalSteps);
        const step = Math.floor(totalSteps / 5);
        if (step <= firstStep) return;
        const end = estimateEndMs({ progress: { phase: 'training', step, totalSteps }, progressAt: at(step * stepMs), firstStepAt: at(firstStep * stepMs), firstStep });
        const remainingMs = (totalSteps - step) * stepMs;
        expect(Math.abs((end ?? 0) - START - totalSteps * stepMs)).toBeLessThanOrEqual(remainingMs * 0.2);
      }),
    );
  });

  it('is not known before two steps, nor guessed once the last one is done', () => {
    const pace = { progressAt: at(1_000), firstStepAt: at(1_000), firstStep: 7 };
    expect(msPerStep({ ...pace, progress: { phase: 'training', step: 7, totalSteps: 100 } })).toBeNull();
    expect(estimateEndMs({ ...pace, progress: null })).toBeNull();
    expect(estimateEndMs({ ...pace, progressAt: at(9_000), progress: { phase: 'saving', step: 100, totalSteps: 100 } })).toBeNull();
  });
});

describe('when a waiting run gets a node', () => {
  const question = { nowMs: 0, expectedMs: 60 };

  it('is now when a node is free and nobody is ahead', () => {
    expect(estimateStartMs({ ...question, ahead: 0, nodesFreeAtMs: [0] })).toBe(0);
  });

  it('is when the runs ahead have had their turns on all nodes', () => {
    expect(estimateStartMs({ ...question, ahead: 1, nodesFreeAtMs: [30] })).toBe(90);
    expect(estimateStartMs({ ...question, ahead: 3, nodesFreeAtMs: [30, 10] })).toBe(90);
  });

  it('is not known without a node, nor behind very many', () => {
    expect(estimateStartMs({ ...question, ahead: 0, nodesFreeAtMs: [] })).toBeNull();
    expect(estimateStartMs({ ...question, ahead: 5_000, nodesFreeAtMs: [0] })).toBeNull();
  });

  it('never comes earlier with more runs ahead, nor later with one more node', () => {
    const times = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 1_000 }), (nodesFreeAtMs, ahead, another) => {
        const start = estimateStartMs({ ...question, ahead, nodesFreeAtMs }) ?? 0;
        expect(estimateStartMs({ ...question, ahead: ahead + 1, nodesFreeAtMs }) ?? 0).toBeGreaterThanOrEqual(start);
        expect(estimateStartMs({ ...question, ahead, nodesFreeAtMs: [...nodesFreeAtMs, another] }) ?? 0).toBeLessThanOrEqual(start);
      }),
    );
  });
});

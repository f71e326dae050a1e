import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkSettings } from '../../domain/recipes.js';
import { settingsAfterFailure } from '../../domain/settings-after-failure.js';
import { FAILURES } from '../support/every-ending.js';
import { aRecipe } from '../support/recipe.js';

const recipe = aRecipe();
const settings = { steps: 1_500, learningRate: 0.000_5, rank: 16, resolutionPx: 512 };
const outOfMemory = (setting: 'resolution' | 'rank') => ({ type: 'OutOfMemory', nodeId: 'shed', setting }) as const;

describe('settings after a failure', () => {
  it('have the setting that the failure names made easier', () => {
    expect(settingsAfterFailure(outOfMemory('resolution'), settings, recipe)).toEqual({ settings: { ...settings, resolutionPx: 384 }, lowered: 'resolutionPx' });
    expect(settingsAfterFailure(outOfMemory('rank'), settings, recipe)).toEqual({ settings: { ...settings, rank: 8 }, lowered: 'rank' });
    expect(settingsAfterFailure(FAILURES.TrainingTooLong, settings, recipe).settings.steps).toBe(700);
    expect(settingsAfterFailure(FAILURES.ArtifactWithoutEffect, settings, recipe).settings.learningRate).toBe(0.000_2);
  });

  it('stay where no setting was to blame', () => {
    for (const failure of [null, FAILURES.JobLost, FAILURES.NodeError, FAILURES.QueueTooLong]) {
      expect(settingsAfterFailure(failure, settings, recipe)).toEqual({ settings, lowered: null });
    }
  });

  it('have another one made easier where the one to blame is at its least', () => {
    expect(settingsAfterFailure(outOfMemory('resolution'), { ...settings, resolutionPx: 256 }, recipe)).toMatchObject({ lowered: 'rank' });
  });

  it('always fit the recipe, are never higher, and come to an end', () => {
    const any = fc.record({
      steps: fc.integer({ min: 100, max: 5_000 }), learningRate: fc.double({ min: 0.000_001, max: 0.01, noNaN: true }),
      rank: fc.integer({ min: 1, max: 128 }), resolutionPx: fc.integer({ min: 256, max: 768 }),
    });
    fc.assert(fc.property(any, fc.constantFrom(...Object.values(FAILURES)), (wished, failure) => {
      let next = { settings: wished, lowered: 'rank' as keyof typeof wished | null };
      for (let tries = 0; next.lowered !== null; tries += 1) {
        expect(tries).toBeLessThan(100);
        const before = next.settings;
        next = settingsAfterFailure(failure, before, recipe);
        expect(checkSettings(recipe, next.settings).kind).toBe('ok');
        for (const name of ['steps', 'learningRate', 'rank', 'resolutionPx'] as const) expect(next.settings[name]).toBeLessThanOrEqual(before[name]);
      }
    }));
  });
});

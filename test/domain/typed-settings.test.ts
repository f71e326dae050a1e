import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkTyped, NOTHING_TYPED, typedForRecipe, typedOf, type TypedSettings } from '../../domain/typed-settings.js';
import { aRecipe } from '../support/recipe.js';

const recipe = aRecipe();
const check = (typed: Partial<TypedSettings>, images = 12) => checkTyped({ ...NOTHING_TYPED, ...typed }, { recipe, images, triggerWord: 'tyrdcats' });
const settingsOf = (typed: Partial<TypedSettings>, images?: number) => {
  const checked = check(typed, images);
  return checked.kind === 'ok' ? checked.settings : checked.problems;
};

describe('settings as they are typed', () => {
  it('report every problem at once', () => {
    const checked = check({ steps: 'many', learningRate: '5', rank: '0', resolutionPx: '512.5', triggerWord: 'two words' });
    expect(checked.kind === 'invalid' && checked.problems.map((problem) => (problem.kind === 'trigger-word' ? 'triggerWord' : 'name' in problem ? problem.name : ''))).toEqual([
      'steps', 'learningRate', 'rank', 'resolutionPx', 'triggerWord',
    ]);
  });

  it.each(['NaN', 'Infinity', '1e999', '--1', '1,5,0', '０', '1 epoch 2', 'epochs', '99999999999 epochs', '0x10', '٣'])('refuse "%s" as steps', (steps) => {
    expect(check({ steps }).kind).toBe('invalid');
  });

  it.each([
    ['1500', 1_500], ['1,500', 1_500], ['1.500', 1_500], ['1 500', 1_500], [' 1500 ', 1_500], ['12 epochs', 144], ['12 Epochen', 144], ['12e', 144], ['100 épocas', 1_200], ['', 1_500],
  ])('read "%s" as %d steps of 12 images', (steps, expected) => {
    expect(settingsOf({ steps })).toMatchObject({ steps: expected });
  });

  it.each([['0.0003', 0.000_3], ['0,0003', 0.000_3], ['3e-4', 0.000_3], ['.0003', 0.000_3]])('read "%s" as a learning rate', (learningRate, expected) => {
    expect(settingsOf({ learningRate })).toMatchObject({ learningRate: expected });
  });

  it('hold epochs against the recipe’s steps, and tell them as they were typed', () => {
    expect(settingsOf({ steps: '1 epoch' })).toEqual([{ kind: 'bounds', name: 'steps', value: 12, typed: '1 epoch', rule: recipe.settings.steps }]);
  });

  it('take the dataset’s trigger word unless another is wished', () => {
    expect(check({})).toMatchObject({ triggerWord: 'tyrdcats' });
    expect(check({ triggerWord: ' ohwx ' })).toMatchObject({ triggerWord: 'ohwx' });
  });

  it('are the same after they were put into the fields of a form', () => {
    const settings = fc.record({
      steps: fc.integer({ min: 100, max: 5_000 }),
      learningRate: fc.double({ min: 0.000_001, max: 0.01, noNaN: true }),
      rank: fc.integer({ min: 1, max: 128 }),
      resolutionPx: fc.integer({ min: 256, max: 768 }),
    });
    fc.assert(fc.property(settings, (wished) => {
      expect(checkTyped(typedOf(wished, 'ohwx'), { recipe, images: 4, triggerWord: 'tyrdcats' })).toEqual({ kind: 'ok', settings: wished, triggerWord: 'ohwx' });
    }));
  });

  it('never let through what the recipe does not take, whatever is typed', () => {
    const typed = fc.oneof(fc.string({ maxLength: 12 }), fc.double().map(String), fc.integer().map(String), fc.integer().map((count) => `${count} epochs`));
    fc.assert(fc.property(fc.record({ steps: typed, learningRate: typed, rank: typed, resolutionPx: typed, triggerWord: typed }), fc.integer({ min: 0, max: 100 }), (wished, images) => {
      const checked = checkTyped(wished, { recipe, images, triggerWord: 'tyrdcats' });
      if (checked.kind === 'invalid') {
        expect(checked.problems.length).toBeGreaterThan(0);
        return;
      }
      for (const name of ['steps', 'learningRate', 'rank', 'resolutionPx'] as const) {
        expect(checked.settings[name]).toBeGreaterThanOrEqual(recipe.settings[name].min);
        expect(checked.settings[name]).toBeLessThanOrEqual(recipe.settings[name].max);
      }
    }));
  });

  it('follow to another recipe only where that takes them', () => {
    const larger = aRecipe({ settings: { ...recipe.settings, resolutionPx: { min: 512, max: 1_536, default: 1_024, integer: true }, rank: { min: 1, max: 32, default: 8, integer: true } } });
    const typed = typedOf({ steps: 700, learningRate: 0.000_5, rank: 64, resolutionPx: 512 }, 'ohwx');
    expect(typedForRecipe(typed, recipe, larger)).toEqual({ steps: '700', learningRate: '', rank: '', resolutionPx: '', triggerWord: 'ohwx' });
  });
});

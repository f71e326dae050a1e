import { describe, expect, it } from '@jest/globals';
import { accountIdOf } from '../../domain/accounts.js';
import type { Dataset, DatasetImage } from '../../domain/datasets.js';
import { likelyRecipe, refusalOfOpening } from '../../domain/opening.js';
import type { Recipe } from '../../domain/recipes.js';
import type { Quote } from '../../domain/runs.js';
import { loadRecipes, RECIPES_FOLDER } from '../../recipes/load.js';

const recipes = await loadRecipes(RECIPES_FOLDER);
const recipe = recipes.get('sd15-lora');
const now = new Date('2026-01-01T12:00:00Z');
const owner = accountIdOf('discord', '1');

const image = (number: number, caption: string | null = 'a cat'): DatasetImage => ({
  imageId: `i${number}`, fileName: `cat-${number}.jpg`, sha256: `${number}`, previewSha256: `${number}`, originalSha256: `${number}`, dHash: '0'.repeat(16),
  widthPx: 1024, heightPx: 1024, sizeBytes: 1, caption, warnings: [], addedAt: now,
});
const datasetOf = (images: readonly DatasetImage[]): Dataset => ({ datasetId: 'd', owner, name: 'cats', triggerWord: 'tyrdcats', revision: 7, images, createdAt: now });
const dataset = datasetOf([1, 2, 3, 4].map((number) => image(number)));
const quote: Quote = {
  quoteId: 'q', runId: 'r', accountId: owner, datasetId: 'd', datasetRevision: 7, recipeId: 'sd15-lora', pricePoints: 1500, imageCount: 4,
  settings: { steps: 1500, learningRate: 0.0003, rank: 16, resolutionPx: 512 }, triggerWord: 'tyrdcats', locale: 'en-GB', cardPlace: { where: 'dm' }, expiresAt: new Date(now.getTime() + 60_000),
};
const ask = (change: Partial<Parameters<typeof refusalOfOpening>[0]>) =>
  refusalOfOpening({ quote, dataset, recipe, knownRecipes: [...recipes.keys()], priceFactor: 1, now, ...change });

describe('likelyRecipe', () => {
  const all = [...recipes.values()];
  const unfit = { images: [] };

  it('is the preferred one where it can train the dataset, else the first that can', () => {
    const [first, second] = all.map((one): Recipe => ({ ...one, images: { ...one.images, min: 1, max: 90 } }));
    if (first === undefined || second === undefined) throw new Error('Expected two recipes.');
    expect(likelyRecipe(dataset, [first, second], second.id)).toBe(second);
    expect(likelyRecipe(dataset, [first, second])).toBe(first);
    expect(likelyRecipe(dataset, [first, { ...second, images: { ...second.images, min: 90 } }], second.id)).toBe(first);
  });

  it('is the preferred one all the same, or the first, where none can', () => {
    const last = all.at(-1);
    expect(likelyRecipe(unfit, all, last?.id)).toBe(last);
    expect(likelyRecipe(unfit, all)).toBe(all[0]);
    expect(likelyRecipe(unfit, all, 'gone')).toBe(all[0]);
    expect(likelyRecipe(unfit, [])).toBeUndefined();
  });
});

describe('refusalOfOpening', () => {
  it('opens what is as it was offered', () => {
    expect(ask({})).toBeNull();
  });

  it.each([
    ['the dataset is gone', { dataset: null }, 'dataset-not-found'],
    ['the dataset is somebody else’s', { dataset: { ...dataset, owner: accountIdOf('discord', '2') } }, 'dataset-not-found'],
    ['the recipe is gone', { recipe: undefined }, 'recipe-unknown'],
    ['the offer has expired', { now: new Date(now.getTime() + 60_001) }, 'quote-expired'],
    ['the dataset was changed since', { dataset: { ...dataset, revision: 8 } }, 'dataset-changed'],
    ['the price was changed since', { priceFactor: 0.5 }, 'price-changed'],
    ['there are too few images', { dataset: datasetOf([image(1)]) }, 'image-count'],
    ['there are 21 images for a recipe that takes 20', { dataset: datasetOf(Array.from({ length: 21 }, (_, number) => image(number))) }, 'image-count'],
    ['the steps are out of bounds', { quote: { ...quote, settings: { ...quote.settings, steps: 1e9 } } }, 'settings-invalid'],
  ])('refuses when %s', (_when, change, code) => {
    expect(ask(change)?.code).toBe(code);
  });

  it('names the images that have no caption', () => {
    const gaps = datasetOf([image(1), image(2, null), image(3), image(4, null)]);
    expect(ask({ dataset: gaps })).toEqual({ code: 'captions-missing', fileNames: ['cat-2.jpg', 'cat-4.jpg'] });
    expect(ask({ dataset: datasetOf([image(1), image(2), image(3), image(4, null)]) })).toEqual({ code: 'captions-missing', fileNames: ['cat-4.jpg'] });
  });
});

import { describe, expect, it } from '@jest/globals';
import { accountIdOf } from '../../domain/accounts.js';
import type { Dataset, DatasetImage } from '../../domain/datasets.js';
import { refusalOfOpening } from '../../domain/opening.js';
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
  });
});

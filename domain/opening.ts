import type { Dataset } from './datasets.js';
import { priceOf } from './price.js';
import { checkSettings } from './recipes.js';
import type { Recipe } from './recipes.js';
import type { Refusal } from './refusals.js';
import type { Quote } from './runs.js';

export interface OpeningQuestion {
  readonly quote: Quote;
  /** What the dataset is now; null when it is gone. */
  readonly dataset: Dataset | null;
  readonly recipe: Recipe | undefined;
  readonly knownRecipes: readonly string[];
  readonly priceFactor: number;
  readonly now: Date;
}

/** Whether a quote still holds at the moment of the press. The first thing that does not is the refusal. */
export function refusalOfOpening({ quote, dataset, recipe, knownRecipes, priceFactor, now }: OpeningQuestion): Refusal | null {
  if (dataset === null || dataset.owner !== quote.accountId) return { code: 'dataset-not-found' };
  if (recipe === undefined) return { code: 'recipe-unknown', recipeId: quote.recipeId, known: knownRecipes };
  if (now.getTime() > quote.expiresAt.getTime()) return { code: 'quote-expired' };
  if (dataset.revision !== quote.datasetRevision) return { code: 'dataset-changed' };
  const unfit = refusalOfTraining(dataset, recipe);
  if (unfit !== null) return unfit;
  const checked = checkSettings(recipe, quote.settings);
  if (checked.kind === 'invalid') return { code: 'settings-invalid', problems: checked.problems };
  const pricePoints = priceOf({ images: dataset.images.length, steps: quote.settings.steps, price: recipe.price, factor: priceFactor });
  if (pricePoints !== quote.pricePoints) return { code: 'price-changed', shownPoints: quote.pricePoints, pricePoints };
  return null;
}

/** The recipe of a training without a wish: the preferred one, else the first, and before both the first of them that can train the dataset as it is. */
export function likelyRecipe(dataset: Pick<Dataset, 'images'>, recipes: readonly Recipe[], preferredId: string | null = null): Recipe | undefined {
  const inOrder = [...recipes.filter(({ id }) => id === preferredId), ...recipes];
  return inOrder.find((recipe) => refusalOfTraining(dataset, recipe) === null) ?? inOrder[0];
}

/** Whether a recipe can train a dataset as it is: how many images, and a caption for each where the recipe wants one. */
export function refusalOfTraining(dataset: Pick<Dataset, 'images'>, recipe: Recipe): Refusal | null {
  const found = dataset.images.length;
  if (found < recipe.images.min || found > recipe.images.max) {
    return { code: 'image-count', recipeId: recipe.id, min: recipe.images.min, max: recipe.images.max, found };
  }
  const uncaptioned = recipe.captions.required ? dataset.images.filter((image) => image.caption === null) : [];
  return uncaptioned.length > 0 ? { code: 'captions-missing', fileNames: uncaptioned.map((image) => image.fileName) } : null;
}

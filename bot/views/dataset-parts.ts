import { countMissing } from '../../domain/captions.js';
import type { Dataset, DatasetImage } from '../../domain/datasets.js';
import { refusalOfTraining } from '../../domain/opening.js';
import { priceOf } from '../../domain/price.js';
import type { Recipe } from '../../domain/recipes.js';
import type { Texts } from '../texts/texts.js';
import type { Picture, ViewFile } from './layout.js';
import { clamp } from './safe.js';

/** What views of datasets have to know about the yard. */
export interface YardOfViews {
  readonly recipes: readonly Recipe[];
  /** The operator's `PRICE_FACTOR`. */
  readonly priceFactor: number;
}

export interface ListedDataset {
  readonly datasetId: string;
  readonly name: string;
  readonly images: number;
  readonly captionsMissing: number;
}

export function contents(t: Texts, { images, captionsMissing }: Pick<ListedDataset, 'images' | 'captionsMissing'>): string {
  return t.datasets.contents(images, captionsMissing);
}

/** How a dataset shows in the list that appears while its id is typed. */
export function datasetChoiceName(t: Texts, dataset: ListedDataset): string {
  return clamp(t.datasets.datasetChoice(dataset.name, contents(t, dataset)), 100);
}

/** How far a dataset is from being trained by a recipe with its own settings, and what that costs about. */
export function readiness(t: Texts, dataset: Dataset, recipe: Recipe, priceFactor: number): string {
  const { min, max } = recipe.images;
  const images = dataset.images.length;
  return t.datasets.readiness({
    images,
    min,
    max,
    captionsMissing: countMissing(dataset.images),
    // For as many images as can be trained on, so that the figure is one that may come true.
    pricePoints: priceOf({ images: Math.min(Math.max(images, min), max), steps: recipe.settings.steps.default, price: recipe.price, factor: priceFactor }),
    isReady: refusalOfTraining(dataset, recipe) === null,
  });
}

/** The readiness under each recipe there is. */
export function readinessLines(t: Texts, dataset: Dataset, { recipes, priceFactor }: YardOfViews): string[] {
  return recipes.map((recipe) => t.datasets.readinessOf(recipe.id, readiness(t, dataset, recipe, priceFactor)));
}

/** What may spoil the training, in a few words each, to go on after something else. */
export function warningsAfter(t: Texts, { warnings }: DatasetImage): string {
  return warnings.map((warning) => ` · ${t.datasets.warning(warning)}`).join('');
}

/** Excerpt of a caption that is read out for a picture. */
const ALT_CAPTION = 200;

/** The stored preview of an image as a picture of a message; `at` counts from 0. */
export function previewOf(t: Texts, image: DatasetImage, at: number): { readonly file: ViewFile; readonly picture: Picture } {
  const fileName = `image-${at + 1}.webp`;
  const caption = image.caption === null ? null : clamp(image.caption, ALT_CAPTION);
  return { file: { name: fileName, sha256: image.previewSha256 }, picture: { fileName, alt: t.datasets.alt(at + 1, image.fileName, caption) } };
}

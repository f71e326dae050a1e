import type { Dataset, DatasetImage, ImageWarning } from '../../domain/datasets.js';
import { refusalOfTraining } from '../../domain/opening.js';
import type { Recipe } from '../../domain/recipes.js';
import { counted } from '../texts/en/words.js';
import { createRoute, deleteRoute, imagesRoute, listRoute, openRoute, quoteRoute, uploadRoute } from './custom-ids.js';
import { ACCENT, button, framed, line, row, select, text, timestamp, type View } from './layout.js';
import { clamp, plain, safe } from './safe.js';
import type { Texts } from '../texts/texts.js';

export interface ListedDataset {
  readonly datasetId: string;
  readonly name: string;
  readonly images: number;
  readonly captionsMissing: number;
}

/** Small enough that a page of the longest names stays within a message, and within one select. */
const DATASETS_PER_PAGE = 20;
export const IMAGES_PER_PAGE = 10;
const CAPTION_EXCERPT = 90;

/** The datasets of an account, page by page; a page that is gone shows the last one there is. */
export function datasetListView(t: Texts, datasets: readonly ListedDataset[], wantedPage: number): View {
  if (datasets.length === 0) {
    return framed(ACCENT.calm, [
      text('## Your datasets', 'You have none yet. A dataset is a named set of images that a model is trained on.'),
      row(button('New dataset', createRoute.format({}), 'primary')),
    ]);
  }
  const { page, pages, items } = pageOf(datasets, wantedPage, DATASETS_PER_PAGE);
  return framed(ACCENT.calm, [
    text('## Your datasets', pages > 1 ? `${counted(datasets.length, 'dataset')} · page ${page + 1} of ${pages}` : counted(datasets.length, 'dataset')),
    text(...items.map((dataset) => `- **${safe(dataset.name, 40)}** · ${contents(t, dataset)}`)),
    row(
      select(
        openRoute.format({}),
        'Open a dataset',
        items.map((dataset) => ({ label: plain(dataset.name), value: dataset.datasetId, description: contents(t, dataset) })),
      ),
    ),
    row(
      page > 0 ? button('Previous page', listRoute.format({ page: page - 1 })) : null,
      page + 1 < pages ? button('Next page', listRoute.format({ page: page + 1 })) : null,
      button('New dataset', createRoute.format({})),
    ),
  ]);
}

export function contents(t: Texts, { images, captionsMissing }: Pick<ListedDataset, 'images' | 'captionsMissing'>): string {
  const missing = captionsMissing === 0 ? '' : `, ${counted(captionsMissing, 'caption')} missing`;
  return `${counted(images, 'image')}${missing}`;
}

export interface DatasetPage {
  readonly dataset: Dataset;
  readonly recipes: readonly Recipe[];
  readonly page: number;
  /** What has just been done, above everything else. */
  readonly done?: string;
}

/** One dataset: what it is, which recipes could train it now, its images with their captions. */
export function datasetView(t: Texts, { dataset, recipes, page: wantedPage, done }: DatasetPage): View {
  const { page, pages, items } = pageOf(dataset.images, wantedPage, IMAGES_PER_PAGE);
  const { datasetId, images } = dataset;
  const captionsMissing = images.filter((image) => image.caption === null).length;
  const ready = recipes.some((recipe) => refusalOfTraining(dataset, recipe) === null);
  return framed(ACCENT.calm, [
    done === undefined ? null : text(`**${done}**`),
    text(`## ${safe(dataset.name, 40)}`, `${contents(t, { images: images.length, captionsMissing })} · trigger word \`${plain(dataset.triggerWord)}\``, `Made ${timestamp(dataset.createdAt)}`),
    recipes.length === 0 ? null : text(...recipes.map((recipe) => readinessLine(t, dataset, recipe))),
    images.length === 0 ? null : line(),
    images.length === 0
      ? text('No images yet. Send up to ten at once with **Add images**; a `.txt` file of the same name is an image’s caption.')
      : text(...items.map((image, at) => imageLine(t, image, page * IMAGES_PER_PAGE + at + 1))),
    row(
      page > 0 ? button('Previous images', imagesRoute.format({ datasetId, page: page - 1 })) : null,
      page + 1 < pages ? button('More images', imagesRoute.format({ datasetId, page: page + 1 })) : null,
    ),
    row(
      button('Add images', uploadRoute.format({ datasetId }), ready ? 'secondary' : 'primary'),
      ready ? button('Train', quoteRoute.format({ datasetId }), 'primary') : null,
      button('All datasets', listRoute.format({ page: 0 })),
    ),
  ]);
}

function readinessLine(t: Texts, dataset: Dataset, recipe: Recipe): string {
  const title = `\`${plain(recipe.id)}\``;
  const why = refusalOfTraining(dataset, recipe);
  if (why === null) return `- ${title}: ready to train`;
  if (why.code === 'image-count') return `- ${title}: needs ${why.min} to ${why.max} images`;
  return why.code === 'captions-missing' ? `- ${title}: needs ${counted(why.fileNames.length, 'more caption')}` : `- ${title}: not ready`;
}

function imageLine(t: Texts, image: DatasetImage, number: number): string {
  const caption = image.caption === null ? '*no caption*' : safe(image.caption, CAPTION_EXCERPT);
  const warnings = image.warnings.map((warning) => ` · ${warningWords(t, warning)}`).join('');
  return `${number}\\. **${safe(image.fileName, 50)}** · ${image.widthPx} × ${image.heightPx}${warnings}\n${caption}`;
}

/** What may spoil the training, in a few words; the same for a verdict and for the list. */
export function warningWords(t: Texts, warning: ImageWarning): string {
  switch (warning.code) {
    case 'blurry':
      return 'looks blurry';
    case 'small':
      return `small (${warning.widthPx} × ${warning.heightPx})`;
    case 'extreme-ratio':
      return `very long or wide (${warning.widthPx} × ${warning.heightPx})`;
    case 'near-duplicate':
      return `looks almost like ${safe(warning.ofFileName, 50)}`;
  }
}

/** The confirm of a removal that cannot be undone. */
export function deleteConfirmView(t: Texts, { datasetId, name, images }: Pick<Dataset, 'datasetId' | 'name' | 'images'>): View {
  return framed(ACCENT.bad, [
    text(`## Delete ${safe(name, 40)}?`, `Its ${counted(images.length, 'image')} and their captions go with it, and cannot be brought back. Models that were trained on it stay.`),
    row(button('Delete dataset', deleteRoute.format({ datasetId }), 'danger')),
  ]);
}

/** How a dataset shows in the list that appears while its id is typed. */
export function datasetChoiceName(t: Texts, dataset: ListedDataset): string {
  return clamp(`${plain(dataset.name)} · ${contents(t, dataset)}`, 100);
}

interface Page<Item> {
  readonly page: number;
  readonly pages: number;
  readonly items: readonly Item[];
}

function pageOf<Item>(all: readonly Item[], wanted: number, size: number): Page<Item> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  return { page, pages, items: all.slice(page * size, (page + 1) * size) };
}

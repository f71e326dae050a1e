import type { Dataset } from '../../domain/datasets.js';
import { refusalOfTraining } from '../../domain/opening.js';
import type { Texts } from '../texts/texts.js';
import { captionsRoute } from './caption-routes.js';
import { deleteRoute, imagesRoute, listRoute, quoteRoute, uploadRoute, viewRoute } from './custom-ids.js';
import { previewOf, readinessLines, warningsAfter, type YardOfViews } from './dataset-parts.js';
import { deleteAskRoute, renameRoute, undoRemoveRoute } from './dataset-routes.js';
import { ACCENT, button, framed, gallery, line, row, text, timestamp, type View } from './layout.js';
import { pageOf } from './pages.js';

/** What a gallery takes. */
export const IMAGES_PER_PAGE = 10;

export interface DatasetPage {
  readonly dataset: Dataset;
  readonly yard: YardOfViews;
  readonly page: number;
  /** What has just been done, above everything else. */
  readonly done?: string;
  /** The image that was removed just now. */
  readonly undo?: { readonly imageId: string };
}

/** One dataset: what it is, how far it is from a training, its images with their captions, ten at a time. */
export function datasetView(t: Texts, { dataset, yard, page: wantedPage, done, undo }: DatasetPage): View {
  const { page, pages, items } = pageOf(dataset.images, wantedPage, IMAGES_PER_PAGE);
  const { datasetId, images, triggerWord } = dataset;
  const { buttons } = t.datasets;
  const firstAt = page * IMAGES_PER_PAGE;
  const previews = items.map((image, at) => previewOf(t, image, firstAt + at));
  const ready = yard.recipes.some((recipe) => refusalOfTraining(dataset, recipe) === null);
  const view = framed(ACCENT.calm, [
    done === undefined ? null : text(`**${done}**`),
    undo === undefined ? null : row(button(buttons.undo, undoRemoveRoute.format({ datasetId, imageId: undo.imageId }))),
    text(t.datasets.heading(dataset.name), ...readinessLines(t, dataset, yard), `${t.datasets.triggerWord(triggerWord)} · ${t.datasets.madeAt(timestamp(dataset.createdAt))}`),
    images.length === 0 ? text(t.datasets.empty) : line(),
    gallery(previews.map(({ picture }) => picture)),
    text(...items.map((image, at) => t.datasets.imageLine(firstAt + at + 1, image.fileName, t.datasets.size(image.widthPx, image.heightPx), warningsAfter(t, image), image.caption))),
    row(
      page > 0 ? button(buttons.previousImages, imagesRoute.format({ datasetId, page: page - 1 })) : null,
      page + 1 < pages ? button(buttons.nextImages, imagesRoute.format({ datasetId, page: page + 1 })) : null,
    ),
    row(
      button(buttons.upload, uploadRoute.format({ datasetId }), ready ? 'secondary' : 'primary'),
      images.length === 0 ? null : button(buttons.captions, captionsRoute.format({ datasetId, at: firstAt })),
      images.length === 0 ? null : button(buttons.start, quoteRoute.format({ datasetId }), ready ? 'primary' : 'secondary'),
    ),
    row(
      button(buttons.rename, renameRoute.format({ datasetId })),
      button(buttons.remove, deleteAskRoute.format({ datasetId })),
      button(buttons.all, listRoute.format({ page: 0 })),
    ),
  ]);
  return { ...view, files: previews.map(({ file }) => file) };
}

/** The answer to a new dataset: what to do with it next. */
export function createdView(t: Texts, { datasetId, name, triggerWord }: Dataset): View {
  const { buttons } = t.datasets;
  return framed(ACCENT.good, [
    text(`**${t.datasets.created}**`),
    text(t.datasets.heading(name), t.datasets.triggerWord(triggerWord), t.datasets.empty),
    row(
      button(buttons.upload, uploadRoute.format({ datasetId }), 'primary'),
      button(buttons.captions, captionsRoute.format({ datasetId, at: 0 })),
      button(buttons.open, viewRoute.format({ datasetId })),
    ),
  ]);
}

/** The confirm of a removal that cannot be undone. */
export function deleteConfirmView(t: Texts, { datasetId, name, images }: Pick<Dataset, 'datasetId' | 'name' | 'images'>): View {
  const { buttons } = t.datasets;
  return framed(ACCENT.bad, [
    text(t.datasets.deleteTitle(name), t.datasets.deleteWhat(images.length)),
    row(button(buttons.removeForGood, deleteRoute.format({ datasetId }), 'danger'), button(buttons.keep, viewRoute.format({ datasetId }))),
  ]);
}

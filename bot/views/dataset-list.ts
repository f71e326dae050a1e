import type { Dataset } from '../../domain/datasets.js';
import { likelyRecipe } from '../../domain/opening.js';
import type { Texts } from '../texts/texts.js';
import { createRoute, listRoute, quoteRoute, uploadRoute, viewRoute } from './custom-ids.js';
import { contents, previewOf, readiness, type ListedDataset, type YardOfViews } from './dataset-parts.js';
import { chooseRoute } from './dataset-routes.js';
import { ACCENT, button, framed, line, row, select, text, thumbnailSection, type View } from './layout.js';
import { pageOf } from './pages.js';
import { plain } from './safe.js';

/** Small enough that a page of the longest names stays within a message, and within one select. */
const DATASETS_PER_PAGE = 20;

export interface DatasetList {
  readonly datasets: readonly ListedDataset[];
  /** A page that is gone shows the last one there is. */
  readonly page: number;
  /** The one that was chosen, shown below the list with what can be done with it. */
  readonly chosen?: { readonly dataset: Dataset; readonly yard: YardOfViews };
}

/** The datasets of an account, page by page. */
export function datasetListView(t: Texts, { datasets, page: wantedPage, chosen }: DatasetList): View {
  const { buttons } = t.datasets;
  if (datasets.length === 0) {
    return framed(ACCENT.calm, [text(t.datasets.title, t.datasets.none), row(button(buttons.create, createRoute.format({}), 'primary'))]);
  }
  const { page, pages, items } = pageOf(datasets, wantedPage, DATASETS_PER_PAGE);
  const shown = chosen === undefined ? null : chosenParts(t, chosen.dataset, chosen.yard);
  const view = framed(ACCENT.calm, [
    text(t.datasets.title, pages > 1 ? t.datasets.totalOnPage(datasets.length, page + 1, pages) : t.datasets.total(datasets.length)),
    text(...items.map((dataset) => t.datasets.listLine(dataset.name, contents(t, dataset)))),
    row(
      select(
        chooseRoute.format({ page }),
        t.datasets.choose,
        items.map((dataset) => ({
          label: plain(dataset.name),
          value: dataset.datasetId,
          description: contents(t, dataset),
          default: dataset.datasetId === chosen?.dataset.datasetId,
        })),
      ),
    ),
    row(
      page > 0 ? button(buttons.previousPage, listRoute.format({ page: page - 1 })) : null,
      page + 1 < pages ? button(buttons.nextPage, listRoute.format({ page: page + 1 })) : null,
      button(buttons.create, createRoute.format({})),
    ),
    ...(shown?.parts ?? []),
  ]);
  return shown === null ? view : { ...view, files: shown.files };
}

function chosenParts(t: Texts, dataset: Dataset, { recipes, priceFactor }: YardOfViews) {
  const { datasetId, images, name, triggerWord } = dataset;
  const { buttons } = t.datasets;
  const recipe = likelyRecipe(dataset, recipes);
  const lines = [t.datasets.chosen(name), recipe === undefined ? null : readiness(t, dataset, recipe, priceFactor), t.datasets.triggerWord(triggerWord)];
  const [first] = images;
  const preview = first === undefined ? null : previewOf(t, first, 0);
  return {
    parts: [
      line(),
      preview === null ? text(...lines) : thumbnailSection(lines, preview.picture),
      row(button(buttons.view, viewRoute.format({ datasetId })), button(buttons.upload, uploadRoute.format({ datasetId })), button(buttons.start, quoteRoute.format({ datasetId }), 'primary')),
    ],
    files: preview === null ? [] : [preview.file],
  };
}

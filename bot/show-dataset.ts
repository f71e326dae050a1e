import type { Dataset } from '../domain/datasets.js';
import { shown, type Context, type Reply } from './interaction-kinds.js';
import type { YardOfViews } from './views/dataset-parts.js';
import { datasetView, type DatasetPage } from './views/datasets.js';

/** What views of datasets have to know about this yard. */
export function yardOfViews({ services }: Pick<Context, 'services'>): YardOfViews {
  return { recipes: [...services.recipes.values()], priceFactor: services.settings.priceFactor };
}

/** A page of a dataset, and above it what has just been done. */
export function showDataset(dataset: Dataset, context: Context, { page = 0, ...told }: Partial<Pick<DatasetPage, 'page' | 'done' | 'undo'>> = {}): Reply {
  return shown(datasetView(context.texts, { dataset, yard: yardOfViews(context), page, ...told }));
}

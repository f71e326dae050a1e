import type { Dataset } from '../domain/datasets.js';
import type { Context } from './interaction-kinds.js';

export type Undone = { readonly kind: 'gone' } | { readonly kind: 'told'; readonly dataset: Dataset; readonly done: string };

/** Brings a removed image back, or says why it cannot be. */
export async function undoRemoval(datasetId: string, imageId: string, { services, texts }: Context): Promise<Undone> {
  const outcome = await services.datasets.restoreImage(datasetId, imageId, services.settings.imagesPerDataset);
  if (outcome.kind === 'gone') return outcome;
  const dataset = 'dataset' in outcome ? outcome.dataset : await services.datasets.read(datasetId);
  if (dataset === null) return { kind: 'gone' };
  const name = dataset.images.find((image) => image.imageId === imageId)?.fileName ?? '';
  switch (outcome.kind) {
    case 'restored':
      return { kind: 'told', dataset, done: texts.datasets.restored(name) };
    case 'there-already':
      return { kind: 'told', dataset, done: texts.datasets.restoredAlready(name) };
    case 'not-kept':
      return { kind: 'told', dataset, done: texts.datasets.notKept };
    case 'full':
      return { kind: 'told', dataset, done: texts.datasets.fullNow(outcome.limit) };
    case 'duplicate':
      return { kind: 'told', dataset, done: texts.datasets.twinThere(outcome.ofFileName) };
  }
}

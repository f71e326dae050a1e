import type { Dataset } from '../domain/datasets.js';
import type { Context } from './interaction-kinds.js';

export type Undone =
  | { readonly kind: 'gone' }
  /** `later`: the press may work when there is room again, so its button stays. */
  | { readonly kind: 'told'; readonly dataset: Dataset; readonly done: string; readonly later: boolean };

/** Brings a removed image back, or says why it cannot be. */
export async function undoRemoval(datasetId: string, imageId: string, { services, texts }: Context): Promise<Undone> {
  const outcome = await services.datasets.restoreImage(datasetId, imageId, services.settings.imagesPerDataset);
  if (outcome.kind === 'gone') return outcome;
  const dataset = 'dataset' in outcome ? outcome.dataset : await services.datasets.read(datasetId);
  if (dataset === null) return { kind: 'gone' };
  const name = dataset.images.find((image) => image.imageId === imageId)?.fileName ?? '';
  const told = (done: string): Undone => ({ kind: 'told', dataset, done, later: outcome.kind === 'full' });
  switch (outcome.kind) {
    case 'restored':
      return told(texts.datasets.restored(name));
    case 'there-already':
      return told(texts.datasets.restoredAlready(name));
    case 'not-kept':
      return told(texts.datasets.notKept);
    case 'full':
      return told(texts.datasets.fullNow(outcome.limit));
    case 'duplicate':
      return told(texts.datasets.twinThere(outcome.ofFileName));
  }
}

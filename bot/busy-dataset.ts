import type { Dataset } from '../domain/datasets.js';
import { refused, type Context, type Reply } from './interaction-kinds.js';

/** The refusal for a dataset that is being trained; null when it is not. */
export async function busyWith({ datasetId }: Pick<Dataset, 'datasetId'>, { services }: Context): Promise<Reply | null> {
  const running = await services.runs.openRunOfDataset(datasetId);
  return running === null ? null : refused({ code: 'dataset-busy', runId: running.runId });
}

import { canDo, type Action } from '../domain/access.js';
import { NAME_MAX_LENGTH, type Dataset } from '../domain/datasets.js';
import type { Context } from './interaction-kinds.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether it has the shape of an id of a dataset, run or model; anything else is a name typed by hand. */
export function isId(given: string): boolean {
  return UUID.test(given.trim());
}

/**
 * The dataset of an id, or of an exact name typed by hand. Null for one that is not there and for one of somebody else:
 * the answer does not tell the two apart.
 */
export async function findDataset(given: string, action: Action, { services, actor }: Pick<Context, 'services' | 'actor'>): Promise<Dataset | null> {
  const datasetId = isId(given) ? given.trim() : await idOfName(given, { services, actor });
  if (datasetId === null) return null;
  const dataset = await services.datasets.read(datasetId);
  return dataset !== null && canDo(actor, action, dataset) ? dataset : null;
}

async function idOfName(given: string, { services, actor }: Pick<Context, 'services' | 'actor'>): Promise<string | null> {
  const wanted = given.normalize('NFC').trim();
  if (wanted === '' || wanted.length > 2 * NAME_MAX_LENGTH) return null;
  const datasets = await services.datasets.listOf(actor.accountId);
  return datasets.find((dataset) => dataset.name === wanted)?.datasetId ?? null;
}

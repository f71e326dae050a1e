import { ApplicationCommandOptionType } from 'discord.js';
import { canDo, type Action } from '../../domain/access.js';
import type { Dataset, DatasetImage } from '../../domain/datasets.js';
import { NAME_MAX_LENGTH } from '../../domain/datasets.js';
import type { Autocomplete, Context, OptionShape } from '../interaction-kinds.js';
import { datasetChoiceName } from '../views/dataset-parts.js';

/** The dataset option that most commands begin with. */
export const DATASET_OPTION: OptionShape = {
  type: ApplicationCommandOptionType.String,
  name: 'id',
  required: true,
  autocomplete: true,
  max_length: 100,
};

export const IMAGE_OPTION: OptionShape = {
  type: ApplicationCommandOptionType.String,
  name: 'image',
  required: true,
  autocomplete: true,
  max_length: 200,
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isDatasetId(given: string): boolean {
  return UUID.test(given.trim());
}

/**
 * The dataset of an id, or of an exact name typed by hand. Null for one that is not there and for one of somebody else:
 * the answer does not tell the two apart.
 */
export async function findDataset(given: string, action: Action, { services, actor }: Context): Promise<Dataset | null> {
  const datasetId = isDatasetId(given) ? given.trim() : await idOfName(given, { services, actor });
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

export const suggestDatasets: Autocomplete = async (typed, { services, actor, texts }) => {
  const datasets = await services.datasets.listOf(actor.accountId);
  const wanted = typed.trim().toLowerCase();
  return datasets
    .filter((dataset) => dataset.name.toLowerCase().includes(wanted) || dataset.datasetId === wanted)
    .map((dataset) => ({ name: datasetChoiceName(texts, dataset), value: dataset.datasetId }));
};

/** Images of the dataset that the `id` option names, by number and name. */
export const suggestImages: Autocomplete = async (typed, context, given) => {
  const dataset = await findDataset(given('id') ?? '', 'change', context);
  const wanted = typed.trim().toLowerCase();
  return (dataset?.images ?? [])
    .map((image, at) => ({ name: context.texts.datasets.imageChoice(at + 1, image.fileName, image.caption !== null), value: image.imageId }))
    .filter(({ name }) => name.toLowerCase().includes(wanted));
};

/** The picture with this id, number or file name, as chosen from the list or typed by hand. */
export function findImage(dataset: Dataset, wanted: string): DatasetImage | null {
  const byId = dataset.images.find((image) => image.imageId === wanted);
  if (byId !== undefined) return byId;
  const trimmed = wanted.trim();
  if (/^\d{1,4}$/.test(trimmed)) return dataset.images[Number(trimmed) - 1] ?? null;
  return dataset.images.find((image) => image.fileName === trimmed) ?? null;
}

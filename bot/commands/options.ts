import { ApplicationCommandOptionType } from 'discord.js';
import type { Dataset, DatasetImage } from '../../domain/datasets.js';
import { findDataset } from '../find-dataset.js';
import type { Autocomplete, OptionShape } from '../interaction-kinds.js';
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

/** The image with this id, number or file name, as chosen from the list or typed by hand. */
export function findImage(dataset: Dataset, wanted: string): DatasetImage | null {
  const byId = dataset.images.find((image) => image.imageId === wanted);
  if (byId !== undefined) return byId;
  const trimmed = wanted.trim();
  if (/^\d{1,4}$/.test(trimmed)) return dataset.images[Number(trimmed) - 1] ?? null;
  return dataset.images.find((image) => image.fileName === trimmed) ?? null;
}

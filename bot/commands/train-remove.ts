import { ApplicationCommandOptionType } from 'discord.js';
import { refused, shown, type Command } from '../interaction-kinds.js';
import { datasetView } from '../views/datasets.js';
import { safe } from '../views/safe.js';
import { DATASET_OPTION, findDataset, findImage, IMAGE_OPTION, suggestDatasets, suggestImages } from './options.js';

export const trainRemove = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'remove', description: 'Take an image out of a dataset', options: [DATASET_OPTION, IMAGE_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestDatasets, image: suggestImages },
  async run(interaction, context) {
    const { datasets, recipes } = context.services;
    const dataset = await findDataset(interaction.options.getString('id', true), 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const image = findImage(dataset, interaction.options.getString('image', true));
    if (image === null) return refused({ code: 'image-not-found' });
    await datasets.removeImage(dataset.datasetId, image.imageId);
    const changed = await datasets.read(dataset.datasetId);
    if (changed === null) return refused({ code: 'dataset-not-found' });
    return shown(datasetView(context.texts, { dataset: changed, recipes: [...recipes.values()], page: 0, done: `${safe(image.fileName, 60)} is removed.` }));
  },
} satisfies Command;

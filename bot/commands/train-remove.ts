import { ApplicationCommandOptionType } from 'discord.js';
import { findDataset } from '../find-dataset.js';
import { refused, type Command } from '../interaction-kinds.js';
import { showDataset } from '../show-dataset.js';
import { IMAGES_PER_PAGE } from '../views/datasets.js';
import { DATASET_OPTION, findImage, IMAGE_OPTION, suggestDatasets, suggestImages } from './options.js';

export const trainRemove = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'remove', options: [DATASET_OPTION, IMAGE_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestDatasets, image: suggestImages },
  async run({ options }, context) {
    const dataset = await findDataset(options.getString('id', true), 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const image = findImage(dataset, options.getString('image', true));
    const left = image === null ? null : await context.services.datasets.removeImage(dataset.datasetId, image.imageId);
    if (image === null || left === null) return refused({ code: 'image-not-found' });
    return showDataset(left, context, {
      page: Math.floor(dataset.images.indexOf(image) / IMAGES_PER_PAGE),
      done: context.texts.datasets.removed(image.fileName),
      undo: { imageId: image.imageId },
    });
  },
} satisfies Command;

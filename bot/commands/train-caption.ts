import { ApplicationCommandOptionType } from 'discord.js';
import { nextMissing } from '../../domain/captions.js';
import { checkCaption } from '../../domain/datasets.js';
import { showEditor } from '../captions.js';
import { findDataset } from '../find-dataset.js';
import { refused, type Command } from '../interaction-kinds.js';
import { DATASET_OPTION, findImage, IMAGE_OPTION, suggestDatasets, suggestImages } from './options.js';

export const trainCaption = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'caption',
    options: [
      DATASET_OPTION,
      { ...IMAGE_OPTION, required: false },
      { type: ApplicationCommandOptionType.String, name: 'text' },
    ],
  },
  ack: 'private',
  autocomplete: { id: suggestDatasets, image: suggestImages },
  async run({ options }, context) {
    const dataset = await findDataset(options.getString('id', true), 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const wanted = options.getString('image');
    const text = options.getString('text');
    if (wanted === null && text === null) return showEditor(dataset, nextMissing(dataset.images, 0) ?? 0, context);
    const image = wanted === null ? null : findImage(dataset, wanted);
    if (image === null) return refused({ code: 'image-not-found' });
    if (text === null) return showEditor(dataset, dataset.images.indexOf(image), context);
    const checked = checkCaption(text);
    if (checked.kind === 'refused') return refused(checked.refusal);
    const changed = await context.services.datasets.setCaption(dataset.datasetId, image.imageId, checked.caption);
    if (changed === null) return refused({ code: 'image-not-found' });
    const at = changed.images.findIndex(({ imageId }) => imageId === image.imageId);
    return showEditor(changed, at, context, { done: [context.texts.captions.savedOf(at + 1, image.fileName)] });
  },
} satisfies Command;

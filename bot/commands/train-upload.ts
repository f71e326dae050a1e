import { ApplicationCommandOptionType } from 'discord.js';
import { findDataset, isId } from '../find-dataset.js';
import { refused, type Command } from '../interaction-kinds.js';
import { showDataset } from '../show-dataset.js';
import { pickedFilesOf, startUpload, uploadOf } from '../upload.js';
import { uploadForm } from '../views/forms.js';
import { DATASET_OPTION, suggestDatasets } from './options.js';

export const trainUpload = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'upload',
    options: [
      DATASET_OPTION,
      { type: ApplicationCommandOptionType.Attachment, name: 'image' },
      { type: ApplicationCommandOptionType.String, name: 'caption' },
    ],
  },
  // A form must be the first answer, so it opens before anything is read; a dataset named by hand has to be read first.
  ack: ({ options }) => (options.getAttachment('image') === null && isId(options.getString('id', true)) ? 'modal' : 'private'),
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const { options } = interaction;
    const given = options.getString('id', true);
    const image = options.getAttachment('image');
    if (image === null && isId(given)) return { kind: 'modal', modal: uploadForm(context.texts, given.trim()) };
    const dataset = await findDataset(given, 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    if (image === null) {
      return showDataset(dataset, context, { done: context.texts.datasets.howToUpload });
    }
    const caption = options.getString('caption');
    return startUpload(interaction, dataset, uploadOf(dataset, pickedFilesOf([image]), caption === null ? {} : { own: caption }), context);
  },
} satisfies Command;

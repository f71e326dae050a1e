import { ApplicationCommandOptionType } from 'discord.js';
import { findDataset, isId } from '../find-dataset.js';
import { refused, type Command, type Reply } from '../interaction-kinds.js';
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
  // A form must be the first answer: for a chosen dataset it opens before anything is read, one named by hand is read first.
  ack: ({ options }) => (options.getAttachment('image') === null ? 'modal' : 'private'),
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const { options } = interaction;
    const given = options.getString('id', true);
    const image = options.getAttachment('image');
    const caption = options.getString('caption');
    const form = (datasetId: string): Reply => ({ kind: 'modal', modal: uploadForm(context.texts, datasetId, caption ?? '') });
    if (image === null && isId(given)) return form(given.trim());
    const dataset = await findDataset(given, 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    if (image === null) return form(dataset.datasetId);
    return startUpload(interaction, dataset, uploadOf(dataset, pickedFilesOf([image]), caption === null ? {} : { own: caption }), context);
  },
} satisfies Command;

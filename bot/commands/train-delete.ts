import { ApplicationCommandOptionType } from 'discord.js';
import { busyWith } from '../busy-dataset.js';
import { findDataset } from '../find-dataset.js';
import { refused, shown, type Command } from '../interaction-kinds.js';
import { deleteConfirmView } from '../views/datasets.js';
import { DATASET_OPTION, suggestDatasets } from './options.js';

export const trainDelete = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'delete', options: [DATASET_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const dataset = await findDataset(interaction.options.getString('id', true), 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return (await busyWith(dataset, context)) ?? shown(deleteConfirmView(context.texts, dataset));
  },
} satisfies Command;

import { ApplicationCommandOptionType } from 'discord.js';
import { findDataset } from '../find-dataset.js';
import { refused, type Command } from '../interaction-kinds.js';
import { showDataset } from '../show-dataset.js';
import { DATASET_OPTION, suggestDatasets } from './options.js';

export const trainView = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'view', options: [DATASET_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const dataset = await findDataset(interaction.options.getString('id', true), 'view', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return showDataset(dataset, context);
  },
} satisfies Command;

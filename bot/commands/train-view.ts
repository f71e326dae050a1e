import { ApplicationCommandOptionType } from 'discord.js';
import { refused, shown, type Command } from '../interaction-kinds.js';
import { datasetView } from '../views/datasets.js';
import { DATASET_OPTION, findDataset, suggestDatasets } from './options.js';

export const trainView = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'view', description: 'What is in a dataset', options: [DATASET_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestDatasets },
  async run(interaction, context) {
    const dataset = await findDataset(interaction.options.getString('id', true), 'view', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return shown(datasetView(context.texts, { dataset, recipes: [...context.services.recipes.values()], page: 0 }));
  },
} satisfies Command;

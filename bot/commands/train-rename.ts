import { ApplicationCommandOptionType } from 'discord.js';
import { findDataset } from '../find-dataset.js';
import { refused, type Command } from '../interaction-kinds.js';
import { renameDataset } from '../rename-dataset.js';
import { renameForm } from '../views/dataset-forms.js';
import { DATASET_OPTION, suggestDatasets } from './options.js';

export const trainRename = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'rename',
    options: [
      DATASET_OPTION,
      { type: ApplicationCommandOptionType.String, name: 'name' },
      { type: ApplicationCommandOptionType.String, name: 'trigger' },
    ],
  },
  ack: ({ options }) => (options.getString('name') === null && options.getString('trigger') === null ? 'modal' : 'private'),
  autocomplete: { id: suggestDatasets },
  async run({ options }, context) {
    const name = options.getString('name');
    const triggerWord = options.getString('trigger');
    const dataset = await findDataset(options.getString('id', true), 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return name === null && triggerWord === null ? { kind: 'modal', modal: renameForm(context.texts, dataset) } : renameDataset(dataset, { name, triggerWord }, context);
  },
} satisfies Command;

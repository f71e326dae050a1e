import { ApplicationCommandOptionType } from 'discord.js';
import { NAME_MAX_LENGTH } from '../../domain/datasets.js';
import { createDataset } from '../create-dataset.js';
import type { Command } from '../interaction-kinds.js';

export const trainCreate = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'create',
    description: 'Make a new dataset',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'name',
        description: `What to call it, up to ${NAME_MAX_LENGTH} characters`,
        required: true,
      },
    ],
  },
  ack: 'private',
  run: (interaction, context) => createDataset(interaction.options.getString('name', true), context),
} satisfies Command;

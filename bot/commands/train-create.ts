import { ApplicationCommandOptionType } from 'discord.js';
import { createDataset } from '../create-dataset.js';
import type { Command } from '../interaction-kinds.js';

export const trainCreate = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'create',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'name',
        required: true,
      },
    ],
  },
  ack: 'private',
  run: (interaction, context) => createDataset(interaction.options.getString('name', true), context),
} satisfies Command;

import { ApplicationCommandOptionType } from 'discord.js';
import type { Command } from '../interaction-kinds.js';
import { renameModel, withModel } from '../models.js';
import { MODEL_OPTION, suggestModels } from './model-options.js';

export const modelsRename = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'rename',
    options: [MODEL_OPTION, { type: ApplicationCommandOptionType.String, name: 'name', required: true }],
  },
  ack: 'private',
  autocomplete: { id: suggestModels },
  run: (interaction, context) =>
    withModel(interaction.options.getString('id', true), 'change', context, (lora) => renameModel(lora, interaction.options.getString('name', true), context)),
} satisfies Command;

import { ApplicationCommandOptionType } from 'discord.js';
import { NAME_MAX_LENGTH } from '../../domain/datasets.js';
import type { Command } from '../interaction-kinds.js';
import { renameModel, withModel } from '../models.js';
import { MODEL_OPTION, suggestModels } from './model-options.js';

export const modelsRename = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'rename',
    description: 'Give a model another name',
    options: [MODEL_OPTION, { type: ApplicationCommandOptionType.String, name: 'name', description: `What to call it, up to ${NAME_MAX_LENGTH} characters`, required: true }],
  },
  ack: 'private',
  autocomplete: { id: suggestModels },
  run: (interaction, context) =>
    withModel(interaction.options.getString('id', true), 'change', context, (lora) => renameModel(lora, interaction.options.getString('name', true), context)),
} satisfies Command;

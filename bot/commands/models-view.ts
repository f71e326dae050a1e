import { ApplicationCommandOptionType } from 'discord.js';
import type { Command } from '../interaction-kinds.js';
import { showModel, withModel } from '../models.js';
import { MODEL_OPTION, suggestModels } from './model-options.js';

export const modelsView = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'view', options: [MODEL_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestModels },
  run: (interaction, context) => withModel(interaction.options.getString('id', true), 'view', context, (lora) => showModel(lora, context)),
} satisfies Command;

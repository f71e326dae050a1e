import { ApplicationCommandOptionType } from 'discord.js';
import { shown, type Command } from '../interaction-kinds.js';
import { withModel } from '../models.js';
import { modelDeleteConfirmView } from '../views/models.js';
import { MODEL_OPTION, suggestModels } from './model-options.js';

export const modelsDelete = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'delete', options: [MODEL_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestModels },
  run: (interaction, context) => withModel(interaction.options.getString('id', true), 'change', context, (lora) => shown(modelDeleteConfirmView(context.texts, lora))),
} satisfies Command;

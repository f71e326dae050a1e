import { ApplicationCommandOptionType } from 'discord.js';
import { shown, type Command } from '../interaction-kinds.js';
import { withModel } from '../models.js';
import { modelDownloadView } from '../views/models.js';
import { MODEL_OPTION, suggestModels } from './model-options.js';

export const modelsDownload = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'download', options: [MODEL_OPTION] },
  ack: 'private',
  autocomplete: { id: suggestModels },
  run: (interaction, context) =>
    withModel(interaction.options.getString('id', true), 'download', context, (lora) =>
      shown(modelDownloadView(context.texts, lora, context.services.downloadLinks.linkFor(lora.loraId, context.services.now()))),
    ),
} satisfies Command;

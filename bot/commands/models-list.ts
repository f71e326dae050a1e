import { ApplicationCommandOptionType } from 'discord.js';
import { shown, type Command } from '../interaction-kinds.js';
import { modelListView } from '../views/models.js';

export const modelsList = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'list' },
  ack: 'none',
  run: async (_interaction, { services, actor, texts }) => shown(modelListView(texts, await services.loras.listOf(actor.accountId), 0)),
} satisfies Command;

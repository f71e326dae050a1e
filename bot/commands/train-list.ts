import { ApplicationCommandOptionType } from 'discord.js';
import { shown, type Command } from '../interaction-kinds.js';
import { datasetListView } from '../views/datasets.js';

export const trainList = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'list', description: 'Your datasets' },
  ack: 'none',
  run: async (_interaction, { services, actor, texts }) => shown(datasetListView(texts, await services.datasets.listOf(actor.accountId), 0)),
} satisfies Command;

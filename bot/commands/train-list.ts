import { ApplicationCommandOptionType } from 'discord.js';
import { shown, type Command } from '../interaction-kinds.js';
import { datasetListView } from '../views/dataset-list.js';

export const trainList = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'list' },
  ack: 'none',
  run: async (_interaction, { services, actor, texts }) => shown(datasetListView(texts, { datasets: await services.datasets.listOf(actor.accountId), page: 0 })),
} satisfies Command;

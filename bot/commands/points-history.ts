import { ApplicationCommandOptionType } from 'discord.js';
import { shown, type Command } from '../interaction-kinds.js';
import { HISTORY_PAGE, historyView } from '../views/points.js';
import { welcome } from '../welcome.js';

export const pointsHistory = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'history', description: 'What happened to your points' },
  ack: 'private',
  async run(_interaction, context) {
    await welcome(context);
    return shown(historyView(context.texts, await context.services.points.historyOf(context.actor.accountId, { limit: HISTORY_PAGE + 1 })));
  },
} satisfies Command;

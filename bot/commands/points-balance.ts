import { ApplicationCommandOptionType } from 'discord.js';
import { shown, type Command } from '../interaction-kinds.js';
import { balanceView } from '../views/points.js';
import { welcome } from '../welcome.js';

export const pointsBalance = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'balance' },
  ack: 'private',
  async run(_interaction, context) {
    const { points, settings } = context.services;
    await welcome(context);
    return shown(balanceView(context.texts, await points.balanceOf(context.actor.accountId), settings.pointsHelp));
  },
} satisfies Command;

import { ApplicationCommandOptionType } from 'discord.js';
import { showHistory } from '../history.js';
import type { Command } from '../interaction-kinds.js';
import { welcome } from '../welcome.js';

export const pointsHistory = {
  data: { type: ApplicationCommandOptionType.Subcommand, name: 'history' },
  ack: 'private',
  async run(_interaction, context) {
    await welcome(context);
    return showHistory(context);
  },
} satisfies Command;

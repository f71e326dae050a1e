import { ApplicationCommandOptionType } from 'discord.js';
import { canDo } from '../../domain/access.js';
import { accountIdOf } from '../../domain/accounts.js';
import { points } from '../../domain/points.js';
import { refused, shown, type Command } from '../interaction-kinds.js';
import { grantedView } from '../views/points.js';
import { plain } from '../views/safe.js';

const MOST_POINTS_AT_ONCE = 1_000_000;

export const pointsGrant = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'grant',
    options: [
      { type: ApplicationCommandOptionType.User, name: 'user', required: true },
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'points',
        required: true,
        min_value: 1,
        max_value: MOST_POINTS_AT_ONCE,
      },
      { type: ApplicationCommandOptionType.String, name: 'reason', required: true, max_length: 100 },
    ],
  },
  ack: 'private',
  async run(interaction, { services, actor, texts }) {
    if (!canDo(actor, 'grantPoints', { owner: null })) return refused({ code: 'operators-only' });
    const user = interaction.options.getUser('user', true);
    const accountId = accountIdOf('discord', user.id);
    const amountPoints = points(interaction.options.getInteger('points', true));
    const reason = plain(interaction.options.getString('reason', true));
    if (reason === '') return refused({ code: 'reason-missing' });
    await services.points.grant({ accountId, key: `grant:${interaction.id}`, amountPoints, by: actor.accountId, reason });
    return shown(grantedView(texts, { accountId, amountPoints, reason, balance: await services.points.balanceOf(accountId) }));
  },
} satisfies Command;

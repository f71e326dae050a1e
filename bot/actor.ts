import type { BaseInteraction } from 'discord.js';
import type { Actor } from '../domain/access.js';
import { accountIdOf } from '../domain/accounts.js';
import type { BotSettings } from './services.js';

type OperatorSettings = Pick<BotSettings, 'operators' | 'homeGuildId' | 'operatorRoleId'>;

/** Who presses or types. A role makes an operator only in the home server; no Discord permission ever does. */
export function actorOf(interaction: Pick<BaseInteraction, 'user' | 'member' | 'guildId'>, settings: OperatorSettings): Actor {
  const accountId = accountIdOf('discord', interaction.user.id);
  return { accountId, isOperator: settings.operators.includes(accountId) || holdsOperatorRole(interaction, settings) };
}

function holdsOperatorRole({ member, guildId }: Pick<BaseInteraction, 'member' | 'guildId'>, { homeGuildId, operatorRoleId }: OperatorSettings): boolean {
  if (homeGuildId === undefined || operatorRoleId === undefined || guildId !== homeGuildId || member === null) return false;
  const { roles } = member;
  return Array.isArray(roles) ? roles.includes(operatorRoleId) : roles.cache.has(operatorRoleId);
}

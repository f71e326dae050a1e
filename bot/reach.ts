import { ApplicationIntegrationType, ChannelType, InteractionContextType, PermissionFlagsBits } from 'discord.js';
import type { AnswerableInteraction } from './reply.js';
import type { Context } from './interaction-kinds.js';
import type { CardPlace } from '../domain/runs.js';
import type { StoredInteraction } from '../models/interactions-schema.js';

const THREADS: readonly ChannelType[] = [ChannelType.PublicThread, ChannelType.PrivateThread, ChannelType.AnnouncementThread];

/**
 * Whether the bot itself may post in the channel of an interaction: it has to be installed there, not only by the user, and
 * may see the channel and send messages. Asked before a card is promised, since a missing right would show only at the end.
 */
function canPostHere(interaction: AnswerableInteraction): boolean {
  const { context, authorizingIntegrationOwners, appPermissions, channel } = interaction;
  if (context === InteractionContextType.BotDM) return true;
  if (context === InteractionContextType.PrivateChannel || interaction.channelId === null) return false;
  if (authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] === undefined) return false;
  const send = channel !== null && THREADS.includes(channel.type) ? PermissionFlagsBits.SendMessagesInThreads : PermissionFlagsBits.SendMessages;
  return appPermissions.has([PermissionFlagsBits.ViewChannel, send]);
}

/** Where a card wished here goes; null where the bot may not post. The bot's direct messages are as private here as anywhere. */
export function cardPlaceHere(interaction: AnswerableInteraction): CardPlace | null {
  if (interaction.context === InteractionContextType.BotDM) return { where: 'dm' };
  return canPostHere(interaction) && interaction.channelId !== null ? { where: 'here', channelId: interaction.channelId } : null;
}

/** What a workflow needs to answer this interaction from another process. */
export function storedInteractionOf(interaction: AnswerableInteraction, { services, actor }: Context, upload?: StoredInteraction['upload']): StoredInteraction {
  return {
    interactionId: interaction.id,
    platform: 'discord',
    applicationId: interaction.applicationId,
    token: interaction.token,
    accountId: actor.accountId,
    channelId: interaction.channelId ?? '',
    guildId: interaction.guildId,
    canPostHere: canPostHere(interaction),
    locale: interaction.locale,
    isOperator: actor.isOperator,
    createdAt: services.now(),
    ...(upload === undefined ? {} : { upload }),
  };
}

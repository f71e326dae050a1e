import { filesReferredTo } from '../messages/files.js';
import { messageObject } from '../messages/objects.js';
import { APPLICATION_ID } from '../people.js';
import { type Component, MessageFlag } from '../wire.js';
import type { Channel, Interaction, StoredMessage, User, World } from '../world.js';
import type { SeenAttachment, SeenInteraction, SeenMessage, SeenModal } from './seen.js';

export type { SeenInteraction, SeenMessage, SeenModal };

/** Whether a person sees a channel: their DM, and every channel of a guild. */
export const seesChannel = (channel: Channel | undefined, user: User): boolean => channel !== undefined && !channel.deleted && (channel.recipientId ?? user.id) === user.id;

export function seesMessage(world: World, message: StoredMessage | undefined, user: User): message is StoredMessage {
  if (message === undefined || message.deleted || !seesChannel(world.channels.get(message.channelId), user)) return false;
  return message.onlyFor === undefined || message.onlyFor === user.id;
}

export function seenMessage(world: World, message: StoredMessage, user: User): SeenMessage {
  const api = messageObject(world, message);
  const channel = world.channels.get(message.channelId);
  const authorId = message.authorId ?? APPLICATION_ID;
  return {
    id: message.id,
    channelId: message.channelId,
    channel: channel?.type === 1 ? 'DM' : `#${channel?.name ?? ''}`,
    author: world.users.get(authorId)?.displayName ?? '',
    authorId,
    ephemeral: message.onlyFor !== undefined,
    thinking: (message.flags & MessageFlag.Loading) !== 0,
    content: message.content,
    embeds: message.embeds,
    components: api.components as Component[],
    attachments: shownAttachments(message, api.attachments as SeenAttachment[]),
    pinged: message.pings.includes(user.id),
    ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
    ...(message.interactionId === undefined ? {} : { interactionId: message.interactionId, ...askedBy(world, message.interactionId) }),
    edits: message.edits,
    createdAt: message.createdAt,
    ...(message.editedAt === undefined ? {} : { editedAt: message.editedAt }),
  };
}

function askedBy(world: World, interactionId: string): Pick<SeenMessage, 'askedBy'> {
  const asked = world.interactions.get(interactionId);
  const user = world.users.get(asked?.userId ?? '');
  return asked === undefined || user === undefined ? {} : { askedBy: { name: user.displayName, userId: user.id, label: asked.label, kind: asked.kind } };
}

/** With Components V2 only the files a component refers to are on screen. */
function shownAttachments(message: StoredMessage, attachments: SeenAttachment[]): SeenAttachment[] {
  if ((message.flags & MessageFlag.ComponentsV2) === 0) return attachments;
  const shown = filesReferredTo(message.components);
  return attachments.filter((file) => shown.has(file.filename));
}

/** The messages a person can scroll through, oldest first. */
export function visibleMessages(world: World, user: User, channelId: string | undefined): SeenMessage[] {
  return [...world.messages.values()]
    .filter((message) => seesMessage(world, message, user) && (channelId === undefined || message.channelId === channelId))
    .map((message) => seenMessage(world, message, user));
}

export function seenInteraction(world: World, interaction: Interaction, user: User): SeenInteraction {
  const changesSource = interaction.originalId !== undefined && interaction.originalId === interaction.sourceMessageId;
  const source = world.messages.get(interaction.sourceMessageId ?? '');
  const isUpdated = changesSource && source?.editedAt !== undefined && source.editedAt >= interaction.createdAt;
  const ids = [...(changesSource ? [] : [interaction.originalId ?? '']), ...interaction.followUpIds];
  return {
    id: interaction.id,
    kind: interaction.kind,
    label: interaction.label,
    channelId: interaction.channelId,
    ...(interaction.sourceMessageId === undefined ? {} : { sourceMessageId: interaction.sourceMessageId }),
    createdAt: interaction.createdAt,
    ...(interaction.acknowledgedAt === undefined ? {} : { acknowledgedAt: interaction.acknowledgedAt }),
    ...(interaction.callbackType === undefined ? {} : { callbackType: interaction.callbackType }),
    ...(interaction.failure === undefined ? {} : { failure: interaction.failure }),
    ...(interaction.modal === undefined ? {} : { modal: { ...interaction.modal, interactionId: interaction.id } }),
    ...(interaction.choices === undefined ? {} : { choices: interaction.choices }),
    messages: ids.flatMap((id) => {
      const message = world.messages.get(id);
      return seesMessage(world, message, user) && (message.flags & MessageFlag.Loading) === 0 ? [seenMessage(world, message, user)] : [];
    }),
    ...(isUpdated && seesMessage(world, source, user) ? { updated: seenMessage(world, source, user) } : {}),
  };
}

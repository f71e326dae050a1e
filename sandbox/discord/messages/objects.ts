import { attachmentObject } from '../cdn.js';
import { APPLICATION_ID } from '../people.js';
import type { Component, Media } from '../wire.js';
import type { Channel, StoredMessage, User, World } from '../world.js';
import { resolvedMedia } from './files.js';

const REPLY = 19;

const iso = (ms: number): string => new Date(ms).toISOString();

export function userObject(user: User): Record<string, unknown> {
  return { id: user.id, username: user.username, global_name: user.displayName, discriminator: '0', avatar: null, public_flags: 0, ...(user.bot ? { bot: true } : {}) };
}

export function memberObject(user: User): Record<string, unknown> {
  return { user: userObject(user), nick: null, avatar: null, roles: user.roles, joined_at: '2024-01-01T00:00:00.000000+00:00', premium_since: null, deaf: false, mute: false, flags: 0, pending: false };
}

export function channelObject(world: World, channel: Channel): Record<string, unknown> {
  const base = { id: channel.id, type: channel.type, last_message_id: channel.lastMessageId ?? null, flags: 0 };
  if (channel.recipientId !== undefined) {
    const recipient = world.users.get(channel.recipientId);
    return { ...base, recipients: recipient === undefined ? [] : [userObject(recipient)] };
  }
  const thread =
    channel.type === 11
      ? { owner_id: APPLICATION_ID, thread_metadata: { archived: channel.archived, locked: channel.archived, auto_archive_duration: 1440, archive_timestamp: iso(world.clock.now()) }, message_count: 0, member_count: 1 }
      : { position: 0, permission_overwrites: [], topic: null, nsfw: false, rate_limit_per_user: 0 };
  return { ...base, guild_id: channel.guildId, name: channel.name, parent_id: channel.parentId ?? null, ...thread };
}

/** The message as Discord's API shows it, with freshly signed addresses. */
export function messageObject(world: World, message: StoredMessage): Record<string, unknown> {
  if (message.replyTo === undefined) return plainMessage(world, message);
  const target = world.messages.get(message.replyTo);
  const guildId = world.channels.get(message.channelId)?.guildId;
  return {
    ...plainMessage(world, message),
    type: REPLY,
    message_reference: { type: 0, message_id: message.replyTo, channel_id: message.channelId, ...(guildId === undefined ? {} : { guild_id: guildId }) },
    referenced_message: target === undefined || target.deleted ? null : plainMessage(world, target),
  };
}

function plainMessage(world: World, message: StoredMessage): Record<string, unknown> {
  const author = world.users.get(message.authorId ?? APPLICATION_ID);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: 0,
    author: author === undefined ? {} : userObject(author),
    content: message.content,
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : iso(message.editedAt),
    tts: false,
    mention_everyone: false,
    mentions: message.mentions.flatMap((id) => {
      const user = world.users.get(id);
      return user === undefined ? [] : [userObject(user)];
    }),
    mention_roles: [],
    attachments: message.files.map((file) => attachmentObject(world, file)),
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: message.components.map((component) => componentObject(world, component, message)),
    pinned: false,
    flags: message.flags,
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...interactionFields(world, message),
  };
}

function interactionFields(world: World, message: StoredMessage): Record<string, unknown> {
  const interaction = message.interactionId === undefined ? undefined : world.interactions.get(message.interactionId);
  const actor = interaction === undefined ? undefined : world.users.get(interaction.userId);
  if (interaction === undefined || actor === undefined) return {};
  const { type, authorizing_integration_owners } = interaction.payload;
  return { application_id: APPLICATION_ID, webhook_id: APPLICATION_ID, interaction_metadata: { id: interaction.id, type, user: userObject(actor), authorizing_integration_owners } };
}

function componentObject(world: World, component: Component, message: StoredMessage): Component {
  const resolve = (media: Media): Media => ({ ...media, ...resolvedMedia(world, media.url, message.files) });
  return {
    ...component,
    ...(component.components === undefined ? {} : { components: component.components.map((child) => componentObject(world, child, message)) }),
    ...(component.accessory === undefined ? {} : { accessory: componentObject(world, component.accessory, message) }),
    ...(component.items === undefined ? {} : { items: component.items.map((item) => ({ ...item, media: resolve(item.media) })) }),
    ...(component.media === undefined ? {} : { media: resolve(component.media) }),
    ...(component.file === undefined ? {} : fileComponent(world, component.file, message)),
  };
}

function fileComponent(world: World, media: Media, message: StoredMessage): Partial<Component> {
  const resolved = resolvedMedia(world, media.url, message.files);
  const file = message.files.find((one) => one.id === resolved.attachment_id);
  return { file: { ...media, ...resolved }, ...(file === undefined ? {} : { name: file.filename, size: file.bytes.length }) };
}

import { z } from 'zod';
import type { Gateway } from '../gateway/gateway.js';
import { deleteMessage } from '../messages/store.js';
import { channelObject } from '../messages/objects.js';
import { ALL_PERMISSIONS, PERMISSION, type PermissionName, permissionsOf } from '../permissions.js';
import { type Channel, directChannel, type World } from '../world.js';
import { findUser } from '../user/find.js';
import { UserRefusal } from '../user/refusal.js';

const GUILDS_INTENT = 1;
const THREAD = 11;

const permissionNames = z.enum(Object.keys(PERMISSION) as [PermissionName, ...PermissionName[]]);
const channelId = z.string();

/** What happens to the bot from outside: people, moderators and Discord itself change things. */
export const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dms'), user: z.string(), open: z.boolean() }),
  z.strictObject({ kind: z.literal('mutual-guild'), user: z.string(), shared: z.boolean() }),
  z.strictObject({ kind: z.literal('delete-channel'), channelId }),
  z.strictObject({ kind: z.literal('delete-message'), messageId: z.string() }),
  z.strictObject({ kind: z.literal('deny'), channelId, permissions: z.array(permissionNames) }),
  z.strictObject({ kind: z.literal('create-channel'), name: z.string(), parentId: z.string().optional() }),
  z.strictObject({ kind: z.literal('archive-thread'), channelId, archived: z.boolean() }),
  z.strictObject({ kind: z.literal('upload-limit'), bytes: z.number().int().positive() }),
  z.strictObject({ kind: z.literal('gateway-close'), code: z.number().int() }),
  z.strictObject({ kind: z.literal('gateway-reconnect') }),
  z.strictObject({ kind: z.literal('gateway-invalidate') }),
  z.strictObject({ kind: z.literal('redeliver'), interactionId: z.string() }),
]);

export type WorldChange = z.infer<typeof changeSchema>;

/** Carries a change out; returns the id of what it made or touched. */
export function changeWorld(world: World, gateway: Gateway, change: WorldChange): string {
  const id = carryOut(world, gateway, change);
  world.journal.changed('world', id);
  return id;
}

function carryOut(world: World, gateway: Gateway, change: WorldChange): string {
  switch (change.kind) {
    case 'dms':
      findUser(world, change.user).dmsOpen = change.open;
      return change.user;
    case 'mutual-guild': {
      const user = findUser(world, change.user);
      user.sharesGuild = change.shared;
      return directChannel(world, user.id).id;
    }
    case 'delete-channel': {
      const channel = channelOf(world, change.channelId);
      channel.deleted = true;
      gateway.dispatch(channel.type === THREAD ? 'THREAD_DELETE' : 'CHANNEL_DELETE', channelObject(world, channel), GUILDS_INTENT);
      return channel.id;
    }
    case 'delete-message': {
      const message = world.messages.get(change.messageId);
      if (message === undefined) throw new UserRefusal(`There is no message ${change.messageId}.`);
      deleteMessage(world, message);
      return message.id;
    }
    case 'deny': {
      const channel = channelOf(world, change.channelId);
      channel.botPermissions = ALL_PERMISSIONS & ~permissionsOf(change.permissions);
      return channel.id;
    }
    case 'create-channel':
      return createChannel(world, gateway, change.name, change.parentId);
    case 'archive-thread': {
      const channel = channelOf(world, change.channelId);
      channel.archived = change.archived;
      return channel.id;
    }
    case 'upload-limit':
      world.uploadLimitBytes = change.bytes;
      return 'upload-limit';
    case 'gateway-close':
      gateway.closeAll(change.code);
      return 'gateway';
    case 'gateway-reconnect':
      gateway.requestReconnect();
      return 'gateway';
    case 'gateway-invalidate':
      gateway.invalidateSessions();
      return 'gateway';
    case 'redeliver':
      return redeliver(world, gateway, change.interactionId);
  }
}

/** The very same event once more, as happens around reconnects and while two processes of a bot are connected. */
function redeliver(world: World, gateway: Gateway, id: string): string {
  const interaction = world.interactions.get(id);
  if (interaction === undefined) throw new UserRefusal(`There is no interaction ${id}.`);
  gateway.dispatch('INTERACTION_CREATE', interaction.payload);
  return id;
}

function createChannel(world: World, gateway: Gateway, name: string, parentId: string | undefined): string {
  const parent = parentId === undefined ? undefined : channelOf(world, parentId);
  const guildId = parent?.guildId ?? [...world.channels.values()][0]?.guildId;
  const channel: Channel = {
    id: world.nextId(),
    type: parent === undefined ? 0 : THREAD,
    name,
    ...(guildId === undefined ? {} : { guildId }),
    ...(parentId === undefined ? {} : { parentId }),
    archived: false,
    deleted: false,
    botPermissions: ALL_PERMISSIONS,
  };
  world.channels.set(channel.id, channel);
  gateway.dispatch(parent === undefined ? 'CHANNEL_CREATE' : 'THREAD_CREATE', channelObject(world, channel), GUILDS_INTENT);
  return channel.id;
}

function channelOf(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (channel === undefined || channel.deleted) throw new UserRefusal(`There is no channel ${id}.`);
  return channel;
}

import { memberPermissions } from '../interactions/payload.js';
import { memberObject, messageObject, userObject } from '../messages/objects.js';
import type { Channel, StoredMessage, User, World } from '../world.js';
import { findCommand } from './command-input.js';
import { channelById, findUser, visibleMessage } from './find.js';
import { UserRefusal } from './refusal.js';

const USER_COMMAND = 2;
const MESSAGE_COMMAND = 3;

export interface ContextInput {
  channel: Channel;
  data: Record<string, unknown>;
  label: string;
}

/** A command of a message's menu. The bot gets the whole message with its attachments, whatever its intents. */
export function messageCommandData(world: World, user: User, messageId: string, name: string): ContextInput {
  const message = visibleMessage(world, user, messageId);
  if (message.onlyFor !== undefined) throw new UserRefusal('A message that only you can see has no commands in its menu.');
  const channel = channelById(world, message.channelId);
  const command = findCommand(world, { user, channel }, name, MESSAGE_COMMAND);
  const guild = command.guild_id === undefined ? {} : { guild_id: command.guild_id };
  const resolved = { messages: { [message.id]: targetObject(world, message) } };
  return { channel, data: { id: command.id, name: command.name, type: command.type, ...guild, target_id: message.id, resolved }, label: `${command.name} on a message` };
}

/** A command of a person's menu. */
export function userCommandData(world: World, user: User, channel: Channel, target: string, name: string): ContextInput {
  const person = findUser(world, target);
  const command = findCommand(world, { user, channel }, name, USER_COMMAND);
  const guild = command.guild_id === undefined ? {} : { guild_id: command.guild_id };
  const member = { ...memberObject(person), user: undefined, permissions: memberPermissions(person).toString() };
  const members = channel.guildId === undefined ? {} : { members: { [person.id]: member } };
  const resolved = { users: { [person.id]: userObject(person) }, ...members };
  return { channel, data: { id: command.id, name: command.name, type: command.type, ...guild, target_id: person.id, resolved }, label: `${command.name} on ${person.displayName}` };
}

/** As inside an interaction: the message without the one it replies to. */
function targetObject(world: World, message: StoredMessage): Record<string, unknown> {
  return Object.fromEntries(Object.entries(messageObject(world, message)).filter(([key]) => key !== 'referenced_message'));
}

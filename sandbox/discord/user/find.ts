import { type PersonName, USERS } from '../people.js';
import { type Channel, directChannel, type StoredMessage, type User, type World } from '../world.js';
import { UserRefusal } from './refusal.js';
import { seesMessage } from './view.js';

export function findUser(world: World, name: string): User {
  const id = name in USERS ? USERS[name as PersonName].id : name;
  const user = world.users.get(id);
  if (user === undefined || user.bot) throw new UserRefusal(`There is nobody called "${name}". There are: ${Object.keys(USERS).join(', ')}.`);
  return user;
}

/** A channel by id or name; `dm` is the person's direct messages with the bot. */
export function findChannel(world: World, user: User, nameOrId: string): Channel {
  if (nameOrId === 'dm') return directChannel(world, user.id);
  const name = nameOrId.replace(/^#/, '');
  const channel = world.channels.get(name) ?? [...world.channels.values()].find((one) => one.type !== 1 && one.name === name && !one.deleted);
  if (channel === undefined || channel.deleted) throw new UserRefusal(`There is no channel "${nameOrId}".`);
  if (channel.recipientId !== undefined && channel.recipientId !== user.id) throw new UserRefusal(`These are not the direct messages of ${user.displayName}.`);
  return channel;
}

export function channelById(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (channel === undefined || channel.deleted) throw new UserRefusal('The channel is gone.');
  return channel;
}

export function visibleMessage(world: World, user: User, messageId: string): StoredMessage {
  const message = world.messages.get(messageId);
  if (!seesMessage(world, message, user)) throw new UserRefusal(`${user.displayName} does not see message ${messageId}.`);
  return message;
}

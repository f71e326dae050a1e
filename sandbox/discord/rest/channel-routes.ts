import { MessageCreateRequestSchema, MessageEditRequestPartialSchema } from 'discord-api-spec/zod';
import { refuse } from '../errors.js';
import { channelObject, messageObject } from '../messages/objects.js';
import { createMessage, deleteMessage, editMessage } from '../messages/store.js';
import { APPLICATION_ID } from '../people.js';
import { requirePosting, requireView } from '../permissions.js';
import { type MessageBody, MessageFlag } from '../wire.js';
import type { Channel, StoredMessage, World } from '../world.js';
import { readMessageBody } from './message-body.js';
import { noContent, ok, type RestContext, type Route } from './route.js';

const POST_BUCKET = { limit: 5, windowMs: 5_000 } as const;
const DELETE_BUCKET = { limit: 5, windowMs: 1_000 } as const;
const READ_BUCKET = { limit: 50, windowMs: 1_000 } as const;
/** Discord says "the past few minutes"; the stand-in takes the least that can mean. */
const NONCE_WINDOW_MS = 2 * 60_000;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;

function post(context: RestContext) {
  const { world, body } = context;
  const channel = channelOf(context);
  const message = readMessageBody(context, MessageCreateRequestSchema);
  requirePosting(channel, { hasFiles: body.files.length > 0, isReply: (message.message_reference ?? undefined) !== undefined });
  requireDeliverable(world, channel);
  if (((message.flags ?? 0) & MessageFlag.Ephemeral) !== 0) {
    world.journal.violated({ rule: 'ephemeral-channel-message', message: 'EPHEMERAL means nothing here: everybody in the channel reads this message.' });
  }
  const earlier = sameNonce(world, message);
  if (earlier !== undefined) return ok(messageObject(world, earlier));
  return ok(messageObject(world, createMessage(world, { channel, body: message, files: body.files })));
}

function sameNonce(world: World, body: MessageBody): StoredMessage | undefined {
  if (body.enforce_nonce !== true || body.nonce === undefined || body.nonce === null) return undefined;
  const nonce = String(body.nonce);
  return [...world.messages.values()].find((one) => one.nonce === nonce && world.clock.now() - one.createdAt < NONCE_WINDOW_MS);
}

function edit(context: RestContext) {
  const { world, limits, body } = context;
  const channel = channelOf(context);
  requireView(channel);
  const message = messageOf(context);
  if (message.authorId !== undefined) throw refuse.notYourMessage();
  if (channel.archived) throw refuse.archivedThread();
  limits.takeOldEdit(message);
  editMessage(world, message, readMessageBody(context, MessageEditRequestPartialSchema), body.files);
  return ok(messageObject(world, message));
}

function read(context: RestContext) {
  requireView(channelOf(context));
  return ok(readableObject(context.world, messageOf(context)));
}

function list(context: RestContext) {
  const channel = channelOf(context);
  requireView(channel);
  const limit = Math.min(Number(context.query.limit ?? DEFAULT_PAGE), MAX_PAGE);
  const messages = [...context.world.messages.values()].filter((one) => one.channelId === channel.id && !one.deleted && one.onlyFor === undefined);
  const { after } = context.query;
  // The ones that came next, or the latest; newest first either way.
  const page = after === undefined ? messages.slice(-limit) : messages.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit);
  return ok(
    page
      .reverse()
      .map((message) => readableObject(context.world, message)),
  );
}

/** Without the MESSAGE CONTENT intent a bot reads what people wrote only in its direct messages and where it is named. */
function readableObject(world: World, message: StoredMessage): Record<string, unknown> {
  const whole = messageObject(world, message);
  const isReadable = message.authorId === undefined || message.mentions.includes(APPLICATION_ID) || world.channels.get(message.channelId)?.type === 1;
  return isReadable ? whole : { ...whole, content: '', embeds: [], attachments: [], components: [] };
}

function remove(context: RestContext) {
  requireView(channelOf(context));
  const message = messageOf(context);
  // Only MANAGE_MESSAGES would allow it, which the stand-in gives to nobody.
  if (message.authorId !== undefined) throw refuse.missingPermissions();
  deleteMessage(context.world, message);
  return noContent;
}

function channelOf({ world, params }: RestContext): Channel {
  const channel = world.channels.get(params.channel ?? '');
  if (channel === undefined || channel.deleted) throw refuse.unknownChannel();
  return channel;
}

/** Ephemeral messages do not exist for the channel's routes. */
function messageOf({ world, params }: RestContext): StoredMessage {
  const message = world.messages.get(params.message ?? '');
  if (message === undefined || message.deleted || message.onlyFor !== undefined || message.channelId !== params.channel) throw refuse.unknownMessage();
  return message;
}

function requireDeliverable(world: World, channel: Channel): void {
  if (channel.archived) throw refuse.archivedThread();
  const person = channel.recipientId === undefined ? undefined : world.users.get(channel.recipientId);
  if (person === undefined) return;
  if (!person.sharesGuild) throw refuse.noMutualGuild();
  if (!person.dmsOpen) throw refuse.cannotDm();
}

export const channelRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/channels/:channel',
    auth: 'bot',
    bucket: READ_BUCKET,
    major: 'channel',
    handle: (context) => {
      const channel = channelOf(context);
      requireView(channel);
      return ok(channelObject(context.world, channel));
    },
  },
  { method: 'POST', pattern: '/channels/:channel/messages', auth: 'bot', bucket: POST_BUCKET, major: 'channel', handle: post },
  { method: 'GET', pattern: '/channels/:channel/messages', auth: 'bot', bucket: READ_BUCKET, major: 'channel', handle: list },
  { method: 'GET', pattern: '/channels/:channel/messages/:message', auth: 'bot', bucket: READ_BUCKET, major: 'channel', handle: read },
  { method: 'PATCH', pattern: '/channels/:channel/messages/:message', auth: 'bot', bucket: POST_BUCKET, major: 'channel', handle: edit },
  { method: 'DELETE', pattern: '/channels/:channel/messages/:message', auth: 'bot', bucket: DELETE_BUCKET, major: 'channel', handle: remove },
  {
    method: 'POST',
    pattern: '/channels/:channel/typing',
    auth: 'bot',
    bucket: POST_BUCKET,
    major: 'channel',
    handle: (context) => {
      requirePosting(channelOf(context), { hasFiles: false, isReply: false });
      return noContent;
    },
  },
];

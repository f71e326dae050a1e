import type { IncomingFile } from '../cdn.js';
import { invalidForm, refuse } from '../errors.js';
import { checkMessage } from '../validation/message-rules.js';
import type { Path } from '../validation/walk.js';
import { type MessageBody, MessageFlag } from '../wire.js';
import type { Channel, StoredMessage, World } from '../world.js';
import { numbered } from './component-ids.js';
import { carryOutPlan, planFiles, reportUnseen } from './files.js';
import { mentionsIn, pingsOf } from './mentions.js';

/** Flags a bot may set: SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, IS_COMPONENTS_V2. */
const SETTABLE_FLAGS = (1 << 2) | (1 << 12) | MessageFlag.ComponentsV2;

export interface NewMessage {
  channel: Channel;
  body: MessageBody;
  files: readonly IncomingFile[];
  root?: Path;
  interactionId?: string;
  /** The only person who sees it. */
  onlyFor?: string;
}

/** Checks and stores a message. Throws Discord's refusal. */
export function createMessage(world: World, { channel, body, files, root = [], interactionId, onlyFor }: NewMessage): StoredMessage {
  const plan = planFiles(world, body, files, [], root);
  const isReplyBroken = isReplyToNothing(world, channel, body);
  const issues = [...plan.issues, ...checkMessage(body, { root, fileNames: plan.fileNames }), ...(isReplyBroken ? [UNKNOWN_REPLY] : [])];
  if (issues.length > 0) throw invalidForm(issues);
  if (isEmpty(body, plan.fileNames.length)) throw refuse.emptyMessage();

  const id = world.nextId();
  const mentions = mentionsIn(world, body.content ?? '', body.components ?? []);
  const message: StoredMessage = {
    id,
    channelId: channel.id,
    createdAt: world.clock.now(),
    edits: 0,
    flags: ((body.flags ?? 0) & SETTABLE_FLAGS) | (onlyFor === undefined ? 0 : MessageFlag.Ephemeral),
    content: body.content ?? '',
    embeds: body.embeds ?? [],
    components: numbered(body.components ?? []),
    files: carryOutPlan(world, channel.id, plan, onlyFor !== undefined),
    mentions,
    pings: onlyFor === undefined ? pingsOf(channel, body, mentions) : [],
    ...(body.nonce === undefined || body.nonce === null ? {} : { nonce: String(body.nonce) }),
    ...(body.message_reference === undefined || body.message_reference === null ? {} : { replyTo: body.message_reference.message_id }),
    ...(interactionId === undefined ? {} : { interactionId }),
    ...(onlyFor === undefined ? {} : { onlyFor }),
    deleted: false,
  };
  reportUnseen(world, message);
  channel.lastMessageId = id;
  world.messages.set(id, message);
  world.journal.changed('message', id);
  return message;
}

/** The "thinking…" message of a deferred answer. */
export function createThinking(world: World, channel: Channel, interactionId: string, onlyFor: string | undefined): StoredMessage {
  const message: StoredMessage = {
    id: world.nextId(),
    channelId: channel.id,
    createdAt: world.clock.now(),
    edits: 0,
    flags: MessageFlag.Loading | (onlyFor === undefined ? 0 : MessageFlag.Ephemeral),
    content: '',
    embeds: [],
    components: [],
    files: [],
    mentions: [],
    pings: [],
    interactionId,
    ...(onlyFor === undefined ? {} : { onlyFor }),
    deleted: false,
  };
  world.messages.set(message.id, message);
  world.journal.changed('message', message.id);
  return message;
}

/** Checks and applies an edit; absent fields stay as they are. Throws Discord's refusal. */
export function editMessage(world: World, message: StoredMessage, body: MessageBody, files: readonly IncomingFile[], root: Path = []): void {
  const plan = planFiles(world, body, files, message.files, root);
  // Components that stay must still find their files, so they are checked again with the body.
  const effective = body.components === undefined ? { ...body, components: message.components } : body;
  const issues = [...plan.issues, ...checkMessage(effective, { root, before: message, fileNames: plan.fileNames })];
  if (issues.length > 0) throw invalidForm(issues);

  const after = {
    content: body.content === undefined ? message.content : (body.content ?? ''),
    embeds: body.embeds === undefined ? message.embeds : (body.embeds ?? []),
    components: body.components === undefined ? message.components : numbered(body.components ?? []),
  };
  if (isEmpty(after, plan.fileNames.length)) throw refuse.emptyMessage();

  Object.assign(message, after);
  message.files = carryOutPlan(world, message.channelId, plan, message.onlyFor !== undefined);
  message.flags = (message.flags | ((body.flags ?? 0) & SETTABLE_FLAGS)) & ~MessageFlag.Loading;
  reportUnseen(world, message);
  // An edit changes who is named, and never notifies.
  message.mentions = mentionsIn(world, after.content, after.components);
  message.editedAt = world.clock.now();
  message.edits += 1;
  world.journal.changed('message', message.id);
}

export function deleteMessage(world: World, message: StoredMessage): void {
  message.deleted = true;
  world.journal.changed('message', message.id);
}

const UNKNOWN_REPLY = { path: ['message_reference'], code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message', rule: 'reply' } as const;

function isReplyToNothing(world: World, channel: Channel, body: MessageBody): boolean {
  const reference = body.message_reference;
  if (reference === undefined || reference === null || reference.fail_if_not_exists === false) return false;
  const target = world.messages.get(reference.message_id);
  return target === undefined || target.deleted || target.onlyFor !== undefined || target.channelId !== channel.id;
}

function isEmpty(body: MessageBody, fileCount: number): boolean {
  const hasPoll = body.poll !== undefined && body.poll !== null;
  return (body.content ?? '').trim() === '' && (body.embeds ?? []).length + (body.components ?? []).length + (body.sticker_ids ?? []).length + fileCount === 0 && !hasPoll;
}

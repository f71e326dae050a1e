import { createHash } from 'node:crypto';
import { ComponentType, makeURLSearchParams, MessageFlags, Routes, SnowflakeUtil, type REST } from 'discord.js';
import { z } from 'zod';
import type { View } from '../../bot/views/layout.js';
import type { Blobs } from '../../models/blobs.js';
import { readPictures } from '../../models/pictures.js';
import { isPlaceGone } from './discord-errors.js';

export interface Posted {
  readonly channelId: string;
  readonly messageId: string;
}

/** `earlier`: the message was there already and shows what it was posted with then. */
export interface PostedMessage extends Posted {
  readonly shows: 'this' | 'earlier';
}

export interface NewMessage {
  readonly view: View;
  /** Names the message: the same name posted twice within minutes is one message. */
  readonly name: string;
  /** Whom it pings; nobody without it. */
  readonly pings?: string;
  readonly repliesTo?: string;
  /** It rings nowhere, not even in direct messages. */
  readonly silent?: boolean;
  /**
   * It may have been posted since then without a record of it, longer ago than Discord remembers names: looked for first, and found
   * among the hundred messages that followed.
   */
  readonly lookSince?: Date;
}

const idSchema = z.object({ id: z.string() });
const markSchema = z.object({ id: z.number().optional() });
const messageSchema = z.object({ id: z.string(), components: z.array(markSchema.extend({ components: z.array(markSchema).default([]) })).default([]) });
type Marked = z.infer<typeof messageSchema>;

const LOOKED_THROUGH = 100;
/** Clocks differ by less. */
const EARLIER_MS = 10_000;

/** What Discord is asked to do with messages. One writer of cards, raw bodies, no caches. */
export interface Messages {
  /** Posts with the bot's own token, which never expires. */
  post(channelId: string, message: NewMessage): Promise<PostedMessage>;
  postToUser(userId: string, message: NewMessage): Promise<PostedMessage>;
  edit(posted: Posted, view: View, signal: AbortSignal): Promise<void>;
  remove(posted: Posted): Promise<void>;
  /** Replaces what the interaction shows, with its own token: works for 15 minutes. */
  answer(interaction: { readonly applicationId: string; readonly token: string }, view: View): Promise<void>;
}

export function createMessages(rest: REST, blobs: Pick<Blobs, 'read'>): Messages {
  async function post(channelId: string, { view, name, pings, repliesTo, silent = false, lookSince }: NewMessage): Promise<PostedMessage> {
    const earlier = lookSince === undefined ? null : await findEarlier(channelId, name, lookSince);
    if (earlier !== null) return postedAs(channelId, earlier, view);
    const reply = repliesTo === undefined ? {} : { message_reference: { message_id: repliesTo, fail_if_not_exists: false } };
    const created = await rest.post(Routes.channelMessages(channelId), {
      files: await readPictures(blobs, view.files ?? []),
      body: {
        ...bodyOf(marked(view, name)),
        ...(silent ? { flags: MessageFlags.IsComponentsV2 | MessageFlags.SuppressNotifications } : {}),
        ...reply,
        allowed_mentions: { parse: [], replied_user: false, ...(pings === undefined ? {} : { users: [pings] }) },
        nonce: nonceOf(name),
        enforce_nonce: true,
      },
    });
    return postedAs(channelId, messageSchema.parse(created), view);
  }

  /** Null also where the bot may not read what was said before. */
  async function findEarlier(channelId: string, name: string, since: Date): Promise<Marked | null> {
    const after = SnowflakeUtil.generate({ timestamp: since.getTime() - EARLIER_MS }).toString();
    try {
      const messages = z.array(messageSchema).parse(await rest.get(Routes.channelMessages(channelId), { query: makeURLSearchParams({ limit: LOOKED_THROUGH, after }) }));
      return messages.find(({ components: [first] }) => first?.id === markOf(name)) ?? null;
    } catch (error) {
      if (isPlaceGone(error)) return null;
      throw error;
    }
  }

  return {
    post,
    async postToUser(userId, message) {
      const channel = await rest.post(Routes.userChannels(), { body: { recipient_id: userId } });
      return post(idSchema.parse(channel).id, message);
    },
    async edit({ channelId, messageId }, view, signal) {
      const body = { ...bodyOf(view), allowed_mentions: { parse: [] } };
      const files = await readPictures(blobs, view.files ?? []);
      await withOwnSignal(signal, (own) => rest.patch(Routes.channelMessage(channelId, messageId), { body, files, signal: own }));
    },
    async remove({ channelId, messageId }) {
      await rest.delete(Routes.channelMessage(channelId, messageId));
    },
    async answer({ applicationId, token }, view) {
      await rest.patch(Routes.webhookMessage(applicationId, token), { body: { ...bodyOf(view), allowed_mentions: { parse: [] } }, files: await readPictures(blobs, view.files ?? []), auth: false });
    },
  };
}

/** The REST client never takes its listener back from a signal: one that lives as long as the keeper of the cards would collect one an edit. */
async function withOwnSignal<Result>(outer: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const own = new AbortController();
  const forward = (): void => {
    own.abort(outer.reason);
  };
  outer.addEventListener('abort', forward);
  if (outer.aborted) forward();
  try {
    return await work(own.signal);
  } finally {
    outer.removeEventListener('abort', forward);
  }
}

interface MessageBody {
  readonly flags: number;
  readonly components: View['components'];
  readonly attachments: readonly { readonly id: number; readonly filename: string }[];
}

/** Naming exactly the files that come along takes the pictures of an earlier body away. */
function bodyOf({ components, files = [] }: View): MessageBody {
  return { flags: MessageFlags.IsComponentsV2, components, attachments: files.map(({ name }, id) => ({ id, filename: name })) };
}

/**
 * The frame carries a number made from the message's name, and its first part one made from all that is shown: Discord gives both
 * back with the message, so that it is known again, and whether it shows this or something earlier.
 */
function marked(view: View, name: string): View {
  const [first, ...rest] = view.components;
  if (first?.type !== ComponentType.Container) return view;
  const [part, ...parts] = first.components;
  const components = part === undefined ? [] : [{ ...part, id: markOf(bodyMarkOf(view)) }, ...parts];
  return { ...view, components: [{ ...first, id: markOf(name), components }, ...rest] };
}

function postedAs(channelId: string, { id, components: [first] }: Marked, view: View): PostedMessage {
  return { channelId, messageId: id, shows: first?.components[0]?.id === markOf(bodyMarkOf(view)) ? 'this' : 'earlier' };
}

const bodyMarkOf = ({ components }: View): string => JSON.stringify(components);

/** Component ids are positive 32-bit numbers; Discord itself counts from 1. */
function markOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % 0x7fff_0000 + 0xffff;
}

/** Discord takes 25 characters. */
function nonceOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 25);
}

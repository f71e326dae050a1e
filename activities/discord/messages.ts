import { createHash } from 'node:crypto';
import { makeURLSearchParams, MessageFlags, Routes, SnowflakeUtil, type REST } from 'discord.js';
import { z } from 'zod';
import type { View } from '../../bot/views/layout.js';
import type { Blobs } from '../../models/blobs.js';
import { readPictures } from '../../models/pictures.js';
import { isPlaceGone } from './discord-errors.js';

export interface Posted {
  readonly channelId: string;
  readonly messageId: string;
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
const listSchema = z.array(z.object({ id: z.string(), components: z.array(z.object({ id: z.number().optional() })).default([]) }));

const LOOKED_THROUGH = 100;
/** Clocks differ by less. */
const EARLIER_MS = 10_000;

/** What Discord is asked to do with messages. One writer of cards, raw bodies, no caches. */
export interface Messages {
  /** Posts with the bot's own token, which never expires. */
  post(channelId: string, message: NewMessage): Promise<Posted>;
  postToUser(userId: string, message: NewMessage): Promise<Posted>;
  edit(posted: Posted, view: View, signal: AbortSignal): Promise<void>;
  remove(posted: Posted): Promise<void>;
  /** Replaces what the interaction shows, with its own token: works for 15 minutes. */
  answer(interaction: { readonly applicationId: string; readonly token: string }, view: View): Promise<void>;
}

export function createMessages(rest: REST, blobs: Pick<Blobs, 'read'>): Messages {
  async function post(channelId: string, { view, name, pings, repliesTo, silent = false, lookSince }: NewMessage): Promise<Posted> {
    const earlier = lookSince === undefined ? null : await findEarlier(channelId, name, lookSince);
    if (earlier !== null) return { channelId, messageId: earlier };
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
    return { channelId, messageId: idSchema.parse(created).id };
  }

  /** Null also where the bot may not read what was said before. */
  async function findEarlier(channelId: string, name: string, since: Date): Promise<string | null> {
    const after = SnowflakeUtil.generate({ timestamp: since.getTime() - EARLIER_MS }).toString();
    try {
      const messages = listSchema.parse(await rest.get(Routes.channelMessages(channelId), { query: makeURLSearchParams({ limit: LOOKED_THROUGH, after }) }));
      return messages.find(({ components: [first] }) => first?.id === markOf(name))?.id ?? null;
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

/** The first component carries a number made from the message's name, which Discord gives back with the message. */
function marked(view: View, name: string): View {
  const [first, ...rest] = view.components;
  return first === undefined ? view : { ...view, components: [{ ...first, id: markOf(name) }, ...rest] };
}

/** Component ids are positive 32-bit numbers; Discord itself counts from 1. */
function markOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % 0x7fff_0000 + 0xffff;
}

/** Discord takes 25 characters. */
function nonceOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 25);
}

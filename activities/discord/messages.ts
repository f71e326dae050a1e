import { createHash } from 'node:crypto';
import { MessageFlags, Routes, type REST } from 'discord.js';
import { z } from 'zod';
import type { View } from '../../bot/views/layout.js';
import type { Blobs } from '../../models/blobs.js';
import { readPictures } from '../../models/pictures.js';

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
}

const idSchema = z.object({ id: z.string() });

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
  async function post(channelId: string, { view, name, pings, repliesTo, silent = false }: NewMessage): Promise<Posted> {
    const reply = repliesTo === undefined ? {} : { message_reference: { message_id: repliesTo, fail_if_not_exists: false } };
    const created = await rest.post(Routes.channelMessages(channelId), {
      files: await readPictures(blobs, view.files ?? []),
      body: {
        ...bodyOf(view),
        ...(silent ? { flags: MessageFlags.IsComponentsV2 | MessageFlags.SuppressNotifications } : {}),
        ...reply,
        allowed_mentions: { parse: [], replied_user: false, ...(pings === undefined ? {} : { users: [pings] }) },
        nonce: nonceOf(name),
        enforce_nonce: true,
      },
    });
    return { channelId, messageId: idSchema.parse(created).id };
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

/** Discord takes 25 characters. */
function nonceOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 25);
}

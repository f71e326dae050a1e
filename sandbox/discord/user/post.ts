import { z } from 'zod';
import { type IncomingFile, storeFile } from '../cdn.js';
import { mentionsIn } from '../messages/mentions.js';
import type { StoredMessage, World } from '../world.js';
import { findChannel, findUser } from './find.js';
import { UserRefusal } from './refusal.js';

const MAX_CONTENT = 2_000;
const MAX_FILES = 10;

/** A message of a person's own: text, pictures or both. */
export const postSchema = z.strictObject({ user: z.string(), channel: z.string().default('training'), content: z.string().default('') });

export type Post = z.infer<typeof postSchema>;

/** Puts a person's message into a channel. Throws {@link UserRefusal} for what the client would not send. */
export function postMessage(world: World, post: Post, files: readonly IncomingFile[]): StoredMessage {
  const user = findUser(world, post.user);
  const channel = findChannel(world, user, post.channel);
  const content = post.content.trim();
  if (channel.archived) throw new UserRefusal('The thread is archived.');
  if (content === '' && files.length === 0) throw new UserRefusal('The message is empty.');
  if (content.length > MAX_CONTENT) throw new UserRefusal(`A message takes ${MAX_CONTENT} characters; this one has ${content.length}.`);
  if (files.length > MAX_FILES) throw new UserRefusal(`A message takes ${MAX_FILES} files; ${files.length} given.`);
  const tooLarge = files.find((file) => file.bytes.length > world.uploadLimitBytes);
  if (tooLarge !== undefined) throw new UserRefusal(`Your files are too powerful: ${tooLarge.filename} has ${tooLarge.bytes.length} bytes, the limit is ${world.uploadLimitBytes}.`);

  const mentions = mentionsIn(world, content, []);
  const message: StoredMessage = {
    id: world.nextId(),
    channelId: channel.id,
    authorId: user.id,
    createdAt: world.clock.now(),
    edits: 0,
    flags: 0,
    content,
    embeds: [],
    components: [],
    files: files.map((file) => storeFile(world, channel.id, file, false)),
    mentions,
    pings: mentions.filter((id) => id !== user.id),
    deleted: false,
  };
  channel.lastMessageId = message.id;
  world.messages.set(message.id, message);
  world.journal.changed('message', message.id);
  return message;
}

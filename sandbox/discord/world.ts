import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import { createJournal, type Journal } from './journal.js';
import * as people from './people.js';
import { ALL_PERMISSIONS } from './permissions.js';
import type { PictureSize } from './picture-size.js';
import { createSnowflakes } from './snowflakes.js';
import type { Choice, Command, Component, Embed, Modal } from './wire.js';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly bot: boolean;
  /** Takes direct messages from the bot. */
  dmsOpen: boolean;
  /** Still shares a guild with the bot. */
  sharesGuild: boolean;
  locale: string;
}

export interface Channel {
  readonly id: string;
  /** 0 guild text, 1 DM, 11 public thread. */
  readonly type: 0 | 1 | 11;
  readonly name: string;
  readonly guildId?: string;
  /** The person of a DM. */
  readonly recipientId?: string;
  readonly parentId?: string;
  archived: boolean;
  deleted: boolean;
  botPermissions: bigint;
  lastMessageId?: string;
}

export interface StoredFile {
  readonly id: string;
  /** On the CDN, without query. */
  readonly path: string;
  readonly filename: string;
  /** The name without extension as the person wrote it, when Discord had to change it. */
  readonly title?: string;
  description?: string;
  readonly contentType: string;
  /** Of a picture. */
  readonly dimensions?: PictureSize;
  readonly bytes: Buffer;
  /** Uploaded with a command or form: Discord removes it after a while. */
  readonly ephemeral: boolean;
  removed: boolean;
}

export interface StoredMessage {
  readonly id: string;
  readonly channelId: string;
  /** The person who wrote it; absent for the bot's messages. */
  readonly authorId?: string;
  readonly createdAt: number;
  editedAt?: number;
  edits: number;
  flags: number;
  content: string;
  embeds: Embed[];
  components: Component[];
  files: StoredFile[];
  /** People named in the message; `pings` are those of them who were notified. */
  mentions: string[];
  pings: string[];
  nonce?: string;
  replyTo?: string;
  /** The interaction whose token may edit it. */
  interactionId?: string;
  /** Only this person sees it. */
  onlyFor?: string;
  deleted: boolean;
}

export type InteractionKind = 'command' | 'component' | 'autocomplete' | 'modal';

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly userId: string;
  readonly channelId: string;
  readonly guildId?: string;
  /** Only the user installed the bot: no bot in the channel, at most 5 follow-ups. */
  readonly userInstalled: boolean;
  readonly createdAt: number;
  /** The message a component sat on, also for a form opened from it. */
  readonly sourceMessageId?: string;
  /** For a submitted form: the interaction that showed it. */
  readonly modalOf?: string;
  /** What the user did, for transcripts: `/train create name:cats`, `[Start]`. */
  readonly label: string;
  readonly payload: Record<string, unknown>;
  callbackType?: number;
  acknowledgedAt?: number;
  /** The response message that `@original` means. */
  originalId?: string;
  followUpIds: string[];
  modal?: Modal;
  choices?: Choice[];
  /** The failure the user reads, for example `This interaction failed`. */
  failure?: string;
}

/** The whole state of the stand-in; lost when it stops. */
export interface World {
  /** New at each start, so that a page left open notices that everything it knew is gone. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly nextId: () => string;
  readonly token: string;
  readonly cdnSecret: Buffer;
  readonly users: Map<string, User>;
  readonly channels: Map<string, Channel>;
  readonly messages: Map<string, StoredMessage>;
  readonly files: Map<string, StoredFile>;
  readonly interactions: Map<string, Interaction>;
  /** By scope: `global` or a guild's id. */
  readonly commands: Map<string, Command[]>;
  /** `http://127.0.0.1:<port>`, known once the server listens. */
  origin: string;
  /** Largest file a user or the bot may upload, in bytes. */
  uploadLimitBytes: number;
}

export function createWorld(clock: Clock, token: string): World {
  const world: World = {
    epoch: randomBytes(6).toString('hex'),
    clock,
    journal: createJournal(clock),
    nextId: createSnowflakes(() => clock.now()),
    token,
    cdnSecret: randomBytes(32),
    users: new Map(),
    channels: new Map(),
    messages: new Map(),
    files: new Map(),
    interactions: new Map(),
    commands: new Map(),
    origin: '',
    uploadLimitBytes: 10 * 1024 * 1024,
  };
  addPeople(world);
  addChannels(world);
  return world;
}

function addPeople(world: World): void {
  for (const person of Object.values(people.USERS)) {
    world.users.set(person.id, { ...person, bot: false, dmsOpen: true, sharesGuild: true, locale: 'en-US' });
  }
  world.users.set(people.APPLICATION_ID, {
    id: people.APPLICATION_ID,
    username: people.BOT_USERNAME,
    displayName: people.BOT_USERNAME,
    roles: [],
    bot: true,
    dmsOpen: false,
    sharesGuild: true,
    locale: 'en-US',
  });
}

function addChannels(world: World): void {
  const add = (id: string, name: string, guildId: string, botPermissions: bigint): void => {
    world.channels.set(id, { id, type: 0, name, guildId, archived: false, deleted: false, botPermissions });
  };
  add(people.TRAINING_CHANNEL_ID, 'training', people.GUILD_ID, ALL_PERMISSIONS);
  add(people.GENERAL_CHANNEL_ID, 'general', people.GUILD_ID, ALL_PERMISSIONS);
  add(people.OPS_CHANNEL_ID, 'yard-ops', people.GUILD_ID, ALL_PERMISSIONS);
  add(people.ELSEWHERE_CHANNEL_ID, 'elsewhere', people.ELSEWHERE_GUILD_ID, 0n);
}

/** The DM between the bot and a person, opened when there is none. */
export function directChannel(world: World, userId: string): Channel {
  const existing = [...world.channels.values()].find((channel) => channel.recipientId === userId);
  if (existing !== undefined) return existing;
  const id = world.nextId();
  const channel: Channel = { id, type: 1, name: 'dm', recipientId: userId, archived: false, deleted: false, botPermissions: ALL_PERMISSIONS };
  world.channels.set(id, channel);
  return channel;
}

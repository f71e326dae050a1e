import { APPLICATION_ID, GUILD_ID, GUILD_NAME, OPERATOR_ROLE_ID, USERS } from '../people.js';
import { ALL_PERMISSIONS } from '../permissions.js';
import { channelObject, memberObject, userObject } from '../messages/objects.js';
import type { World } from '../world.js';

export const Op = { Dispatch: 0, Heartbeat: 1, Identify: 2, PresenceUpdate: 3, Resume: 6, Reconnect: 7, InvalidSession: 9, Hello: 10, HeartbeatAck: 11 } as const;

export const Close = {
  UnknownError: 4000,
  UnknownOpcode: 4001,
  DecodeError: 4002,
  NotAuthenticated: 4003,
  AuthenticationFailed: 4004,
  AlreadyAuthenticated: 4005,
  RateLimited: 4008,
  SessionTimedOut: 4009,
  InvalidApiVersion: 4012,
  InvalidIntents: 4013,
  DisallowedIntents: 4014,
} as const;

/** GUILD_MEMBERS, GUILD_PRESENCES and MESSAGE_CONTENT need an approval this application does not have. */
export const PRIVILEGED_INTENTS = (1 << 1) | (1 << 8) | (1 << 15);
export const GUILDS_INTENT = 1;
/** Bits 0 to 16, 20, 21, 24 and 25. */
export const KNOWN_INTENTS = 0x1ffff | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);

export interface Frame {
  op: number;
  d?: unknown;
  s?: number | null;
  t?: string | null;
}

export function readyData(world: World, sessionId: string): Record<string, unknown> {
  const bot = world.users.get(APPLICATION_ID);
  return {
    v: 10,
    user: bot === undefined ? {} : { ...userObject(bot), verified: true, email: null, mfa_enabled: false, flags: 0 },
    guilds: [{ id: GUILD_ID, unavailable: true }],
    session_id: sessionId,
    resume_gateway_url: `${world.origin.replace('http', 'ws')}/gw`,
    application: { id: APPLICATION_ID, flags: 0 },
    shard: [0, 1],
  };
}

export function guildObject(): Record<string, unknown> {
  const role = (id: string, name: string, permissions: bigint) => ({ id, name, permissions: permissions.toString(), position: 0, color: 0, hoist: false, managed: false, mentionable: false, flags: 0 });
  return {
    id: GUILD_ID,
    name: GUILD_NAME,
    icon: null,
    owner_id: USERS.olga.id,
    roles: [role(GUILD_ID, '@everyone', ALL_PERMISSIONS), role(OPERATOR_ROLE_ID, 'Operators', 0n)],
    emojis: [],
    stickers: [],
    features: [],
    preferred_locale: 'en-US',
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    premium_tier: 0,
    nsfw_level: 0,
    system_channel_flags: 0,
  };
}

/** GUILD_CREATE: the guild with its channels. Members are only the bot: the rest needs a privileged intent. */
export function guildCreateData(world: World): Record<string, unknown> {
  const channels = [...world.channels.values()].filter((channel) => channel.guildId === GUILD_ID && !channel.deleted);
  const bot = world.users.get(APPLICATION_ID);
  return {
    ...guildObject(),
    joined_at: '2024-01-01T00:00:00.000000+00:00',
    large: false,
    unavailable: false,
    member_count: world.users.size,
    channels: channels.filter((channel) => channel.type === 0).map((channel) => channelObject(world, channel)),
    threads: channels.filter((channel) => channel.type === 11 && !channel.archived).map((channel) => channelObject(world, channel)),
    members: bot === undefined ? [] : [memberObject(bot)],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

import { APPLICATION_ID, OPERATOR_ROLE_ID } from '../people.js';
import { ALL_PERMISSIONS, PERMISSION } from '../permissions.js';
import { channelObject, memberObject, userObject } from '../messages/objects.js';
import type { Channel, User, World } from '../world.js';

const PAYLOAD_TYPE = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
const CONTEXT_GUILD = 0;
const CONTEXT_BOT_DM = 1;

export interface PayloadParts {
  id: string;
  token: string;
  kind: keyof typeof PAYLOAD_TYPE;
  user: User;
  channel: Channel;
  userInstalled: boolean;
  data: Record<string, unknown>;
  message?: Record<string, unknown>;
}

/** What an ordinary member may do in the sandbox's channels. */
export const memberPermissions = (user: User): bigint => ALL_PERMISSIONS | (user.roles.includes(OPERATOR_ROLE_ID) ? PERMISSION.USE_APPLICATION_COMMANDS : 0n);

/** The INTERACTION_CREATE payload. */
export function interactionPayload(world: World, parts: PayloadParts): Record<string, unknown> {
  const { user, channel, userInstalled } = parts;
  const inGuild = channel.guildId !== undefined;
  const owners = userInstalled ? { '1': user.id } : { '0': channel.guildId ?? '0' };
  const who = inGuild ? { member: { ...memberObject(user), permissions: memberPermissions(user).toString() } } : { user: userObject(user) };
  const where = inGuild ? { guild_id: channel.guildId, guild_locale: 'en-US', guild: { id: channel.guildId, features: [], locale: 'en-US' } } : {};
  return {
    id: parts.id,
    application_id: APPLICATION_ID,
    type: PAYLOAD_TYPE[parts.kind],
    token: parts.token,
    version: 1,
    data: parts.data,
    channel_id: channel.id,
    channel: { ...channelObject(world, channel), ...(inGuild ? { permissions: memberPermissions(user).toString() } : {}) },
    ...where,
    ...who,
    ...(parts.message === undefined ? {} : { message: parts.message }),
    app_permissions: channel.botPermissions.toString(),
    locale: user.locale,
    entitlements: [],
    authorizing_integration_owners: owners,
    context: inGuild ? CONTEXT_GUILD : CONTEXT_BOT_DM,
    attachment_size_limit: world.uploadLimitBytes,
  };
}

import { randomBytes } from 'node:crypto';

/** Everything that is the same in each start of the stand-in: the application, its guilds, channels and people. */
export const APPLICATION_ID = '1180430915223552001';
export const BOT_USERNAME = 'Trainyard';

export const GUILD_ID = '1180431002334412802';
export const GUILD_NAME = 'Trainyard sandbox';
export const OPERATOR_ROLE_ID = '1180431555112460291';

export const TRAINING_CHANNEL_ID = '1180431119330672643';
export const GENERAL_CHANNEL_ID = '1180431187765104644';
export const OPS_CHANNEL_ID = '1180431244102664225';

/** A guild in which the bot is not a member: commands used there are user-installed, and its channels are closed to the bot. */
export const ELSEWHERE_GUILD_ID = '1180433020014518278';
export const ELSEWHERE_CHANNEL_ID = '1180433101155667991';

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly string[];
}

export const USERS = {
  mira: { id: '1180432100912545802', username: 'mira', displayName: 'Mira', roles: [] },
  jonas: { id: '1180432177215324163', username: 'jonas', displayName: 'Jonas', roles: [] },
  olga: { id: '1180432244508876804', username: 'olga', displayName: 'Olga', roles: [OPERATOR_ROLE_ID] },
} as const satisfies Record<string, Person>;

export type PersonName = keyof typeof USERS;

/** Stands in every secret the stand-in gives out, so that one that turns up where it does not belong is known at sight. */
export const STAND_IN_SECRET = 'StandInSecret';

/** A token in the shape discord.js insists on: the application id in base64, then two opaque parts. Never one of a real bot. */
export function standInToken(): string {
  const owner = Buffer.from(APPLICATION_ID).toString('base64url');
  return `${owner}.${randomBytes(4).toString('base64url')}.${STAND_IN_SECRET}${randomBytes(18).toString('base64url')}`;
}

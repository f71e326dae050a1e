import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';

/** The channel or message cannot be used any more, or not by this bot. */
const PLACE_GONE: readonly (number | string)[] = [
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  50083, // the thread is archived
  160005, // the thread is locked
  20016, // slow mode: the next message may be hours away
];
/** Whatever the reason is called: the next try would be refused as well, and many refused ones shut the bot out of all of Discord. */
const FORBIDDEN_OR_GONE: readonly number[] = [403, 404];

const NO_HISTORY = 160002;
const TOO_LARGE: readonly (number | string)[] = [RESTJSONErrorCodes.RequestEntityTooLarge];

/** The user takes no direct messages from us. */
const USER_UNREACHABLE: readonly (number | string)[] = [
  RESTJSONErrorCodes.CannotSendMessagesToThisUser,
  50278, // no server in common
  RESTJSONErrorCodes.UnknownUser,
];

/** The interaction's token is gone: after 15 minutes, or because it was never acknowledged. */
const TOKEN_DEAD: readonly (number | string)[] = [
  RESTJSONErrorCodes.UnknownInteraction,
  RESTJSONErrorCodes.InvalidWebhookToken,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.UnknownMessage,
];

function hasCode(error: unknown, codes: readonly (number | string)[]): boolean {
  return error instanceof DiscordAPIError && codes.includes(error.code);
}

export const isPlaceGone = (error: unknown): boolean => hasCode(error, PLACE_GONE) || (error instanceof DiscordAPIError && FORBIDDEN_OR_GONE.includes(error.status));
export const isUserUnreachable = (error: unknown): boolean => hasCode(error, USER_UNREACHABLE);
export const isTokenDead = (error: unknown): boolean => hasCode(error, TOKEN_DEAD);
/** The channel takes a message, but no reply: the bot may not read its history. */
export const isReplyRefused = (error: unknown): boolean => hasCode(error, [NO_HISTORY]);
/** The file is larger than this place takes. */
export const isTooLarge = (error: unknown): boolean => hasCode(error, TOO_LARGE) || (error instanceof HTTPError && error.status === 413);
/** The place takes nothing for so long that another one is better. */
export const isClosedForLong = (error: unknown): boolean => error instanceof RateLimitError;

import { DiscordAPIError, RESTJSONErrorCodes } from 'discord.js';

/** The channel or message cannot be used any more, or not by this bot. */
const PLACE_GONE: readonly (number | string)[] = [
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  50083, // the thread is archived
];

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

export const isPlaceGone = (error: unknown): boolean => hasCode(error, PLACE_GONE);
export const isUserUnreachable = (error: unknown): boolean => hasCode(error, USER_UNREACHABLE);
export const isTokenDead = (error: unknown): boolean => hasCode(error, TOKEN_DEAD);

import { REST } from 'discord.js';
import { wholeReplies } from '../../bot/wire/whole-replies.js';

export interface DiscordRestOptions {
  readonly token: string;
  /** REST base of a stand-in; Discord itself when unset. */
  readonly apiUrl?: string | undefined;
  /** Discord took the token away: nothing works any more in this process. */
  readonly onUnauthorized?: () => void;
  /** Of one request until its headers have come, and from there to its end. */
  readonly limits?: { readonly headersMs: number; readonly bodyMs: number };
}

const EDIT_OF_MESSAGE = /^\/channels\/[^/]+\/messages\/[^/]+$/;
const NEW_MESSAGE = /^\/channels\/[^/]+\/messages$/;
/** A new message waits this long for its turn in a channel; slow mode can ask for hours, in which the whole channel would stand still. */
const LONGEST_TURN_MS = 10_000;

/**
 * The one REST client of a worker, without a gateway. An edit that meets a rate limit is rejected instead of queued: by the time
 * its turn came it would be stale. Everything else waits its turn, a new message not for long.
 */
export function createDiscordRest({ token, apiUrl, onUnauthorized, limits }: DiscordRestOptions): REST {
  const rest = new REST({
    ...(apiUrl === undefined ? {} : { api: apiUrl }),
    ...(limits === undefined ? {} : { timeout: limits.headersMs }),
    makeRequest: wholeReplies(limits?.bodyMs),
    rejectOnRateLimit: ({ method, route, retryAfter }) =>
      (method === 'PATCH' && EDIT_OF_MESSAGE.test(route)) || (method === 'POST' && NEW_MESSAGE.test(route) && retryAfter > LONGEST_TURN_MS),
  }).setToken(token);
  rest.on('response', ({ path }, { status }) => {
    // A 401 on a webhook is about one interaction's token, not about ours.
    if (status === 401 && !path.startsWith('/webhooks/') && !path.startsWith('/interactions/')) onUnauthorized?.();
  });
  return rest;
}

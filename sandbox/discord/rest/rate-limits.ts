import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { DiscordError } from '../errors.js';
import type { StoredMessage } from '../world.js';

/** Numbers of one route's bucket. Discord does not publish them; clients must read the headers. */
export interface Bucket {
  limit: number;
  windowMs: number;
}

interface Window {
  startedAt: number;
  used: number;
}

const GLOBAL_PER_SECOND = 50;
const OLD_MESSAGE_MS = 3_600_000;
/** Edits of messages older than an hour, per channel. Unofficial figures; Discord declines to name them. */
const OLD_EDITS: Bucket = { limit: 3, windowMs: 6_000 };

export interface RateLimits {
  /** Counts a request of the bot as a whole; throws 429 with `global`. */
  takeGlobal(): void;
  /** Counts a request in its bucket and returns the headers; throws 429 when it is used up. */
  take(route: string, majorId: string, bucket: Bucket): Record<string, string>;
  /** Counts an edit of a message older than an hour; throws 429 with code 30046. */
  takeOldEdit(message: StoredMessage): void;
}

export function createRateLimits(clock: Clock): RateLimits {
  const windows = new Map<string, Window>();

  const open = (key: string, { windowMs }: Bucket): Window => {
    const current = windows.get(key);
    if (current !== undefined && clock.now() < current.startedAt + windowMs) return current;
    const fresh = { startedAt: clock.now(), used: 0 };
    windows.set(key, fresh);
    return fresh;
  };

  return {
    takeGlobal() {
      const window = open('global', { limit: GLOBAL_PER_SECOND, windowMs: 1_000 });
      window.used += 1;
      if (window.used <= GLOBAL_PER_SECOND) return;
      throw tooMany((window.startedAt + 1_000 - clock.now()) / 1000, { scope: 'global' });
    },
    take(route, majorId, bucket) {
      const window = open(`${route}:${majorId}`, bucket);
      window.used += 1;
      const endsAt = window.startedAt + bucket.windowMs;
      const headers = {
        'x-ratelimit-limit': String(bucket.limit),
        'x-ratelimit-remaining': String(Math.max(bucket.limit - window.used, 0)),
        'x-ratelimit-reset': (endsAt / 1000).toFixed(3),
        'x-ratelimit-reset-after': ((endsAt - clock.now()) / 1000).toFixed(3),
        'x-ratelimit-bucket': createHash('md5').update(route).digest('hex'),
      };
      if (window.used > bucket.limit) throw tooMany((endsAt - clock.now()) / 1000, { scope: 'user', headers });
      return headers;
    },
    takeOldEdit(message) {
      if (clock.now() - message.createdAt < OLD_MESSAGE_MS) return;
      const window = open(`old-edits:${message.channelId}`, OLD_EDITS);
      window.used += 1;
      if (window.used <= OLD_EDITS.limit) return;
      throw tooMany((window.startedAt + OLD_EDITS.windowMs - clock.now()) / 1000, {
        scope: 'shared',
        code: 30046,
        message: 'Maximum number of edits to messages older than 1 hour reached. Try again later',
      });
    },
  };
}

interface TooMany {
  scope: 'user' | 'global' | 'shared';
  headers?: Record<string, string>;
  code?: number;
  message?: string;
}

/** A 429 as Discord sends it: seconds with fractions in the body, whole seconds in `retry-after`. */
export function tooMany(retryAfterSeconds: number, { scope, headers = {}, code = 0, message = 'You are being rate limited.' }: TooMany): DiscordError {
  const seconds = Math.max(Number(retryAfterSeconds.toFixed(3)), 0.001);
  return new DiscordError(429, code, message, {
    body: { retry_after: seconds, global: scope === 'global' },
    headers: { ...headers, 'retry-after': String(Math.ceil(seconds)), 'x-ratelimit-scope': scope, ...(scope === 'global' ? { 'x-ratelimit-global': 'true' } : {}) },
  });
}

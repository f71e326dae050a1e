import type { ZodMiniType } from 'zod/mini';
import type { Gateway } from '../gateway/gateway.js';
import type { RequestBody } from '../request-body.js';
import type { World } from '../world.js';
import type { Bucket, RateLimits } from './rate-limits.js';

export interface RestContext {
  world: World;
  gateway: Gateway;
  limits: RateLimits;
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  body: RequestBody;
  /** Layer 1: throws 50035 for what the schema refuses, reports unknown keys as violations. */
  checkBody: (schema: ZodMiniType, body: unknown, root?: readonly (string | number)[]) => void;
}

export interface RestAnswer {
  status: number;
  body?: unknown;
}

/** One route of Discord's API. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments starting with `:` are parameters, decoded. */
  pattern: string;
  /** `bot`: needs `Authorization: Bot <token>`. `token`: the token is in the path and no Authorization may come. */
  auth: 'bot' | 'token';
  bucket?: Bucket;
  /** The parameter that splits the bucket: each channel, webhook or guild has its own. */
  major?: string;
  handle(context: RestContext): RestAnswer | Promise<RestAnswer>;
}

export const ok = (body: unknown): RestAnswer => ({ status: 200, body });
export const noContent: RestAnswer = { status: 204 };

import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Folders } from '../folders.js';
import type { Scenarios } from '../scenarios.js';
import type { ServerProcess } from '../server-process.js';

/** What the routes of one stand-in share. `server` is the process alive now: never keep it. */
export interface RouteContext {
  readonly server: ServerProcess;
  readonly folders: Folders;
  readonly scenarios: Scenarios;
  readonly version: string;
  readonly name: string;
  readonly vramTotalBytes: number;
  readonly features: Record<string, unknown>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The bare path of a ComfyUI route, without the `/api` prefix every route also has. */
    comfyPath?: string;
  }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Registers a route bare and under `/api`, as ComfyUI does with every route. */
export function comfyRoute(app: FastifyInstance, method: HTTPMethods | HTTPMethods[], url: string, handler: Handler): void {
  for (const each of [url, `/api${url}`]) {
    app.route({ method, url: each, config: { comfyPath: url }, exposeHeadRoute: false, handler: async (request, reply) => handler(request, reply) });
  }
}

/** The body as JSON whatever its content type; a body that is none raises, which the server answers with 500. */
export function jsonBody(request: FastifyRequest): unknown {
  return JSON.parse(bodyBytes(request).toString('utf8'));
}

export function bodyBytes(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

export function queryOf(request: FastifyRequest): Record<string, string | undefined> {
  return request.query as Record<string, string | undefined>;
}

export function paramOf(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? '';
}

/** True when this version of ComfyUI is at least the one given. */
export function isAtLeast(version: string, least: string): boolean {
  const parts = (text: string) => text.split('.').map(Number);
  const [have, want] = [parts(version), parts(least)];
  for (let index = 0; index < want.length; index += 1) {
    const difference = (have[index] ?? 0) - (want[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** aiohttp's answer to an exception in a handler. */
export function serverError(reply: FastifyReply): FastifyReply {
  return reply.code(500).type('text/plain; charset=utf-8').send('500 Internal Server Error\n\nServer got itself in trouble');
}

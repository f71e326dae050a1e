import type { z } from 'zod';
import { ComfyError } from './comfy-error.js';
import { send, type HttpOptions, type HttpReply, type HttpRequest } from './http.js';

export function postJson(path: string, body: unknown): HttpRequest {
  return { method: 'POST', path, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** Sends a request and reads its reply by a schema; unknown fields pass. */
export async function ask<T>(http: HttpOptions, request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
  return parse(request, await expectOk(http, request), schema);
}

export async function expectOk(http: HttpOptions, request: HttpRequest): Promise<HttpReply> {
  const reply = await send(http, request);
  if (reply.status < 200 || reply.status > 299) throw httpError(request, reply);
  return reply;
}

export function parse<T>(request: HttpRequest, reply: HttpReply, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(reply.text));
  if (parsed.success) return parsed.data;
  const type = reply.headers.get('content-type') ?? 'no type';
  throw new ComfyError(`${request.method} ${request.path}`, { kind: 'malformed', problem: `expected ComfyUI's reply, got HTTP ${reply.status} with ${type}` });
}

export function httpError(request: HttpRequest, reply: HttpReply): ComfyError {
  return new ComfyError(`${request.method} ${request.path}`, { kind: 'http', status: reply.status, body: reply.text.slice(0, 500) });
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

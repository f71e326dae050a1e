import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isRecord } from '../protocol.js';
import type { Graph, QueueItem } from '../protocol.js';
import { validatePrompt } from '../validation.js';
import type { RouteContext } from './comfy-route.js';
import { comfyRoute, isAtLeast, jsonBody, serverError } from './comfy-route.js';

const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ENQUEUE_AFTER_MS = 1000;
const SENSITIVE_KEYS = ['auth_token_comfy_org', 'api_key_comfy_org'];

/** `POST /prompt`: validates, queues, answers. Nothing is deduplicated. */
export function promptRoutes(app: FastifyInstance, context: RouteContext): void {
  comfyRoute(app, 'GET', '/prompt', () => ({ exec_info: { queue_remaining: context.server.queue.remaining() } }));

  comfyRoute(app, 'POST', '/prompt', async (request, reply) => {
    const body = jsonBody(request);
    if (!isRecord(body)) throw new TypeError('Expected the body to be an object.');
    const number = numberOf(body, context);
    if (body['prompt'] === undefined) return refused(reply, 'no_prompt', 'No prompt provided', 'No prompt provided');

    const promptId = body['prompt_id'] ?? randomUUID();
    if (!isAcceptedId(promptId, context.version)) {
      const details = 'prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one';
      return refused(reply, 'invalid_prompt_id', 'prompt_id must be a valid UUID', details);
    }
    const graph = graphOf(body['prompt']);
    const validation = validatePrompt(graph, targetsOf(body), context.folders);
    if (validation.kind === 'invalid') {
      return reply.code(400).send({ error: validation.error, node_errors: validation.nodeErrors });
    }
    const item = { number, promptId, graph, extraData: extraDataOf(body), outputs: validation.outputs };
    return enqueue(context, request, reply, item, { prompt_id: promptId, number, node_errors: validation.nodeErrors });
  });
}

async function enqueue(
  context: RouteContext,
  request: FastifyRequest,
  reply: FastifyReply,
  item: Omit<QueueItem, 'entry'>,
  answer: unknown,
): Promise<unknown> {
  const trouble = context.scenarios.takeForPrompt();
  if (trouble?.kind === 'reply-lost') {
    const { server } = context;
    reply.hijack();
    request.raw.socket.destroy();
    await setTimeout(trouble.enqueueAfterMs ?? ENQUEUE_AFTER_MS);
    // A process that has died meanwhile took the request with it.
    if (server === context.server) server.enqueue(item);
    return reply;
  }
  const fine = context.server.enqueue(item);
  return fine && trouble?.kind !== 'error-after-enqueue' ? answer : serverError(reply);
}

function numberOf(body: Record<string, unknown>, context: RouteContext): number {
  if (body['number'] !== undefined) return Number(body['number']);
  const number = context.server.nextNumber();
  return body['front'] === true ? -number : number;
}

function isAcceptedId(promptId: unknown, version: string): promptId is string {
  if (typeof promptId !== 'string') return false;
  return !isAtLeast(version, '0.25.0') || CANONICAL_UUID.test(promptId);
}

function graphOf(prompt: unknown): Graph {
  if (!isRecord(prompt)) throw new TypeError('Expected "prompt" to be an object.');
  for (const node of Object.values(prompt)) {
    if (!isRecord(node) || !isRecord(node['inputs'] ?? {})) throw new TypeError('Expected every node to be an object with inputs.');
    node['inputs'] ??= {};
  }
  return prompt as Graph;
}

function targetsOf(body: Record<string, unknown>): string[] | null {
  const targets = body['partial_execution_targets'];
  return Array.isArray(targets) ? targets.map(String) : null;
}

function extraDataOf(body: Record<string, unknown>): Record<string, unknown> {
  const given = isRecord(body['extra_data']) ? body['extra_data'] : {};
  const kept = Object.fromEntries(Object.entries(given).filter(([key]) => !SENSITIVE_KEYS.includes(key)));
  const client = body['client_id'] === undefined ? {} : { client_id: body['client_id'] };
  return { ...kept, ...client, create_time: Date.now() };
}

function refused(reply: FastifyReply, type: string, message: string, details: string): FastifyReply {
  return reply.code(400).send({ error: { type, message, details, extra_info: {} }, node_errors: {} });
}

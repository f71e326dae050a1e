import type { FastifyInstance } from 'fastify';
import { isRecord, queueTuple } from '../protocol.js';
import type { RouteContext } from './comfy-route.js';
import { bodyBytes, comfyRoute, jsonBody, paramOf, queryOf } from './comfy-route.js';

/** Queue, history, interrupt and memory: the routes that never say whether they did anything. */
export function queueRoutes(app: FastifyInstance, context: RouteContext): void {
  comfyRoute(app, 'GET', '/queue', () => ({
    queue_running: context.server.queue.running().map(queueTuple),
    queue_pending: context.server.queue.pending().map(queueTuple),
  }));

  comfyRoute(app, 'POST', '/queue', (request, reply) => {
    const body = jsonBody(request);
    if (isRecord(body) && body['clear'] === true) context.server.clearPending();
    for (const promptId of idsIn(body, 'delete')) context.server.deletePending(promptId);
    return reply.code(200).send();
  });

  comfyRoute(app, 'POST', '/interrupt', (request, reply) => {
    const body = bodyBytes(request).length === 0 ? {} : jsonOrNothing(bodyBytes(request).toString('utf8'));
    const promptId = isRecord(body) && typeof body['prompt_id'] === 'string' && body['prompt_id'] !== '' ? body['prompt_id'] : null;
    context.server.interrupt(promptId, promptId === null ? 'interrupt-all' : 'interrupt');
    return reply.code(200).send();
  });

  comfyRoute(app, 'POST', '/free', (request, reply) => {
    const body = jsonBody(request);
    const flag = (name: string) => isRecord(body) && body[name] === true;
    context.server.free({ unloadModels: flag('unload_models'), freeMemory: flag('free_memory') });
    return reply.code(200).send();
  });

  historyRoutes(app, context);
}

function historyRoutes(app: FastifyInstance, context: RouteContext): void {
  comfyRoute(app, 'GET', '/history', (request) => {
    const query = queryOf(request);
    const entries = [...context.server.queue.history()];
    const max = query['max_items'] === undefined ? entries.length : Number(query['max_items']);
    const offset = query['offset'] === undefined ? entries.length - max : Number(query['offset']);
    const start = Math.max(0, offset);
    return Object.fromEntries(entries.slice(start, start + max));
  });

  comfyRoute(app, 'GET', '/history/:id', (request) => {
    const promptId = paramOf(request, 'id');
    const entry = context.server.queue.history().get(promptId);
    return entry === undefined ? {} : { [promptId]: entry };
  });

  comfyRoute(app, 'POST', '/history', (request, reply) => {
    const body = jsonBody(request);
    const history = context.server.queue.history();
    if (isRecord(body) && body['clear'] === true) history.clear();
    for (const promptId of idsIn(body, 'delete')) history.delete(promptId);
    return reply.code(200).send();
  });
}

function idsIn(body: unknown, key: string): string[] {
  const ids = isRecord(body) ? body[key] : undefined;
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** A body that is no JSON counts as none: then everything that runs is interrupted. */
function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

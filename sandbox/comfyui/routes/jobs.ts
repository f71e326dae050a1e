import type { FastifyInstance, FastifyReply } from 'fastify';
import type { JobListing, JobStatus } from '../jobs.js';
import { JOB_STATUSES, jobOf, listJobs } from '../jobs.js';
import { isRecord } from '../protocol.js';
import type { RouteContext } from './comfy-route.js';
import { comfyRoute, isAtLeast, jsonBody, paramOf, queryOf } from './comfy-route.js';

const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The unified view on queue and history, as far as the configured version has it. */
export function jobRoutes(app: FastifyInstance, context: RouteContext): void {
  if (!isAtLeast(context.version, '0.6.0')) return;

  comfyRoute(app, 'GET', '/api/jobs', (request, reply) => {
    const listing = listingOf(queryOf(request));
    return typeof listing === 'string' ? reply.code(400).send({ error: listing }) : listJobs(context.server.queue, listing);
  });

  comfyRoute(app, 'GET', '/api/jobs/:id', (request, reply) => {
    const job = jobOf(context.server.queue, paramOf(request, 'id'));
    return job ?? reply.code(404).send({ error: 'Job not found' });
  });

  if (isAtLeast(context.version, '0.26.0')) cancelRoutes(app, context);
}

function cancelRoutes(app: FastifyInstance, context: RouteContext): void {
  const cancel = (promptId: string) => context.server.interrupt(promptId, 'cancel') || context.server.deletePending(promptId);

  comfyRoute(app, 'POST', '/api/jobs/:id/cancel', (request) => ({ cancelled: cancel(paramOf(request, 'id')) }));

  comfyRoute(app, 'POST', '/api/jobs/cancel', (request, reply) => {
    const body = jsonBody(request);
    const ids: unknown = isRecord(body) ? body['job_ids'] : undefined;
    if (!Array.isArray(ids)) return badRequest(reply, { error: 'job_ids must be a list' });
    const invalid = ids.filter((id) => typeof id !== 'string' || !CANONICAL_UUID.test(id));
    if (invalid.length > 0) return badRequest(reply, { error: 'job_ids contains invalid id(s)', invalid_ids: invalid });
    const cancelled = ids.map((id) => cancel(String(id))).some(Boolean);
    return { cancelled };
  });
}

function badRequest(reply: FastifyReply, body: Record<string, unknown>): FastifyReply {
  return reply.code(400).send(body);
}

/** The listing asked for, or what is wrong with it. */
function listingOf(query: Record<string, string | undefined>): JobListing | string {
  const asked = (query['status'] ?? '').split(',').map((each) => each.trim().toLowerCase());
  const statuses = asked.filter((each) => each !== '');
  const invalid = statuses.filter((each) => !isJobStatus(each));
  if (invalid.length > 0) return `Invalid status value(s): ${invalid.join(', ')}. Valid values: ${JOB_STATUSES.join(', ')}`;
  const sortBy = (query['sort_by'] ?? 'created_at').toLowerCase();
  if (sortBy !== 'created_at' && sortBy !== 'execution_duration') return "sort_by must be 'created_at' or 'execution_duration'";
  const order = (query['sort_order'] ?? 'desc').toLowerCase();
  if (order !== 'asc' && order !== 'desc') return "sort_order must be 'asc' or 'desc'";
  const limit = query['limit'] === undefined ? null : Number(query['limit']);
  if (limit !== null && !Number.isInteger(limit)) return 'limit must be an integer';
  if (limit !== null && limit <= 0) return 'limit must be a positive integer';
  const offset = Number(query['offset'] ?? 0);
  if (!Number.isInteger(offset)) return 'offset must be an integer';
  return {
    statuses: statuses.length > 0 ? statuses.filter(isJobStatus) : JOB_STATUSES,
    workflowId: query['workflow_id'] ?? null,
    sortBy,
    descending: order === 'desc',
    limit,
    offset: Math.max(0, offset),
  };
}

function isJobStatus(value: string): value is JobStatus {
  return (JOB_STATUSES as readonly string[]).includes(value);
}

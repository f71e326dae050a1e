import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DiscordError, invalidForm, refuse } from '../errors.js';
import type { Fault, Faults } from '../faults.js';
import type { Gateway } from '../gateway/gateway.js';
import type { BotCall } from '../journal.js';
import { readRequestBody, type RequestBody } from '../request-body.js';
import { checkSchema } from '../validation/schema.js';
import type { World } from '../world.js';
import { accountRoutes } from './account-routes.js';
import { channelRoutes } from './channel-routes.js';
import { commandRoutes } from './command-routes.js';
import { interactionRoutes } from './interaction-routes.js';
import { createRateLimits, tooMany } from './rate-limits.js';
import type { RestAnswer, RestContext, Route } from './route.js';

const ROUTES: readonly Route[] = [...interactionRoutes, ...channelRoutes, ...commandRoutes, ...accountRoutes];
const API_PREFIX = '/api/v10';

interface Answer extends RestAnswer {
  headers?: Record<string, string>;
}

/** Serves Discord's REST API below `/api/v10`: fault, route, authorization, limits, body, handler; every call is recorded. */
export function serveRest(app: FastifyInstance, world: World, gateway: Gateway, faults: Faults): void {
  const limits = createRateLimits(world.clock);

  const answer = async (request: FastifyRequest, call: BotCall, fault: Fault | undefined): Promise<Answer> => {
    if (fault !== undefined && fault.afterEffect !== true) {
      const failure = injected(fault);
      if (failure !== undefined) throw failure;
    }
    const found = findRoute(call.method, call.path);
    if (found === undefined) {
      world.journal.violated({ rule: 'unknown-route', message: `Discord has no such route here: ${call.method} ${call.path}`, method: call.method, path: call.path });
      return { status: 501, body: { code: 0, message: `The stand-in does not know ${call.method} ${call.path}` } };
    }
    call.route = found.route.pattern;
    const headers = admit(world, limits, found, call, request.headers.authorization);
    const body = readRequestBody(request.headers['content-type'], request.body);
    note(call, body);
    const handled = await found.route.handle({ world, gateway, limits, params: found.params, query: call.query, body, checkBody: bodyChecker(world, call) });
    if (fault?.afterEffect === true) {
      if (fault.delayMs !== undefined) await pause(fault.delayMs);
      const failure = injected(fault);
      if (failure !== undefined) throw failure;
    }
    return { ...handled, headers };
  };

  const outcomeOf = async (request: FastifyRequest, call: BotCall, fault: Fault | undefined): Promise<Answer | 'cut'> => {
    if (fault?.reset === true && fault.afterEffect !== true) return 'cut';
    try {
      const answered = await answer(request, call, fault);
      return fault?.reset === true ? 'cut' : answered;
    } catch (error) {
      if (!(error instanceof DiscordError)) throw error;
      noteRefusal(world, call, error);
      return { status: error.status, body: error.body, headers: error.extra.headers ?? {} };
    }
  };

  app.all('/api/*', async (request, reply) => {
    const call = openCall(world, request);
    const fault = faults.take(call.method, call.path);
    if (fault !== undefined) call.injected = true;
    if (fault?.delayMs !== undefined && fault.afterEffect !== true) await pause(fault.delayMs);
    const outcome = await outcomeOf(request, call, fault);
    if (outcome === 'cut') cut(reply);
    else send(call, reply, outcome);
    world.journal.changed('call', String(call.n));
    return reply;
  });
}

function openCall(world: World, request: FastifyRequest): BotCall {
  const url = new URL(request.raw.url ?? '/', 'http://api');
  const path = decodeURIComponent(url.pathname);
  return world.journal.called({
    method: request.method,
    path: path.startsWith(`${API_PREFIX}/`) ? path.slice(API_PREFIX.length) : path,
    route: null,
    query: Object.fromEntries(url.searchParams),
    hasAuth: request.headers.authorization !== undefined,
    body: null,
    files: [],
    status: 0,
  });
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  const steps = path.split('/');
  for (const route of ROUTES) {
    const pattern = route.pattern.split('/');
    if (route.method !== method || pattern.length !== steps.length) continue;
    if (!pattern.every((part, index) => part.startsWith(':') || part === steps[index])) continue;
    const named = pattern.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), steps[index] ?? ''] as const] : []));
    return { route, params: Object.fromEntries(named) };
  }
  return undefined;
}

/** Authorization and rate limits; returns the bucket's headers. */
function admit(world: World, limits: ReturnType<typeof createRateLimits>, { route, params }: NonNullable<ReturnType<typeof findRoute>>, call: BotCall, authorization: string | undefined): Record<string, string> {
  if (route.auth === 'bot') {
    if (authorization !== `Bot ${world.token}`) throw refuse.unauthorized();
    limits.takeGlobal();
  } else if (authorization !== undefined) {
    world.journal.violated({ rule: 'authorization', message: 'This route carries its own token and must come without Authorization.', method: call.method, path: call.path });
  }
  if (route.bucket === undefined) return {};
  return limits.take(`${route.method} ${route.pattern}`, route.major === undefined ? '' : (params[route.major] ?? ''), route.bucket);
}

function note(call: BotCall, body: RequestBody): void {
  call.body = body.json ?? null;
  call.files = body.files.map((file) => ({ field: file.field, name: file.filename, size: file.bytes.length }));
}

function bodyChecker(world: World, call: BotCall): RestContext['checkBody'] {
  return (schema, body, root = []) => {
    const report = checkSchema(schema, body, root);
    for (const key of report.unknownKeys) {
      world.journal.violated({ rule: '22 unknown-key', message: `Discord does not know "${key}" here and ignores it.`, method: call.method, path: call.path });
    }
    if (report.issues.length > 0) throw invalidForm(report.issues);
  };
}

const BUGS_WITHOUT_ISSUES: ReadonlyMap<number, string> = new Map([
  [50006, '2 empty-message'],
  [50109, 'invalid-json'],
]);

function noteRefusal(world: World, call: BotCall, error: DiscordError): void {
  call.code = error.code;
  const at = { method: call.method, path: call.path };
  const own = BUGS_WITHOUT_ISSUES.get(error.code);
  if (own !== undefined) world.journal.violated({ rule: own, message: error.message, ...at });
  for (const issue of error.extra.issues ?? []) {
    world.journal.violated({ rule: issue.rule, message: `${issue.path.join('.')}: ${issue.code} ${issue.message}`, ...at });
  }
}

function injected(fault: Fault): DiscordError | undefined {
  if (fault.status === undefined) return undefined;
  if (fault.status === 429) return tooMany(fault.retryAfter ?? 1, { scope: fault.scope ?? 'user', ...(fault.code === undefined ? {} : { code: fault.code }), ...(fault.message === undefined ? {} : { message: fault.message }) });
  return new DiscordError(fault.status, fault.code ?? 0, fault.message ?? `${fault.status}: injected`);
}

function cut(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.socket?.resetAndDestroy();
}

function send(call: BotCall, reply: FastifyReply, answer: Answer): void {
  call.status = answer.status;
  void reply.code(answer.status).headers(answer.headers ?? {});
  void (answer.body === undefined ? reply.send() : reply.type('application/json').send(JSON.stringify(answer.body)));
}

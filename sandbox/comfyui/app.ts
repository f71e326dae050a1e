import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import type { HttpBehaviour } from './behaviours.js';
import type { Call } from './call-log.js';
import { isRecord } from './protocol.js';
import { bodyBytes, queryOf, serverError } from './routes/comfy-route.js';
import type { ControlDeps } from './routes/control.js';
import { CONTROL_PREFIX, controlRoutes } from './routes/control.js';
import { fileRoutes, multipartParts } from './routes/files.js';
import { infoRoutes } from './routes/info.js';
import { jobRoutes } from './routes/jobs.js';
import { promptRoutes } from './routes/prompt.js';
import { queueRoutes } from './routes/queue.js';

export interface AppDeps {
  control: ControlDeps;
  maxUploadBytes: number;
  /** True while the server is to look unreachable. */
  isDown(): boolean;
}

/** The HTTP side: ComfyUI's routes and the control routes under `/_stand-in`. */
export function createApp(deps: AppDeps): FastifyInstance {
  const { control } = deps;
  const app = fastify({ bodyLimit: deps.maxUploadBytes, forceCloseConnections: true });
  // aiohttp reads a body whatever its content type says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  answerErrors(app, deps.maxUploadBytes);
  interfere(app, deps);
  promptRoutes(app, control.context);
  queueRoutes(app, control.context);
  jobRoutes(app, control.context);
  fileRoutes(app, control.context);
  infoRoutes(app, control.context);
  controlRoutes(app, control);
  return app;
}

function answerErrors(app: FastifyInstance, maxUploadBytes: number): void {
  app.setErrorHandler((error, request, reply) => {
    if (isControl(request)) {
      return reply.code(400).send({ error: error instanceof Error ? error.message : String(error) });
    }
    if (isTooLarge(error)) {
      return reply.code(413).type('text/plain; charset=utf-8').send(`Maximum request body size ${maxUploadBytes} exceeded.`);
    }
    // Malformed JSON is the client's doing; anything else may be a defect of the stand-in and must be seen.
    if (!String(error).startsWith('SyntaxError')) {
      process.stderr.write(`ComfyUI stand-in answers 500 to ${request.method} ${request.url}: ${String(error)}\n`);
    }
    return serverError(reply);
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain; charset=utf-8').send('404: Not Found'));
}

/** Logs each call, and lets the scenario answer in ComfyUI's place. */
function interfere(app: FastifyInstance, deps: AppDeps): void {
  const logged = new WeakMap<FastifyRequest, Call>();
  const { calls, context } = deps.control;

  app.addHook('onRequest', async (request, reply) => {
    if (isControl(request)) return;
    if (deps.isDown()) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    const [path = '/'] = request.url.split('?');
    logged.set(request, calls.open({ method: request.method, path, query: definedOf(queryOf(request)), body: null }));
    if (isCrossOrigin(request)) await reply.code(403).send();
  });

  app.addHook('preHandler', async (request, reply) => {
    const call = logged.get(request);
    if (call === undefined) return;
    call.body = summaryOf(request);
    const rule = context.scenarios.takeForRequest(`${request.method} ${request.routeOptions.config.comfyPath ?? request.url}`);
    if (rule !== null) await answerInstead(rule, request, reply);
  });

  app.addHook('onResponse', async (request, reply) => {
    const call = logged.get(request);
    if (call !== undefined) call.status = reply.statusCode;
    return Promise.resolve();
  });
}

async function answerInstead(rule: HttpBehaviour, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (rule.status !== undefined) {
    const text = typeof rule.body === 'string' ? rule.body : JSON.stringify(rule.body ?? {});
    const byDefault = typeof rule.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
    await reply
      .code(rule.status)
      .type(rule.contentType ?? byDefault)
      .send(text);
    return;
  }
  reply.hijack();
  if (rule.nothing !== 'hang') request.raw.socket.destroy();
}

/** ComfyUI refuses browsers of other origins: what a client that sends `Origin` runs into. */
function isCrossOrigin(request: FastifyRequest): boolean {
  const { origin, host = '' } = request.headers;
  if (request.headers['sec-fetch-site'] === 'cross-site') return true;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const hostName = host.split(':')[0];
  return (hostName === '127.0.0.1' || hostName === 'localhost') && new URL(origin).host !== host;
}

function summaryOf(request: FastifyRequest): unknown {
  const bytes = bodyBytes(request);
  if (bytes.length === 0) return null;
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/')) {
    const parts = multipartParts(request);
    return Object.fromEntries(
      parts.map(({ name, filename, bytes: value }) => [name, filename === null ? value.toString('utf8') : { filename, sizeBytes: value.length }]),
    );
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return { unreadable: bytes.length };
    throw error;
  }
}

function isControl(request: FastifyRequest): boolean {
  return request.url.startsWith(`${CONTROL_PREFIX}/`);
}

function isTooLarge(error: unknown): boolean {
  return isRecord(error) && error['code'] === 'FST_ERR_CTP_BODY_TOO_LARGE';
}

function definedOf(query: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

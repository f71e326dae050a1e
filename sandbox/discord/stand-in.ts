import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { serveCdn } from './cdn.js';
import { type Clock, createClock } from './clock.js';
import { controlError, serveControl } from './control/routes.js';
import { createFaults } from './faults.js';
import { serveGateway } from './gateway/gateway.js';
import { standInToken } from './people.js';
import { servePage } from './page-server.js';
import { serveRest } from './rest/server.js';
import { createWorld } from './world.js';

const HEARTBEAT_INTERVAL_MS = 41_250;
/** Above Discord's 25 MiB, so that too large a request gets Discord's own answer. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface StandInOptions {
  /** 0 or absent = any free port. */
  port?: number;
  /** The bot token it accepts; a fresh one when absent. */
  token?: string;
  /** What it calls itself when it stands behind a proxy: where it says its gateway and its attachments are. */
  origin?: string;
  /** Where the try-it page links a run to, with `{runId}` in it. */
  runLink?: string;
  clock?: Clock;
  heartbeatIntervalMs?: number;
}

export interface DiscordStandIn {
  /** For `rest.api` of discord.js, which appends `/v10`. */
  apiUrl: string;
  /** Where attachments are served from. */
  origin: string;
  controlUrl: string;
  token: string;
  stop(): Promise<void>;
}

/** Starts Discord's stand-in, REST, gateway, CDN and control plane, on one loopback port. */
export async function createDiscordStandIn(options: StandInOptions = {}): Promise<DiscordStandIn> {
  const clock = options.clock ?? createClock();
  const world = createWorld(clock, options.token ?? standInToken());
  const faults = createFaults();
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true, exposeHeadRoutes: true });
  takeBodiesRaw(app);
  const gateway = serveGateway(app.server, world, { heartbeatIntervalMs: options.heartbeatIntervalMs ?? HEARTBEAT_INTERVAL_MS });
  serveRest(app, world, gateway, faults);
  serveCdn(app, world, (path) => faults.take('GET', path));
  serveControl(app, world, gateway, faults, options.runLink === undefined ? {} : { runLink: options.runLink });
  servePage(app);
  app.setErrorHandler((error, _request, reply) => controlError(error, reply) ?? reply.code(500).send({ error: error instanceof Error ? error.stack : String(error) }));

  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  const own = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  world.origin = options.origin ?? own;
  return {
    apiUrl: `${own}/api`,
    origin: world.origin,
    controlUrl: own,
    token: world.token,
    async stop() {
      clock.stop();
      world.journal.stop();
      gateway.stop();
      await app.close();
    },
  };
}

/** No web page from elsewhere may drive the stand-in, neither across origins nor through a DNS name of its own. */
function isFromHere({ headers }: FastifyRequest): boolean {
  const isLocal = (origin: string): boolean => URL.canParse(origin) && LOOPBACK_NAMES.has(new URL(origin).hostname);
  return LOOPBACK_NAMES.has(headers.host?.replace(/:\d+$/, '') ?? '') && (headers.origin === undefined || isLocal(headers.origin));
}

function takeBodiesRaw(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (isFromHere(request)) done();
    else void reply.code(403).send({ error: 'The stand-in answers this machine only.' });
  });
}

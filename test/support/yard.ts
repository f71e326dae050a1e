import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import type { Connection } from 'mongoose';
import { COMMAND_BODIES, COMMANDS, MESSAGE_COMMANDS } from '../../bot/commands/index.js';
import { COMPONENTS } from '../../bot/components/index.js';
import { readBotConfig } from '../../bot/config.js';
import { deployCommands } from '../../bot/deploy.js';
import { createGateway, listen, login } from '../../bot/gateway.js';
import { openServices } from '../../bot/open-services.js';
import { createRouter } from '../../bot/router.js';
import { createYard } from '../../bot/yard.js';
import { createComfyStandIn } from '../../sandbox/comfyui/stand-in.js';
import { accessTo } from '../../sandbox/demo/access.js';
import type { Access } from '../../sandbox/demo/player.js';
import { USERS } from '../../sandbox/discord/people.js';
import { createDiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { createDownloadLinks } from '../../models/download-links.js';
import { readWorkerConfig } from '../../workers/config.js';
import { openContext } from '../../workers/context.js';
import type { WorkerContext } from '../../workers/context.js';
import { createDiscordWorkers } from '../../workers/discord.js';
import { createGpuWorkers } from '../../workers/gpu.js';
import { createImageWorkers } from '../../workers/images.js';
import { createYardWorkers } from '../../workers/yard.js';
import { createWebServer } from '../../web/server.js';
import { createRedaction } from '../../domain/secrets.js';
import { createProcessLog } from '../../workers/process-log.js';
import { CANARIES } from './canaries.js';
import { readSweeps } from '../../workflows/settle-runs/client.js';
import { givenAddress } from './config.js';
import { openTestDatabase } from './database.js';
import { wrongdoings } from './discord-routes.js';
import { watchForLeaks, watchTexts } from './leak-watch.js';
import { closeTemporalLog, quietTemporal } from './quiet-temporal.js';
import { testTemporalAddress } from './temporal.js';
import { workflowBundle } from './workflow-bundle.js';

/** A whole yard in the test's own process: real workers, bot and web, real servers, the stand-ins over HTTP. */
export interface TestYard extends Access {
  readonly context: WorkerContext;
  readonly prefix: string;
  readonly connection: Connection;
  /** Where the stand-in serves the try-it page. */
  readonly tryItUrl: string;
  stop(): Promise<void>;
}

/** Deadlines short enough for a test and long enough for a busy machine. */
const QUICK = {
  HEARTBEAT_TIMEOUT: '3s', POLL_INTERVAL: '200ms', CARD_EDIT_INTERVAL: '300ms', SUBMIT_RETRY_INTERVAL: '300ms', NODE_REPORT_INTERVAL: '2s',
  SETTLE_INTERVAL: '1h', SETTLE_GRACE: '1ms', SHUTDOWN_GRACE: '1s', LOG_LEVEL: 'trace',
} as const;

export interface TestYardOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** How many ComfyUI nodes; two by default. */
  readonly nodes?: number;
  readonly stepMs?: number;
}

export async function openTestYard({ settings = {}, nodes: nodeCount = 2, stepMs = 1 }: TestYardOptions = {}): Promise<TestYard> {
  quietTemporal();
  const closing: (() => Promise<unknown>)[] = [];
  const dir = await mkdtemp(join(tmpdir(), 'trainyard-test-yard-'));
  closing.push(() => rm(dir, { recursive: true, force: true }));
  const database = await openTestDatabase();
  closing.push(() => database.close());
  const uiUrl = givenAddress('temporalUi');
  const discord = await createDiscordStandIn(uiUrl === undefined ? {} : { runLink: `${uiUrl}/namespaces/default/workflows/train-run%3A{runId}` });
  closing.push(() => discord.stop());
  const nodes = [];
  for (let at = 0; at < nodeCount; at += 1) {
    const name = `node-${'abcdef'[at] ?? at}`;
    const node = await createComfyStandIn({ dir: join(dir, name), name, stepMs });
    closing.push(() => node.stop());
    nodes.push({ nodeId: name, url: node.url, controlUrl: node.controlUrl });
  }
  const prefix = `t${randomBytes(4).toString('hex')}/`;
  const env = {
    ...QUICK,
    MONGODB_URI: database.uri,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    TEMPORAL_CONFIG_FILE: fileURLToPath(new URL('../../sandbox/yard/temporal-profile.toml', import.meta.url)),
    TASK_QUEUE_PREFIX: prefix,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    ATTACHMENT_ORIGINS: discord.origin,
    COMFYUI_NODES: nodes.map(({ nodeId, url }) => `${nodeId}=${url}`).join(','),
    OPERATORS: `discord:${USERS.olga.id}`,
    ...CANARIES,
    ...settings,
  };

  const config = readWorkerConfig('yard', env);
  if ('problems' in config) throw new Error(config.problems.join('\n'));
  // All that is logged is searched for secrets and shown to nobody.
  const logged = watchForLeaks('logs');
  const log = createProcessLog('yard', config.settings.LOG_LEVEL, createRedaction(config.secrets), { write: logged.see });
  const context = await openContext(config, log);
  closing.push(() => context.close());
  const web = createWebServer({
    ...context.models,
    links: createDownloadLinks({ baseUrl: 'http://127.0.0.1', secret: env.DOWNLOAD_SECRET, ttlMs: context.settings.DOWNLOAD_TTL }),
    now: () => new Date(),
    checks: { mongodb: () => Promise.resolve(), temporal: () => Promise.resolve() },
    sweeps: () => readSweeps(context.client, prefix),
    limitMs: 1_000,
    log,
  });
  closing.push(() => web.close());
  const webUrl = await web.listen({ host: '127.0.0.1', port: 0 });
  const withWeb: WorkerContext = { ...context, settings: { ...context.settings, PUBLIC_URL: webUrl } };

  const roles = [
    await createYardWorkers(withWeb, await workflowBundle()),
    await createImageWorkers(withWeb),
    await createGpuWorkers(withWeb),
    await createDiscordWorkers(withWeb),
  ];
  const workers = roles.flatMap((role) => role.workers);
  const background = roles.flatMap((role) => role.background ?? []);
  const running = workers.map((worker) => worker.run());
  for (const each of background) each.start();
  closing.push(async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all(running);
    for (const each of background) await each.stop();
  });
  closing.push(await startBot({ ...env, PUBLIC_URL: webUrl }, context));

  const temporal = await TemporalConnection.connect({ address: testTemporalAddress() });
  closing.push(() => temporal.close());
  const client = new Client({ connection: temporal });
  const access = accessTo({ mongo: context.mongo, client, discordControlUrl: discord.controlUrl, nodes, webUrl, temporalUiUrl: uiUrl });
  await access.driver.waitForBot();
  return {
    ...access,
    context: withWeb,
    prefix,
    connection: database.connection,
    tryItUrl: discord.origin,
    async stop() {
      const wrong = await wrongdoings(access.driver);
      const told = await watchTexts(access.driver);
      await endSingletons(client, prefix);
      for (const close of closing.reverse()) await close();
      await Promise.all([logged.close(), told.close(), closeTemporalLog()]);
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    },
  };
}

async function startBot(env: Record<string, string>, context: WorkerContext): Promise<() => Promise<void>> {
  const read = readBotConfig(env);
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  const config = read.values;
  const yard = createYard(context.client, config.TASK_QUEUE_PREFIX);
  const { services } = openServices({ connection: context.mongo, recipes: context.recipes, yard, config, log: context.log });
  const gateway = createGateway({ apiUrl: config.DISCORD_API_URL, log: context.log, onUnauthorized: () => undefined });
  listen(gateway, createRouter({ services, commands: COMMANDS, messageCommands: MESSAGE_COMMANDS, components: COMPONENTS }), context.log);
  const ready = await login(gateway, config.DISCORD_TOKEN);
  await deployCommands(ready.rest, ready.application.id, COMMAND_BODIES);
  return () => gateway.destroy();
}

/** What a yard keeps running for ever: left alone, it would wait for workers of a test that is over. */
async function endSingletons(client: Client, prefix: string): Promise<void> {
  await client.schedule.getHandle(`${prefix}settle-runs`).delete();
  await client.workflow.getHandle(`${prefix}keep-cards`).terminate('the test is over');
}

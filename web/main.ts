import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { createConnection } from 'mongoose';
import { pino } from 'pino';
import { parentWatched } from '../domain/settings.js';
import { createBlobs } from '../models/blobs.js';
import { createDownloadLinks } from '../models/download-links.js';
import { createLoras } from '../models/loras.js';
import { readSweeps } from '../workflows/settle-runs/client.js';
import { environment, readWebConfig, temporalConnectionOptions, temporalNamespace } from './config.js';
import { createWebServer } from './server.js';

const CONFIG_PROBLEM = 78;
const HEALTH_LIMIT_MS = 2_000;
const MONGODB_ANSWERS_WITHIN_MS = 5_000;

async function main(): Promise<void> {
  const env = environment();
  const config = readWebConfig(env);
  if (config.kind === 'problems') {
    process.stderr.write(`${config.problems.join('\n')}\n`);
    process.exit(CONFIG_PROBLEM);
  }
  const { MONGODB_URI, WEB_HOST, WEB_PORT, PUBLIC_URL, DOWNLOAD_SECRET, DOWNLOAD_TTL, LOG_LEVEL, TASK_QUEUE_PREFIX } = config.values;
  const log = pino({ name: 'web', level: LOG_LEVEL });
  const database = await createConnection(MONGODB_URI, { serverSelectionTimeoutMS: MONGODB_ANSWERS_WITHIN_MS, appName: 'trainyard-web' }).asPromise();
  const temporal = TemporalConnection.lazy({ ...temporalConnectionOptions(), connectTimeout: '2 seconds' });
  const client = new Client({ connection: temporal, namespace: temporalNamespace(config.values) });
  const app = createWebServer({
    loras: createLoras(database),
    blobs: createBlobs(database),
    links: createDownloadLinks({ baseUrl: PUBLIC_URL ?? `http://${WEB_HOST}:${WEB_PORT}`, secret: DOWNLOAD_SECRET, ttlMs: DOWNLOAD_TTL }),
    now: () => new Date(),
    checks: {
      mongodb: () => database.db?.admin().ping() ?? Promise.reject(new Error('not connected')),
      temporal: () => temporal.withDeadline(Date.now() + HEALTH_LIMIT_MS, () => temporal.workflowService.getSystemInfo({})),
    },
    sweeps: () => temporal.withDeadline(Date.now() + HEALTH_LIMIT_MS, () => readSweeps(client, TASK_QUEUE_PREFIX)),
    limitMs: HEALTH_LIMIT_MS,
    log,
  });

  const stop = async (): Promise<void> => {
    // A download under way is resumed by the client; nobody waits for it here.
    app.server.closeAllConnections();
    await app.close();
    await Promise.allSettled([database.close(), temporal.close()]);
    process.exit(0);
  };
  let stopping: Promise<void> | undefined;
  const stopOnce = (): void => {
    stopping ??= stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stopOnce);
  if (parentWatched(env)) process.stdin.on('end', stopOnce).on('close', stopOnce).resume();

  const address = await app.listen({ host: WEB_HOST, port: WEB_PORT });
  // The supervisor waits for this line, whatever the level of the log.
  log.child({}, { level: 'info' }).info({ ready: true, address }, 'ready');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});

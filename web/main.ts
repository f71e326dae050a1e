import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { createConnection } from 'mongoose';
import { createRedaction } from '../domain/secrets.js';
import { parentWatched } from '../domain/settings.js';
import { createBlobs } from '../models/blobs.js';
import { connectionLimits, WEB_PATIENCE } from '../models/connection-limits.js';
import { createDownloadLinks } from '../models/download-links.js';
import { createLoras } from '../models/loras.js';
import { createProcessLog } from '../workers/process-log.js';
import { createStopping } from '../workers/stopping.js';
import { readSweeps } from '../workflows/settle-runs/client.js';
import { environment, readWebConfig, temporalConnectionOptions, temporalNamespace, webSecrets } from './config.js';
import { createWebServer } from './server.js';

const CONFIG_PROBLEM = 78;
const HEALTH_LIMIT_MS = 2_000;

/** Until the secrets are known, what is secret by its form is censored. */
let redact = createRedaction([]);

async function main(): Promise<void> {
  const env = environment();
  const config = readWebConfig(env);
  if (config.kind === 'problems') {
    process.stderr.write(`${config.problems.join('\n')}\n`);
    process.exit(CONFIG_PROBLEM);
  }
  const { MONGODB_URI, WEB_HOST, WEB_PORT, PUBLIC_URL, DOWNLOAD_SECRET, DOWNLOAD_TTL, LOG_LEVEL, SHUTDOWN_GRACE, TASK_QUEUE_PREFIX } = config.values;
  redact = createRedaction(webSecrets(env));
  const log = createProcessLog('web', LOG_LEVEL, redact);
  const stopping = createStopping({ watchParent: parentWatched(env), onProblem: (problem) => { log.error({ err: problem }, 'stop'); } });
  const database = await createConnection(MONGODB_URI, { ...connectionLimits(WEB_PATIENCE), appName: 'trainyard-web' }).asPromise();
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

  stopping.drainBy(async () => {
    // Downloads under way go on for the grace; what is cut off then is resumed by its client.
    await app.close();
    await Promise.allSettled([database.close(), temporal.close()]);
  }, SHUTDOWN_GRACE);
  const address = await app.listen({ host: WEB_HOST, port: WEB_PORT });
  // The supervisor waits for this line, whatever the level of the log.
  log.child({}, { level: 'info' }).info({ ready: true, address }, 'ready');
}

main().catch((error: unknown) => {
  process.stderr.write(`${redact(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  process.exit(1);
});

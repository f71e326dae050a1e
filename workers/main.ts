import { parseArgs } from 'node:util';
import { ROLES, readWorkerConfig } from './config.js';
import type { WorkerConfig } from './config.js';
import { openContext } from './context.js';
import type { RoleWorkers, WorkerContext } from './context.js';
import { createProcessLog } from './process-log.js';
import { createStopping } from './stopping.js';
import { installTemporalLog } from './temporal-log.js';
import { createRedaction } from '../domain/secrets.js';

/** After the grace, activities are told to stop; this is for their last words and for closing connections. */
const LAST_WORDS_MS = 4_000;

/** Until the secrets are known, what is secret by its form is censored. */
let redact = createRedaction([]);

/** `workers/main.ts --role yard|images|gpu|discord`: one process, one role. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { role: { type: 'string' } } });
  const role = ROLES.find((known) => known === values.role);
  if (role === undefined) fail([`Expected --role to be one of ${ROLES.join(', ')}, got ${values.role ?? 'none'}.`]);
  const config = readWorkerConfig(role);
  if ('problems' in config) fail(config.problems);

  redact = createRedaction(config.secrets);
  const log = createProcessLog(role, config.settings.LOG_LEVEL, redact);
  const stopping = createStopping({ watchParent: config.watchParent, onProblem: (problem) => { log.warn({ err: problem }, 'stop'); } });
  installTemporalLog(log);
  const context = await openContext(config, log);
  const { workers, background = [] } = await createWorkers(config, context);

  const running = Promise.all(workers.map((worker) => worker.run()));
  for (const each of background) each.start();
  stopping.drainBy(async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
    for (const each of background) await each.stop();
    await context.close();
  }, config.settings.SHUTDOWN_GRACE + LAST_WORDS_MS);
  // The supervisor waits for this line, whatever the level of the log.
  log.child({}, { level: 'info' }).info({ ready: true, role }, 'ready');
  await running;
}

/** Each role loads only its own libraries: decoding pictures and talking to Discord have nothing to do in the same process. */
async function createWorkers({ role }: WorkerConfig, context: WorkerContext): Promise<RoleWorkers> {
  switch (role) {
    case 'yard':
      return (await import('./yard.js')).createYardWorkers(context);
    case 'images':
      return (await import('./images.js')).createImageWorkers(context);
    case 'gpu':
      return (await import('./gpu.js')).createGpuWorkers(context);
    case 'discord':
      return (await import('./discord.js')).createDiscordWorkers(context);
  }
}

function fail(problems: readonly string[]): never {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(78);
}

main().catch((error: unknown) => {
  process.stderr.write(`${redact(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  process.exit(1);
});

import { parseArgs } from 'node:util';
import { ROLES, readWorkerConfig } from './config.js';
import type { Role } from './config.js';
import { openContext } from './context.js';
import type { RoleWorkers, WorkerContext } from './context.js';
import { createProcessLog, installTemporalLog } from './process-log.js';

/** `workers/main.ts --role yard|images|gpu|discord`: one process, one role. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { role: { type: 'string' } } });
  const role = ROLES.find((known) => known === values.role);
  if (role === undefined) fail([`Expected --role to be one of ${ROLES.join(', ')}, got ${values.role ?? 'none'}.`]);
  const config = readWorkerConfig(role);
  if ('problems' in config) fail(config.problems);

  const log = createProcessLog(role, config.settings.LOG_LEVEL);
  installTemporalLog(log);
  const context = await openContext(config, log);
  const { workers, background = [] } = await createWorkers(role, context);

  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  if (config.watchParent) process.stdin.on('end', stop).on('close', stop).resume();

  const running = workers.map((worker) => worker.run());
  for (const each of background) each.start();
  // The supervisor waits for this line, whatever the level of the log.
  log.child({}, { level: 'info' }).info({ ready: true, role }, 'ready');
  await Promise.all(running);
  for (const each of background) await each.stop();
  await context.close();
  process.exit(0);
}

/** Each role loads only its own libraries: decoding pictures and talking to Discord have nothing to do in the same process. */
async function createWorkers(role: Role, context: WorkerContext): Promise<RoleWorkers> {
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
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});

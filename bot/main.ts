import { setTimeout as delay } from 'node:timers/promises';
import { Client as TemporalClient, Connection as TemporalConnection } from '@temporalio/client';
import type { Client } from 'discord.js';
import { createConnection } from 'mongoose';
import type { Logger } from 'pino';
import { COMMANDS, MESSAGE_COMMANDS } from './commands/index.js';
import { COMPONENTS } from './components/index.js';
import { botSecrets, environment, readBotConfig, readTemporalConfig } from './config.js';
import { connectInTime } from './database.js';
import { registeredCommands } from './deploy.js';
import { createGateway, listen, login } from './gateway.js';
import { openServices } from './open-services.js';
import { createRouter } from './router.js';
import { resumeUploads } from './upload.js';
import { createYard } from './yard.js';
import { createRedaction } from '../domain/secrets.js';
import { parentWatched } from '../domain/settings.js';
import { loadRecipes, RECIPES_FOLDER } from '../recipes/load.js';
import { createProcessLog } from '../workers/process-log.js';
import { createStopping } from '../workers/stopping.js';

const CONFIG_PROBLEM = 78;
const UNAUTHORIZED = 77;
/** How long a start waits for the database before it serves without it. */
const DATABASE_HEAD_START_MS = 5_000;

/** Until the secrets are known, what is secret by its form is censored. */
let redact = createRedaction([]);

/** The Discord adapter: one gateway connection, one router. It keeps nothing between interactions, so it may die at any time. */
async function main(): Promise<void> {
  const env = environment();
  const config = readBotConfig(env);
  if (config.kind === 'problems') {
    process.stderr.write(`${config.problems.join('\n')}\n`);
    process.exit(CONFIG_PROBLEM);
  }
  const settings = config.values;
  redact = createRedaction(botSecrets(env));
  const log = createProcessLog('bot', settings.LOG_LEVEL, redact);
  const stopping = createStopping({ watchParent: parentWatched(env), onProblem: (problem) => { log.error({ err: problem }, 'stop'); } });
  // discord.js reads packets in promises that nobody awaits: one that it cannot read would end the bot for everybody.
  process.on('unhandledRejection', (error) => { log.error({ err: error }, 'something failed that nobody waited for'); });

  const database = createConnection();
  const { connectionOptions, namespace } = readTemporalConfig();
  const temporal = TemporalConnection.lazy({ ...connectionOptions, connectTimeout: '3 seconds' });
  const temporalClient = new TemporalClient({ connection: temporal, namespace });
  const services = openServices({
    connection: database,
    recipes: await loadRecipes(RECIPES_FOLDER),
    yard: createYard(temporalClient, settings.TASK_QUEUE_PREFIX),
    config: settings,
    log,
  });
  const giveUp = new AbortController();
  const connected = connectInTime(database, settings.MONGODB_URI, log, giveUp.signal).then(() => services.ensureIndexes());

  const gateway = createGateway({
    apiUrl: settings.DISCORD_API_URL,
    log,
    onUnauthorized: () => process.exit(UNAUTHORIZED),
  });

  await Promise.race([connected, delay(DATABASE_HEAD_START_MS, undefined, { ref: false })]);
  const listening = listen(gateway, createRouter({ services: services.services, commands: COMMANDS, messageCommands: MESSAGE_COMMANDS, components: COMPONENTS }), log);
  stopping.drainBy(async () => {
    giveUp.abort();
    // No new interaction arrives; answers need no gateway.
    await gateway.destroy();
    await listening.drained();
    await Promise.allSettled([database.close(), temporal.close()]);
  }, settings.SHUTDOWN_GRACE);
  const ready = await login(gateway, settings.DISCORD_TOKEN);
  await lookForCommands(ready, log);
  // The supervisor waits for this line, whatever the level of the log.
  log.child({}, { level: 'info' }).info({ ready: true, user: ready.user.tag }, 'ready');
  await connected;
  await resumeUploads(services.services).catch((error: unknown) => {
    log.warn({ err: error }, 'uploads of a bot that died could not be looked for');
  });
}

/** Registering is a step of its own, `npm run deploy-commands`; a start only says when it was forgotten. */
async function lookForCommands({ rest, application }: Client<true>, log: Logger): Promise<void> {
  const registered = await registeredCommands(rest, { applicationId: application.id, guildId: undefined });
  if (registered.length === 0) log.warn({ applicationId: application.id }, 'no commands are registered for all servers: npm run deploy-commands does it');
}

main().catch((error: unknown) => {
  process.stderr.write(`${redact(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  process.exit(1);
});

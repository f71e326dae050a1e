import { REST } from 'discord.js';
import { pino } from 'pino';
import { COMMAND_BODIES } from '../../bot/commands/index.js';
import { deployCommands } from '../../bot/deploy.js';
import { readStandInConfig } from './config.js';
import { APPLICATION_ID } from './people.js';
import { createDiscordStandIn } from './stand-in.js';

async function run(): Promise<void> {
  const { watchParent, ...options } = readStandInConfig();
  const log = pino({ base: null });
  const standIn = await createDiscordStandIn(options);
  // Its world is new at each start; with Discord itself this is a step of its own.
  await deployCommands(new REST({ api: standIn.apiUrl }).setToken(standIn.token), APPLICATION_ID, COMMAND_BODIES);

  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void standIn.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (watchParent) process.stdin.on('end', stop).on('close', stop).resume();

  log.info({ ready: true, url: standIn.origin, apiUrl: standIn.apiUrl, controlUrl: standIn.controlUrl }, 'ready');
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

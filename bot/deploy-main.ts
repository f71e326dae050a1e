import { Routes, REST } from 'discord.js';
import { pino } from 'pino';
import { COMMAND_BODIES } from './commands/index.js';
import { environment, readDeployConfig } from './config.js';
import { deployCommands } from './deploy.js';

/** Registers the commands with Discord: a step of its own, run once per version and not at every start of the bot. */
async function main(): Promise<void> {
  const config = readDeployConfig(environment());
  if (config.kind === 'problems') {
    process.stderr.write(`${config.problems.join('\n')}\n`);
    process.exitCode = 2;
    return;
  }
  const { DISCORD_TOKEN, DISCORD_API_URL, LOG_LEVEL } = config.values;
  const log = pino({ level: LOG_LEVEL });
  const rest = new REST(DISCORD_API_URL === undefined ? {} : { api: DISCORD_API_URL }).setToken(DISCORD_TOKEN);
  const application = await rest.get(Routes.currentApplication());
  const applicationId = typeof application === 'object' && application !== null && 'id' in application ? String(application.id) : '';
  log.info({ applicationId, outcome: await deployCommands(rest, applicationId, COMMAND_BODIES) }, 'commands');
}

await main();

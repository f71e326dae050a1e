import { parseArgs } from 'node:util';
import { DiscordAPIError, HTTPError, REST, Routes } from 'discord.js';
import type { CommandChange } from './command-diff.js';
import { COMMAND_BODIES } from './commands/index.js';
import { readDeployConfig } from './config.js';
import { changesOf, overwrite } from './deploy.js';

const CONFIG_PROBLEM = 78;
const REFUSED = 1;
const DONE = 0;

const USAGE = `Registers the commands with Discord, after saying what that changes. Run it after an update that changed commands.

  npm run deploy-commands                   for every server and for direct messages
  npm run deploy-commands -- --guild <id>   in one server only
  npm run deploy-commands -- --dry-run      says what would change and changes nothing

Needs DISCORD_TOKEN, or DISCORD_TOKEN_FILE. Exit code 0: done or nothing to do, 1: Discord refused, 78: wrong settings.`;

interface Wish {
  readonly guild: string | undefined;
  readonly dryRun: boolean;
  readonly help: boolean;
}

/** Where the lines go. */
export interface Terminal {
  out(lines: string): void;
  err(lines: string): void;
}

/** A step of its own, run once per version: no start of the bot registers anything. Resolves to the exit code. */
export async function runDeployment(args: readonly string[], env: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const wish = readWish(args);
  const config = readDeployConfig(env);
  if (wish?.help === true) {
    terminal.out(USAGE);
    return DONE;
  }
  if (wish === null || config.kind === 'problems') {
    const problems = config.kind === 'problems' ? config.problems : [];
    terminal.err([...(wish === null ? [USAGE] : []), ...problems].join('\n'));
    return CONFIG_PROBLEM;
  }

  const { DISCORD_TOKEN, DISCORD_API_URL } = config.values;
  const rest = new REST(DISCORD_API_URL === undefined ? {} : { api: DISCORD_API_URL }).setToken(DISCORD_TOKEN);
  try {
    for await (const lines of deploy(rest, wish)) terminal.out(lines);
    return DONE;
  } catch (error) {
    terminal.err(whyNot(error));
    return REFUSED;
  }
}

function whyNot(error: unknown): string {
  if (error instanceof DiscordAPIError) return `Discord refused: ${error.message} (HTTP ${error.status}, code ${error.code}).`;
  if (error instanceof HTTPError) return `Discord answered HTTP ${error.status}; run it again later.`;
  return `Discord could not be asked: ${error instanceof Error ? error.message : String(error)}`;
}

/** What is done, line by line. */
async function* deploy(rest: REST, { guild: guildId, dryRun }: Wish): AsyncGenerator<string> {
  const application = await rest.get(Routes.currentApplication());
  const applicationId = typeof application === 'object' && application !== null && 'id' in application ? String(application.id) : '';
  const scope = { applicationId, guildId };
  const where = guildId === undefined ? 'everywhere' : `in server ${guildId}`;
  const wanted = guildId === undefined ? COMMAND_BODIES : COMMAND_BODIES.map(inOneServer);
  const changes = await changesOf(rest, scope, wanted);
  if (changes.length === 0) {
    yield `Nothing to change: the ${COMMAND_BODIES.length} commands are registered ${where}.`;
    return;
  }
  yield changes.map(lineOf).join('\n');
  if (dryRun) {
    yield 'Nothing was changed: this was a dry run.';
    return;
  }
  await overwrite(rest, scope, wanted);
  yield `Registered ${COMMAND_BODIES.length} commands ${where}.`;
}

/** Discord takes where a command may be used for global ones only. */
function inOneServer(body: (typeof COMMAND_BODIES)[number]): (typeof COMMAND_BODIES)[number] {
  const { contexts: _contexts, integration_types: _types, ...rest } = body;
  return rest;
}

function readWish(args: readonly string[]): Wish | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { guild: { type: 'string' }, 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.guild !== undefined && !/^\d{5,20}$/.test(values.guild)) return null;
    return { guild: values.guild, dryRun: values['dry-run'], help: values.help };
  } catch {
    // Whatever it could not read, the usage says what can be said.
    return null;
  }
}

function lineOf(change: CommandChange): string {
  switch (change.kind) {
    case 'added':
      return `+ ${change.path}`;
    case 'removed':
      return `- ${change.path}`;
    case 'changed':
      return `~ ${change.path}: ${change.field} ${change.before} -> ${change.after}`;
  }
}

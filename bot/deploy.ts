import { Routes, type REST, type RESTPostAPIApplicationCommandsJSONBody } from 'discord.js';
import { diffCommands, type CommandChange } from './command-diff.js';

export type DeployOutcome = 'registered' | 'unchanged';

/** Where commands are registered: everywhere, or in one server, where they show at once. */
export interface CommandScope {
  readonly applicationId: string;
  readonly guildId: string | undefined;
}

/**
 * Registers the commands of the application, only when they differ from what is registered: deploying twice writes once.
 * Bulk overwrite is one step, leaves commands that are the same as they are, and is idempotent, so two that meet do no harm.
 */
export async function deployCommands(rest: REST, applicationId: string, wanted: readonly RESTPostAPIApplicationCommandsJSONBody[]): Promise<DeployOutcome> {
  const scope = { applicationId, guildId: undefined };
  if ((await changesOf(rest, scope, wanted)).length === 0) return 'unchanged';
  await overwrite(rest, scope, wanted);
  return 'registered';
}

/** What a deployment would change. Reads only. */
export async function changesOf(rest: REST, scope: CommandScope, wanted: readonly object[]): Promise<CommandChange[]> {
  return diffCommands(await registeredCommands(rest, scope), wanted);
}

export async function overwrite(rest: REST, scope: CommandScope, wanted: readonly RESTPostAPIApplicationCommandsJSONBody[]): Promise<void> {
  await rest.put(routeOf(scope), { body: wanted });
}

export async function registeredCommands(rest: REST, scope: CommandScope): Promise<readonly object[]> {
  // Without being asked, Discord leaves the other languages out.
  const registered = await rest.get(routeOf(scope), { query: new URLSearchParams({ with_localizations: 'true' }) });
  if (!Array.isArray(registered)) throw new TypeError('Expected a list of registered commands.');
  return registered.filter((command): command is object => typeof command === 'object' && command !== null);
}

function routeOf({ applicationId, guildId }: CommandScope): `/${string}` {
  return guildId === undefined ? Routes.applicationCommands(applicationId) : Routes.applicationGuildCommands(applicationId, guildId);
}

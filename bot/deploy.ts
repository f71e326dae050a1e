import { Routes, type REST, type RESTPostAPIApplicationCommandsJSONBody } from 'discord.js';

export type DeployOutcome = 'registered' | 'unchanged';

/**
 * Registers the commands of the application, only when they differ from what is registered: deploying twice writes once.
 * Bulk overwrite is idempotent, so two that meet do no harm.
 */
export async function deployCommands(
  rest: REST,
  applicationId: string,
  wanted: readonly RESTPostAPIApplicationCommandsJSONBody[],
): Promise<DeployOutcome> {
  if (!differs(await registeredCommands(rest, applicationId), wanted)) return 'unchanged';
  await rest.put(Routes.applicationCommands(applicationId), { body: wanted });
  return 'registered';
}

export async function registeredCommands(rest: REST, applicationId: string): Promise<readonly object[]> {
  const registered = await rest.get(Routes.applicationCommands(applicationId));
  if (!Array.isArray(registered)) throw new TypeError('Expected a list of registered commands.');
  return registered.filter((command): command is object => typeof command === 'object' && command !== null);
}

/** What we say of a command and its options; Discord adds ids, versions and defaults of its own. */
const SAID = [
  'name', 'description', 'type', 'required', 'autocomplete', 'choices', 'options', 'min_value', 'max_value', 'min_length', 'max_length', 'file_types',
  'contexts', 'integration_types', 'value',
] as const;

function differs(registered: readonly object[], wanted: readonly object[]): boolean {
  return canonical(registered) !== canonical(wanted);
}

function canonical(commands: readonly object[]): string {
  const sorted = [...commands].map((command) => normal({ type: 1, ...command })).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return JSON.stringify(sorted);
}

/** Keeps what we say in one order, without what equals its absence. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  const fields = new Map<string, unknown>(Object.entries(value));
  return SAID.flatMap((name) => {
    const field = normal(fields.get(name));
    const absent = field === undefined || field === null || field === false || (Array.isArray(field) && field.length === 0);
    return absent ? [] : [[name, field]];
  });
}

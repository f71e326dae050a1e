import { ApplicationCommandUpdateRequestSchema } from 'discord-api-spec/zod';
import { invalidForm, refuse } from '../errors.js';
import { APPLICATION_ID, GUILD_ID } from '../people.js';
import { checkCommands, type CommandBody } from '../validation/command-rules.js';
import { withoutNulls } from '../validation/walk.js';
import type { Command } from '../wire.js';
import { ok, type RestContext, type Route } from './route.js';

const COMMAND_BUCKET = { limit: 5, windowMs: 20_000 } as const;
const CHAT_INPUT = 1;
const MAX_PERMISSION_BITS = 2n ** 54n;

function overwrite(context: RestContext) {
  const { world, body, checkBody } = context;
  const scope = scopeOf(context);
  const given: unknown = body.json;
  if (!Array.isArray(given)) throw invalidForm([{ path: [], code: 'BASE_TYPE_BAD_TYPE', message: 'Only iterables may be used in a ListType', rule: 'schema' }]);
  given.forEach((command, index) => {
    checkBody(ApplicationCommandUpdateRequestSchema, withNumericPermissions(command), [index]);
  });
  const bodies = withoutNulls(given as CommandBody[]);
  const issues = checkCommands(bodies, scope !== 'global');
  if (issues.length > 0) throw invalidForm(issues);
  const before = world.commands.get(scope) ?? [];
  const commands = bodies.map((command): Command => {
    const type = command.type ?? CHAT_INPUT;
    const id = before.find((other) => other.name === command.name && other.type === type)?.id ?? world.nextId();
    return { ...command, id, type, description: command.description ?? '', options: command.options ?? [], ...(scope === 'global' ? {} : { guild_id: scope }) };
  });
  world.commands.set(scope, commands);
  world.journal.changed('commands', scope);
  return ok(commands.map((command) => commandObject(command)));
}

/** `default_member_permissions` is a string of bits on the wire; the published schema says number. */
function withNumericPermissions(command: unknown): unknown {
  if (typeof command !== 'object' || command === null || !('default_member_permissions' in command)) return command;
  const { default_member_permissions: bits } = command;
  if (typeof bits !== 'string' || !/^\d+$/.test(bits)) return command;
  const value = BigInt(bits);
  return { ...command, default_member_permissions: Number(value > MAX_PERMISSION_BITS ? MAX_PERMISSION_BITS : value) };
}

function scopeOf({ params }: RestContext): string {
  if (params.app !== APPLICATION_ID) throw refuse.unknownApplication();
  if (params.guild === undefined) return 'global';
  if (params.guild !== GUILD_ID) throw refuse.missingAccess();
  return params.guild;
}

function commandObject(command: Command): Record<string, unknown> {
  return {
    ...command,
    application_id: APPLICATION_ID,
    version: command.id,
    default_member_permissions: command.default_member_permissions ?? null,
    name_localizations: command.name_localizations ?? null,
    description_localizations: command.description_localizations ?? null,
    nsfw: false,
  };
}

const list = (context: RestContext) => ok((context.world.commands.get(scopeOf(context)) ?? []).map(commandObject));

export const commandRoutes: readonly Route[] = [
  { method: 'PUT', pattern: '/applications/:app/commands', auth: 'bot', bucket: COMMAND_BUCKET, major: 'app', handle: overwrite },
  { method: 'GET', pattern: '/applications/:app/commands', auth: 'bot', bucket: COMMAND_BUCKET, major: 'app', handle: list },
  { method: 'PUT', pattern: '/applications/:app/guilds/:guild/commands', auth: 'bot', bucket: COMMAND_BUCKET, major: 'guild', handle: overwrite },
  { method: 'GET', pattern: '/applications/:app/guilds/:guild/commands', auth: 'bot', bucket: COMMAND_BUCKET, major: 'guild', handle: list },
];

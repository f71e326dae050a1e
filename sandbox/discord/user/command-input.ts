import { attachmentObject, type IncomingFile, storeFile } from '../cdn.js';
import { allowsFileType } from '../file-names.js';
import { memberPermissions } from '../interactions/payload.js';
import { channelObject, memberObject, userObject } from '../messages/objects.js';
import { APPLICATION_ID, ELSEWHERE_GUILD_ID } from '../people.js';
import type { Command, CommandOption } from '../wire.js';
import type { Channel, User, World } from '../world.js';
import { UserRefusal } from './refusal.js';

const OptionType = { Subcommand: 1, Group: 2, String: 3, Integer: 4, Boolean: 5, User: 6, Channel: 7, Role: 8, Mentionable: 9, Number: 10, Attachment: 11 } as const;
const CHAT_INPUT = 1;
const MAX_TEXT = 6_000;

/** A value as the person gives it; files stand as `{ file: n }`. */
export type GivenValue = string | number | boolean | { file: number };

export interface CommandInput {
  user: User;
  channel: Channel;
  /** `train create`. */
  path: string;
  options: Readonly<Record<string, GivenValue>>;
  files: readonly IncomingFile[];
  /** The option being typed, for autocomplete: required options may then still be missing. */
  focused?: string;
}

interface Resolved {
  attachments: Record<string, unknown>;
  users: Record<string, unknown>;
  members: Record<string, unknown>;
  channels: Record<string, unknown>;
}

/** The interaction `data` of a command, or a refusal in the words of Discord's client. */
export function commandData(world: World, input: CommandInput): Record<string, unknown> {
  const [name = '', ...subcommands] = input.path.trim().split(/\s+/);
  const command = findCommand(world, input, name);
  const resolved: Resolved = { attachments: {}, users: {}, members: {}, channels: {} };
  const options = nested(world, input, resolved, command.options, subcommands, `/${input.path}`);
  const filled = Object.entries(resolved).filter(([, items]) => Object.keys(items as object).length > 0);
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
    ...(options.length === 0 ? {} : { options }),
    ...(filled.length === 0 ? {} : { resolved: Object.fromEntries(filled) }),
  };
}

/** The option of a command path, for autocomplete. */
export function findOption(world: World, input: CommandInput, optionName: string): CommandOption {
  const [name = '', ...subcommands] = input.path.trim().split(/\s+/);
  let options = findCommand(world, input, name).options;
  for (const step of subcommands) options = options.find((option) => option.name === step)?.options ?? [];
  const option = options.find((one) => one.name === optionName);
  if (option === undefined) throw new UserRefusal(`/${input.path} has no option "${optionName}".`);
  return option;
}

/** The command of this name and type (1 slash, 2 of a person, 3 of a message), if the person may use it there. */
export function findCommand(world: World, { channel, user }: Pick<CommandInput, 'channel' | 'user'>, name: string, type = CHAT_INPUT): Command {
  const slash = type === CHAT_INPUT ? '/' : '';
  const commands = commandsIn(world, channel).filter((one) => one.type === type);
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw new UserRefusal(`There is no command ${slash}${name}. Registered: ${commands.map((one) => `${slash}${one.name}`).join(', ') || 'none'}.`);
  const reason = whyNot(command, channel, user);
  if (reason !== undefined) throw new UserRefusal(reason.replace('{command}', `${slash}${name}`));
  return command;
}

/** What the client offers a person in a channel, of all types. */
export const usableCommands = (world: World, channel: Channel, user: User): Command[] => commandsIn(world, channel).filter((command) => whyNot(command, channel, user) === undefined);

const commandsIn = (world: World, channel: Channel): Command[] => [...(world.commands.get(channel.guildId ?? '') ?? []), ...(world.commands.get('global') ?? [])];

function whyNot(command: Command, channel: Channel, user: User): string | undefined {
  const context = channel.guildId === undefined ? 1 : 0;
  if (command.contexts !== undefined && !command.contexts.includes(context)) return `{command} cannot be used ${context === 1 ? 'in direct messages' : 'in a server'}.`;
  if (channel.guildId === ELSEWHERE_GUILD_ID && command.integration_types?.includes(1) !== true) return '{command} cannot be installed by a user alone.';
  const needed = BigInt(command.default_member_permissions ?? '0');
  const isForAdminsOnly = command.default_member_permissions === '0';
  const mayNot = channel.guildId !== undefined && (isForAdminsOnly || (memberPermissions(user) & needed) !== needed);
  return mayNot ? `${user.displayName} may not use {command}.` : undefined;
}

function nested(world: World, input: CommandInput, resolved: Resolved, options: readonly CommandOption[], path: readonly string[], shown: string): Record<string, unknown>[] {
  const [step, ...rest] = path;
  const isParent = options.some((option) => option.type === OptionType.Subcommand || option.type === OptionType.Group);
  if (step === undefined) {
    if (isParent) throw new UserRefusal(`${shown} is not complete: ${options.map((option) => option.name).join(', ')}.`);
    return values(world, input, resolved, options, shown);
  }
  const chosen = isParent ? options.find((option) => option.name === step) : undefined;
  if (chosen === undefined) throw new UserRefusal(`There is no command ${shown}.`);
  return [{ type: chosen.type, name: chosen.name, options: nested(world, input, resolved, chosen.options ?? [], rest, shown) }];
}

function values(world: World, input: CommandInput, resolved: Resolved, options: readonly CommandOption[], shown: string): Record<string, unknown>[] {
  for (const name of Object.keys(input.options)) {
    if (!options.some((option) => option.name === name)) throw new UserRefusal(`${shown} has no option "${name}". It has: ${options.map((option) => option.name).join(', ') || 'none'}.`);
  }
  return options.flatMap((option) => {
    const given = input.options[option.name];
    if (given === undefined || given === '') {
      if (option.required === true && input.focused === undefined) throw new UserRefusal(`${shown}: option "${option.name}" is required.`);
      if (input.focused !== option.name) return [];
    }
    const isFocused = input.focused === option.name;
    const value = isFocused ? (given ?? '') : valueOf(world, input, resolved, option, given ?? '');
    return [{ type: option.type, name: option.name, value, ...(isFocused ? { focused: true } : {}) }];
  });
}

function valueOf(world: World, input: CommandInput, resolved: Resolved, option: CommandOption, given: GivenValue): unknown {
  if (option.choices !== undefined && option.choices.length > 0) {
    const choice = option.choices.find((one) => one.value === given || one.name === given);
    if (choice === undefined) throw new UserRefusal(`"${option.name}" must be one of: ${option.choices.map((one) => one.name).join(', ')}.`);
    return choice.value;
  }
  switch (option.type) {
    case OptionType.String:
      return textValue(option, given);
    case OptionType.Integer:
    case OptionType.Number:
      return numberValue(option, given);
    case OptionType.Boolean:
      if (typeof given !== 'boolean') throw new UserRefusal(`"${option.name}" must be true or false.`);
      return given;
    case OptionType.User:
    case OptionType.Mentionable:
      return userValue(world, resolved, option, given);
    case OptionType.Channel:
      return channelValue(world, resolved, option, given);
    case OptionType.Attachment:
      return fileValue(world, input, resolved, option, given);
    default:
      return given;
  }
}

function textValue(option: CommandOption, given: GivenValue): string {
  if (typeof given !== 'string') throw new UserRefusal(`"${option.name}" must be text.`);
  const { min_length: min = 0, max_length: max = MAX_TEXT } = option;
  if (given.length < min || given.length > max) throw new UserRefusal(`"${option.name}" must be ${min} to ${max} characters long; it has ${given.length}.`);
  return given;
}

function numberValue(option: CommandOption, given: GivenValue): number {
  if (typeof given !== 'number' || !Number.isFinite(given) || (option.type === OptionType.Integer && !Number.isSafeInteger(given))) {
    throw new UserRefusal(`"${option.name}" must be ${option.type === OptionType.Integer ? 'a whole number' : 'a number'}.`);
  }
  const { min_value: min = -(2 ** 53), max_value: max = 2 ** 53 } = option;
  if (given < min || given > max) throw new UserRefusal(`"${option.name}" must be between ${min} and ${max}; it is ${given}.`);
  return given;
}

function userValue(world: World, resolved: Resolved, option: CommandOption, given: GivenValue): string {
  const user = [...world.users.values()].find((one) => one.id === given || one.username === given);
  if (user === undefined) throw new UserRefusal(`"${option.name}": there is no such person.`);
  resolved.users[user.id] = userObject(user);
  resolved.members[user.id] = { ...memberObject(user), user: undefined, permissions: memberPermissions(user).toString() };
  return user.id;
}

function channelValue(world: World, resolved: Resolved, option: CommandOption, given: GivenValue): string {
  const channel = [...world.channels.values()].find((one) => one.id === given || one.name === given);
  if (channel === undefined) throw new UserRefusal(`"${option.name}": there is no such channel.`);
  resolved.channels[channel.id] = channelObject(world, channel);
  return channel.id;
}

function fileValue(world: World, input: CommandInput, resolved: Resolved, option: CommandOption, given: GivenValue): string {
  const file = typeof given === 'object' ? input.files.find((one) => one.field === `files[${given.file}]`) : undefined;
  if (file === undefined) throw new UserRefusal(`"${option.name}" must be a file.`);
  return uploadFile(world, file, option.file_types, resolved.attachments);
}

/** Uploads a file with a command or form: checked as the client does, by name and size only. */
export function uploadFile(world: World, file: IncomingFile, fileTypes: readonly string[] | undefined, resolved: Record<string, unknown>): string {
  if (!allowsFileType(fileTypes, file.filename)) throw new UserRefusal(`${file.filename} is not of an accepted type (${(fileTypes ?? []).join(', ')}).`);
  if (file.bytes.length > world.uploadLimitBytes) {
    throw new UserRefusal(`Your files are too powerful: ${file.filename} has ${file.bytes.length} bytes, the limit is ${world.uploadLimitBytes}.`);
  }
  const stored = storeFile(world, APPLICATION_ID, file, true);
  resolved[stored.id] = attachmentObject(world, stored);
  return stored.id;
}

import type { FormIssue } from '../errors.js';
import type { Command, CommandOption } from '../wire.js';
import type { Path } from './walk.js';

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MAX_COMMAND_TEXT = 8_000;
/** By type: slash commands, commands of a person's menu and of a message's menu. */
const MAX_COMMANDS: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };
const CHAT_INPUT = 1;
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;

const LOCALES = new Set(
  'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko'.split(' '),
);

/** A command as it arrives, before the stand-in gives it an id. */
export type CommandBody = Omit<Command, 'id' | 'options' | 'type' | 'description'> & { type?: number; description?: string; options?: CommandOption[] };

/** Rules 17 to 21 over a bulk overwrite. */
export function checkCommands(commands: readonly CommandBody[], isGuild: boolean): FormIssue[] {
  const issues = commands.flatMap((command, index) => [...checkCommand(command, [index]), ...(isGuild ? checkGuildOnly(command, [index]) : [])]);
  commands.forEach((command, index) => {
    const first = commands.findIndex((other) => other.name === command.name && (other.type ?? CHAT_INPUT) === (command.type ?? CHAT_INPUT));
    if (first < index) issues.push({ path: [index], code: 'APPLICATION_COMMANDS_DUPLICATE_NAME', message: 'Application command names must be unique', rule: 'command-names-unique' });
  });
  for (const [type, max] of Object.entries(MAX_COMMANDS)) {
    if (commands.filter((command) => String(command.type ?? CHAT_INPUT) === type).length <= max) continue;
    issues.push({ path: [], code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${max} or fewer in length.`, rule: 'command-count' });
  }
  return issues;
}

/** Rules 17 to 21 for one command. */
function checkCommand(command: CommandBody, path: Path): FormIssue[] {
  const isChat = (command.type ?? CHAT_INPUT) === CHAT_INPUT;
  const issues: FormIssue[] = [...(isChat ? checkName(command.name, [...path, 'name']) : []), ...checkLocalizations(command, path, isChat)];
  if (isChat && (command.description ?? '') === '') issues.push({ path: [...path, 'description'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required', rule: '18 description' });
  if (!isChat && (command.description ?? '') !== '') {
    issues.push({ path: [...path, 'description'], code: 'APPLICATION_COMMAND_DESCRIPTION_FORBIDDEN', message: 'Context menu commands cannot have description', rule: '18 description' });
  }
  if (!isChat && (command.options ?? []).length > 0) {
    issues.push({ path: [...path, 'options'], code: 'APPLICATION_COMMAND_OPTIONS_FORBIDDEN', message: 'Context menu commands cannot have options', rule: 'menu-commands' });
  }
  issues.push(...checkOptions(command.options ?? [], [...path, 'options']));
  if (textOf(command) > MAX_COMMAND_TEXT) {
    issues.push({ path, code: 'APPLICATION_COMMAND_TOO_LARGE', message: `Command exceeds maximum size (${MAX_COMMAND_TEXT})`, rule: '21 command-size' });
  }
  return issues;
}

function checkGuildOnly(command: CommandBody, path: Path): FormIssue[] {
  if (command.contexts === undefined && command.integration_types === undefined) return [];
  const field = command.contexts === undefined ? 'integration_types' : 'contexts';
  return [{ path: [...path, field], code: 'APPLICATION_COMMAND_CONTEXTS_GUILD', message: 'Only global commands take contexts and integration types', rule: 'guild-commands' }];
}

function checkName(name: string, path: Path): FormIssue[] {
  if (NAME.test(name) && name === name.toLowerCase()) return [];
  return [{ path, code: 'APPLICATION_COMMAND_INVALID_NAME', message: 'Command name is invalid', rule: '17 command-name' }];
}

function checkLocalizations(item: CommandBody | CommandOption, path: Path, isNameStrict: boolean): FormIssue[] {
  const names = Object.entries(item.name_localizations ?? {});
  const all = [...names.map((entry) => ['name_localizations', ...entry] as const), ...Object.entries(item.description_localizations ?? {}).map((entry) => ['description_localizations', ...entry] as const)];
  return [
    ...all.flatMap(([field, locale]): FormIssue[] =>
      LOCALES.has(locale) ? [] : [{ path: [...path, field, locale], code: 'ENUM_TYPE_COERCE', message: `Value "${locale}" is not a valid enum value.`, rule: '21 localizations' }],
    ),
    ...(isNameStrict ? names.flatMap(([locale, name]) => checkName(name, [...path, 'name_localizations', locale])) : []),
  ];
}

function checkOptions(options: readonly CommandOption[], path: Path): FormIssue[] {
  const isParent = (option: CommandOption): boolean => option.type === SUBCOMMAND || option.type === SUBCOMMAND_GROUP;
  const issues: FormIssue[] = options.flatMap((option, index) => checkOption(option, [...path, index]));
  options.forEach((option, index) => {
    const previous = options[index - 1];
    if (option.required === true && previous !== undefined && !isParent(previous) && previous.required !== true) {
      issues.push({ path: [...path, index], code: 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message: 'Required options must be placed before non-required options', rule: '19 required-first' });
    }
    if (options.findIndex((other) => other.name === option.name) < index) {
      issues.push({ path: [...path, index], code: 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', message: 'Option name already exists', rule: 'option-names-unique' });
    }
  });
  if (options.some(isParent) && !options.every(isParent)) {
    issues.push({ path, code: 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message: 'Sub-command and sub-command group option types are mutually exclusive to all other types', rule: 'subcommands' });
  }
  return issues;
}

function checkOption(option: CommandOption, path: Path): FormIssue[] {
  const issues = [...checkName(option.name, [...path, 'name']), ...checkLocalizations(option, path, true)];
  if (option.autocomplete === true && (option.choices ?? []).length > 0) {
    issues.push({ path: [...path, 'autocomplete'], code: 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE', message: 'Autocomplete and choices are mutually exclusive', rule: '20 autocomplete-or-choices' });
  }
  if ((option.min_value ?? -Infinity) > (option.max_value ?? Infinity) || (option.min_length ?? 0) > (option.max_length ?? Infinity)) {
    issues.push({ path, code: 'APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID', message: 'The minimum is larger than the maximum', rule: 'option-ranges' });
  }
  return [...issues, ...checkOptions(option.options ?? [], [...path, 'options'])];
}

const longest = (text: string | undefined, localized: Record<string, string> | undefined): number =>
  Math.max(text?.length ?? 0, ...Object.values(localized ?? {}).map((other) => other.length));

/** Names, descriptions and choice values of the whole command, the longest localisation counting. */
function textOf(item: CommandBody | CommandOption): number {
  const own = longest(item.name, item.name_localizations) + longest(item.description, item.description_localizations);
  const choices = 'choices' in item ? (item.choices ?? []) : [];
  const choiceText = choices.reduce((sum, choice) => sum + longest(choice.name, choice.name_localizations) + (typeof choice.value === 'string' ? choice.value.length : 0), 0);
  return (item.options ?? []).reduce((sum, option) => sum + textOf(option), own + choiceText);
}

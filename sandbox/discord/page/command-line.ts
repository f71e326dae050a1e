import type { Command, CommandOption } from '../wire.js';

const CHAT_INPUT = 1;
export const OptionType = { Subcommand: 1, Group: 2, String: 3, Integer: 4, Boolean: 5, User: 6, Channel: 7, Role: 8, Mentionable: 9, Number: 10, Attachment: 11 } as const;

/** A command as it is typed: `/train create`. */
export interface CommandEntry {
  /** `train create`. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
}

/** A file as the form sees it. */
export interface GivenFile {
  readonly name: string;
  readonly size: number;
}

/** What stands in one option's field. A choice shows `text` and sends `value`. */
export interface FieldValue {
  readonly text: string;
  readonly value?: string | number | boolean;
  readonly file?: GivenFile;
}

export type FieldValues = Readonly<Record<string, FieldValue>>;

/** Every command that can be typed, subcommands each by itself, in the order of their names. */
export function commandEntries(commands: readonly Command[]): CommandEntry[] {
  const leaves = (path: string, description: string, options: readonly CommandOption[]): CommandEntry[] => {
    const parents = options.filter(({ type }) => type === OptionType.Subcommand || type === OptionType.Group);
    if (parents.length === 0) return [{ path, description, options }];
    return parents.flatMap((option) => leaves(`${path} ${option.name}`, option.description, option.options ?? []));
  };
  return commands
    .filter(({ type }) => type === CHAT_INPUT)
    .flatMap((command) => leaves(command.name, command.description, command.options))
    .sort((one, other) => one.path.localeCompare(other.path));
}

/** The commands that fit what was typed after `/`, the closest first. */
export function matchingCommands(entries: readonly CommandEntry[], typed: string): CommandEntry[] {
  const wanted = typed.replace(/^\//, '').trimStart().toLowerCase();
  const rank = ({ path, description }: CommandEntry): number => {
    if (path.startsWith(wanted)) return 0;
    const words = wanted.split(/\s+/).filter((word) => word !== '');
    const parts = path.split(' ');
    if (words.every((word) => parts.some((part) => part.startsWith(word)))) return 1;
    if (words.every((word) => path.includes(word))) return 2;
    return words.every((word) => description.toLowerCase().includes(word)) ? 3 : Infinity;
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((one) => one.rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .map((one) => one.entry);
}

/** A whole line such as `/train create name:red cats`, pasted or typed to its end; `undefined` when no command begins it. */
export function parseCommandText(entries: readonly CommandEntry[], line: string): { entry: CommandEntry; values: FieldValues } | undefined {
  const text = line.trim().replace(/\s+/g, ' ');
  const entry = entries.filter(({ path }) => text === `/${path}` || text.startsWith(`/${path} `)).sort((one, other) => other.path.length - one.path.length)[0];
  if (entry === undefined) return undefined;
  const rest = text.slice(entry.path.length + 1);
  const names = entry.options.map(({ name }) => name);
  const marks = [...rest.matchAll(/(?:^| )([^\s:]+):/g)].filter((match) => names.includes(match[1] ?? ''));
  if (marks.length === 0 && rest.trim() !== '') return undefined;
  const values = marks.map((mark, at) => [mark[1] ?? '', { text: rest.slice(mark.index + mark[0].length, marks[at + 1]?.index).trim() }] as const);
  return { entry, values: Object.fromEntries(values) };
}

/** The options to show: the required ones and those the person asked for, in their own order. */
export const shownOptions = (entry: CommandEntry, asked: ReadonlySet<string>): CommandOption[] => entry.options.filter((option) => option.required === true || asked.has(option.name));

/** What is wrong with a field, in one sentence. */
export function fieldProblem(option: CommandOption, given: FieldValue | undefined, uploadLimitBytes: number): string | undefined {
  if (given === undefined || isEmpty(given)) return option.required === true ? 'Required.' : undefined;
  switch (option.type) {
    case OptionType.String:
      return given.value === undefined ? textProblem(option, given.text) : undefined;
    case OptionType.Integer:
    case OptionType.Number:
      return numberProblem(option, given);
    case OptionType.Attachment:
      return (given.file?.size ?? 0) > uploadLimitBytes ? `Too large: at most ${Math.floor(uploadLimitBytes / 1024 / 1024)} MiB.` : undefined;
    default:
      return given.value === undefined ? 'Choose one of the list.' : undefined;
  }
}

const isEmpty = ({ text, value, file }: FieldValue): boolean => text === '' && value === undefined && file === undefined;

function textProblem({ min_length: min = 0, max_length: max = 6_000, choices }: CommandOption, text: string): string | undefined {
  if (choices !== undefined && choices.length > 0 && !choices.some(({ name, value }) => name === text || value === text)) return 'Choose one of the list.';
  return text.length < min || text.length > max ? `${min} to ${max} characters; this has ${text.length}.` : undefined;
}

function numberProblem({ type, min_value: min = -(2 ** 53), max_value: max = 2 ** 53 }: CommandOption, { text, value }: FieldValue): string | undefined {
  const number = typeof value === 'number' ? value : Number(text.trim());
  if (!Number.isFinite(number) || (type === OptionType.Integer && !Number.isSafeInteger(number))) return type === OptionType.Integer ? 'A whole number.' : 'A number.';
  if (number >= min && number <= max) return undefined;
  if (min === -(2 ** 53)) return `At most ${max}.`;
  return max === 2 ** 53 ? `At least ${min}.` : `Between ${min} and ${max}.`;
}

/** What is sent for the filled fields; files stay files. */
export function sentOptions(entry: CommandEntry, values: FieldValues): Record<string, string | number | boolean | GivenFile> {
  return Object.fromEntries(
    entry.options.flatMap((option) => {
      const given = values[option.name];
      return given === undefined || isEmpty(given) ? [] : [[option.name, sentValue(option, given)] as const];
    }),
  );
}

function sentValue({ type }: CommandOption, { text, value, file }: FieldValue): string | number | boolean | GivenFile {
  if (file !== undefined) return file;
  if (value !== undefined) return value;
  return type === OptionType.Integer || type === OptionType.Number ? Number(text.trim()) : text;
}

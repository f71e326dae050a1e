import { ApplicationCommandType, type RESTPostAPIApplicationCommandsJSONBody } from 'discord.js';

/**
 * What people read of commands in one language, by path: `train`, `train create`, `train create name`,
 * `train start card = dm` for a choice, and a message command's own English name for its name.
 */
export type CommandWords = Readonly<Record<string, string>>;

/** The same in further languages, by Discord's name of the language. */
export type TranslatedWords = Readonly<Record<string, CommandWords>>;

/** A command, an option or a choice before anything readable is put in. */
interface Wordless {
  readonly name: string;
  readonly type?: number;
  readonly value?: string | number;
  readonly options?: readonly Wordless[];
  readonly choices?: readonly Wordless[];
}

/** The command as Discord is told it: its words in English, and beside them those of every further language. */
export function worded(command: Wordless, english: CommandWords, translated: TranslatedWords): RESTPostAPIApplicationCommandsJSONBody {
  const isInMenu = command.type === ApplicationCommandType.Message || command.type === ApplicationCommandType.User;
  const body = isInMenu ? { ...command, ...named(command.name, english, translated) } : described(command, command.name, english, translated);
  // The shape is that of the given command; what was put in are its words.
  return body as RESTPostAPIApplicationCommandsJSONBody;
}

function described(item: Wordless, path: string, english: CommandWords, translated: TranslatedWords): object {
  return {
    ...item,
    description: wordOf(path, english),
    ...localized('description_localizations', path, translated),
    ...(item.options === undefined ? {} : { options: item.options.map((option) => described(option, `${path} ${option.name}`, english, translated)) }),
    ...(item.choices === undefined ? {} : { choices: item.choices.map((choice) => ({ ...choice, ...named(`${path} = ${String(choice.value)}`, english, translated) })) }),
  };
}

function named(path: string, english: CommandWords, translated: TranslatedWords): object {
  return { name: wordOf(path, english), ...localized('name_localizations', path, translated) };
}

function localized(field: string, path: string, translated: TranslatedWords): object {
  const words = new Map(Object.entries(translated).map(([locale, language]) => [locale, wordOf(path, language)]));
  return words.size === 0 ? {} : { [field]: Object.fromEntries(words) };
}

function wordOf(path: string, words: CommandWords): string {
  const word = words[path];
  if (word === undefined) throw new RangeError(`Expected the words of "${path}" among those of the commands, found none.`);
  return word;
}

import { ApplicationCommandType, ApplicationIntegrationType, InteractionContextType, type RESTPostAPIApplicationCommandsJSONBody } from 'discord.js';
import type { Command, MessageCommand } from '../interaction-kinds.js';
import { en } from '../texts/en.js';
import { furtherLanguages, type Texts } from '../texts/texts.js';
import { addImages } from './add-images.js';
import { worded } from './command-words.js';
import { modelsDelete } from './models-delete.js';
import { modelsDownload } from './models-download.js';
import { modelsList } from './models-list.js';
import { modelsRename } from './models-rename.js';
import { modelsView } from './models-view.js';
import { pointsBalance } from './points-balance.js';
import { pointsGrant } from './points-grant.js';
import { pointsHistory } from './points-history.js';
import { settings } from './settings.js';
import { trainCancel } from './train-cancel.js';
import { trainCaption } from './train-caption.js';
import { trainCreate } from './train-create.js';
import { trainDelete } from './train-delete.js';
import { trainList } from './train-list.js';
import { trainRemove } from './train-remove.js';
import { trainRename } from './train-rename.js';
import { trainRetry } from './train-retry.js';
import { trainStart } from './train-start.js';
import { trainStatus } from './train-status.js';
import { trainUpload } from './train-upload.js';
import { trainView } from './train-view.js';

interface CommandGroup {
  readonly name: string;
  readonly subcommands: readonly Command[];
}

/** Every command there is: the router and the registration read this one list. */
const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    name: 'train',
    subcommands: [trainCreate, trainList, trainView, trainUpload, trainCaption, trainRemove, trainRename, trainDelete, trainStart, trainStatus, trainCancel, trainRetry],
  },
  { name: 'models', subcommands: [modelsList, modelsView, modelsDownload, modelsRename, modelsDelete] },
  { name: 'points', subcommands: [pointsBalance, pointsHistory, pointsGrant] },
];

/** Commands that stand alone. */
const SINGLE_COMMANDS: readonly Command[] = [settings];

/** By command name, then subcommand name; a command that stands alone has an empty one. */
export const COMMANDS: ReadonlyMap<string, ReadonlyMap<string, Command>> = new Map([
  ...COMMAND_GROUPS.map(({ name, subcommands }) => [name, new Map(subcommands.map((command) => [command.data.name, command]))] as const),
  ...SINGLE_COMMANDS.map((command) => [command.data.name, new Map([['', command]])] as const),
]);

/** What stands in the menu of a message, by name. */
export const MESSAGE_COMMANDS: ReadonlyMap<string, MessageCommand> = new Map([addImages].map((command) => [command.name, command]));

const EVERYWHERE = {
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
};

const BODIES = [
  ...COMMAND_GROUPS.map(({ name, subcommands }) => ({ name, options: subcommands.map(({ data }) => data), ...EVERYWHERE })),
  ...SINGLE_COMMANDS.map(({ data: { name, options = [] } }) => ({ name, options, ...EVERYWHERE })),
  ...[...MESSAGE_COMMANDS.keys()].map((name) => ({ name, type: ApplicationCommandType.Message as const, ...EVERYWHERE })),
];

/** What Discord is told, in every language: usable in servers, in the bot's direct messages and, installed by a user, everywhere. */
export function commandBodies(languages: Readonly<Record<string, Texts>>): readonly RESTPostAPIApplicationCommandsJSONBody[] {
  const translated = Object.fromEntries(Object.entries(languages).map(([locale, { commands }]) => [locale, commands]));
  return BODIES.map((body) => worded(body, en.commands, translated));
}

export const COMMAND_BODIES = commandBodies(furtherLanguages());

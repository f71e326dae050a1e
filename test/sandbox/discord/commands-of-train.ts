import { ApplicationCommandOptionType, ApplicationIntegrationType, InteractionContextType, type RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord.js';

const { Subcommand, String: Text, Integer, Attachment, User, Boolean: Flag } = ApplicationCommandOptionType;

/** A `/train` command with every kind of option the tests press. */
export const trainCommand: RESTPostAPIChatInputApplicationCommandsJSONBody = {
  name: 'train',
  description: 'Train a model',
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
  integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
  options: [
    { type: Subcommand, name: 'create', description: 'Create a dataset', options: [{ type: Text, name: 'name', description: 'Its name', required: true, min_length: 2, max_length: 40 }] },
    { type: Subcommand, name: 'view', description: 'Show a dataset', options: [{ type: Text, name: 'id', description: 'Which', required: true, autocomplete: true }] },
    {
      type: Subcommand,
      name: 'upload',
      description: 'Add an image',
      options: [
        { type: Attachment, name: 'image', description: 'The image', required: true, file_types: ['image'] } as never,
        { type: Text, name: 'caption', description: 'What it shows' },
      ],
    },
    {
      type: Subcommand,
      name: 'start',
      description: 'Start',
      options: [
        { type: Integer, name: 'steps', description: 'Steps', min_value: 100, max_value: 4000 },
        { type: Text, name: 'recipe', description: 'Recipe', choices: [{ name: 'SDXL', value: 'sdxl-lora' }] },
        { type: User, name: 'for', description: 'Who' },
        { type: Flag, name: 'here', description: 'Public' },
      ],
    },
    { type: Subcommand, name: 'form', description: 'Open the form' },
    { type: Subcommand, name: 'menu', description: 'Show buttons' },
  ],
};

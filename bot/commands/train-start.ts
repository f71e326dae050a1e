import { ApplicationCommandOptionType, type ChatInputCommandInteraction } from 'discord.js';
import type { RunSettings } from '../../domain/recipes.js';
import { refused, type Autocomplete, type Command } from '../interaction-kinds.js';
import { offerTraining, type Wish } from '../offer.js';
import { canPostHere } from '../reach.js';
import { DATASET_OPTION, findDataset, suggestDatasets } from './options.js';

const suggestRecipes: Autocomplete = (typed, { services }) => {
  const wanted = typed.trim().toLowerCase();
  const recipes = [...services.recipes.values()].filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(wanted));
  return Promise.resolve(recipes.map(({ id, title, images }) => ({ name: `${id} · ${title} · ${images.min} to ${images.max} images`, value: id })));
};

/** What the options say; bounds are the recipe's, so they are checked there and not by Discord. */
function settingsOf({ options }: ChatInputCommandInteraction): Partial<RunSettings> {
  const given = {
    steps: options.getInteger('steps'),
    learningRate: options.getNumber('learning_rate'),
    rank: options.getInteger('rank'),
    resolutionPx: options.getInteger('resolution'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

function placeOf(interaction: ChatInputCommandInteraction): Pick<Wish, 'cardPlace' | 'cardMoved'> {
  if (interaction.options.getString('card') !== 'here') return { cardPlace: { where: 'dm' }, cardMoved: false };
  if (!canPostHere(interaction)) return { cardPlace: { where: 'dm' }, cardMoved: true };
  return { cardPlace: { where: 'here', channelId: interaction.channelId }, cardMoved: false };
}

export const trainStart = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'start',
    description: 'Train a model on a dataset: shows the price first',
    options: [
      DATASET_OPTION,
      { type: ApplicationCommandOptionType.String, name: 'recipe', description: 'What to train; without it the first one that fits', autocomplete: true, max_length: 60 },
      { type: ApplicationCommandOptionType.Integer, name: 'steps', description: 'How many training steps' },
      { type: ApplicationCommandOptionType.Number, name: 'learning_rate', description: 'How strongly each step changes the model' },
      { type: ApplicationCommandOptionType.Integer, name: 'rank', description: 'How much the model can hold; higher makes larger files' },
      { type: ApplicationCommandOptionType.Integer, name: 'resolution', description: 'Longest side of the training images, in pixels' },
      {
        type: ApplicationCommandOptionType.String,
        name: 'card',
        description: 'Where to show the training live; without it in your direct messages',
        choices: [
          { name: 'In my direct messages', value: 'dm' },
          { name: 'Here, where everybody sees it', value: 'here' },
        ],
      },
    ],
  },
  ack: 'private',
  autocomplete: { id: suggestDatasets, recipe: suggestRecipes },
  async run(interaction, context) {
    const dataset = await findDataset(interaction.options.getString('id', true), 'start', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return offerTraining(dataset, { recipeId: interaction.options.getString('recipe'), settings: settingsOf(interaction), ...placeOf(interaction), locale: interaction.locale }, context);
  },
} satisfies Command;

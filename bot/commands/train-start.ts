import { ApplicationCommandOptionType, type ChatInputCommandInteraction } from 'discord.js';
import type { TypedSettings } from '../../domain/typed-settings.js';
import { findDataset } from '../find-dataset.js';
import { refused, type Autocomplete, type Command } from '../interaction-kinds.js';
import { offerTraining, type Wish } from '../offer.js';
import { DATASET_OPTION, suggestDatasets } from './options.js';

const suggestRecipes: Autocomplete = (typed, { services, texts }) => {
  const wanted = typed.trim().toLowerCase();
  const recipes = [...services.recipes.values()].filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(wanted));
  return Promise.resolve(recipes.map(({ id, title, images }) => ({ name: texts.start.recipeChoice(id, title, images.min, images.max), value: id })));
};

/** What the options say; bounds are the recipe's, so they are checked there and not by Discord. */
function typedOptions({ options }: ChatInputCommandInteraction): TypedSettings {
  const epochs = options.getInteger('epochs');
  const steps = options.getInteger('steps') ?? (epochs === null ? null : `${epochs} epochs`);
  return {
    steps: String(steps ?? ''),
    learningRate: String(options.getNumber('learning_rate') ?? ''),
    rank: String(options.getInteger('rank') ?? ''),
    resolutionPx: String(options.getInteger('resolution') ?? ''),
    triggerWord: options.getString('trigger_word') ?? '',
  };
}

function wishOf(interaction: ChatInputCommandInteraction): Wish {
  const { options } = interaction;
  const card = options.getString('card');
  return {
    recipeId: options.getString('recipe'),
    typed: typedOptions(interaction),
    problems: options.getInteger('steps') !== null && options.getInteger('epochs') !== null ? [{ kind: 'steps-and-epochs' }] : [],
    card: card === 'here' || card === 'dm' ? card : null,
  };
}

export const trainStart = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'start',
    options: [
      DATASET_OPTION,
      { type: ApplicationCommandOptionType.String, name: 'recipe', autocomplete: true, max_length: 60 },
      { type: ApplicationCommandOptionType.Integer, name: 'steps' },
      { type: ApplicationCommandOptionType.Integer, name: 'epochs' },
      { type: ApplicationCommandOptionType.Number, name: 'learning_rate' },
      { type: ApplicationCommandOptionType.Integer, name: 'rank' },
      { type: ApplicationCommandOptionType.Integer, name: 'resolution' },
      { type: ApplicationCommandOptionType.String, name: 'trigger_word', max_length: 100 },
      {
        type: ApplicationCommandOptionType.String,
        name: 'card',
        choices: [
          { name: 'dm', value: 'dm' },
          { name: 'here', value: 'here' },
        ],
      },
    ],
  },
  ack: 'private',
  autocomplete: { id: suggestDatasets, recipe: suggestRecipes },
  async run(interaction, context) {
    const dataset = await findDataset(interaction.options.getString('id', true), 'start', context);
    return dataset === null ? refused({ code: 'dataset-not-found' }) : offerTraining(dataset, wishOf(interaction), interaction, context);
  },
} satisfies Command;

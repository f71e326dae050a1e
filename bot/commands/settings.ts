import { ApplicationCommandOptionType, type ChatInputCommandInteraction } from 'discord.js';
import type { Preferences } from '../../domain/preferences.js';
import type { Autocomplete, Command } from '../interaction-kinds.js';
import { changeSettings, recipeWish, unknownRecipe } from '../settings.js';
import { ANY_RECIPE } from '../views/settings.js';

const suggestRecipes: Autocomplete = (typed, { services, texts }) => {
  const { anyTitle, choice } = texts.settings.recipe;
  const all = [{ name: anyTitle, value: ANY_RECIPE }, ...[...services.recipes.values()].map(({ id, title }) => ({ name: choice(id, title), value: id }))];
  const wanted = typed.trim().toLowerCase();
  return Promise.resolve(all.filter(({ name }) => name.toLowerCase().includes(wanted)));
};

function choicesOf({ options }: ChatInputCommandInteraction): Partial<Preferences> {
  const ping = options.getBoolean('ping');
  const card = options.getString('card');
  return { ...(ping === null ? {} : { ping }), ...(card === null ? {} : { cardPlace: card === 'here' ? 'here' : 'dm' }) };
}

/** A command without subcommands: without an option it shows what is chosen, with buttons to choose otherwise. */
export const settings = {
  data: {
    type: ApplicationCommandOptionType.Subcommand,
    name: 'settings',
    options: [
      { type: ApplicationCommandOptionType.Boolean, name: 'ping' },
      {
        type: ApplicationCommandOptionType.String,
        name: 'card',
        choices: [
          { name: 'dm', value: 'dm' },
          { name: 'here', value: 'here' },
        ],
      },
      { type: ApplicationCommandOptionType.String, name: 'recipe', autocomplete: true, max_length: 60 },
    ],
  },
  ack: 'private',
  autocomplete: { recipe: suggestRecipes },
  async run(interaction, context) {
    const given = interaction.options.getString('recipe');
    const recipe = given === null ? {} : recipeWish(given, context);
    return recipe === null ? unknownRecipe(context) : changeSettings({ ...choicesOf(interaction), ...recipe }, context);
  },
} satisfies Command;

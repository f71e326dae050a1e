import type { Component } from '../interaction-kinds.js';
import { changeSettings, recipeWish } from '../settings.js';
import { saidView } from '../views/answers.js';
import { cardsHereRoute, defaultRecipeRoute, pingRoute } from '../views/settings-routes.js';
import { chosenIn } from './given.js';

// What they change is the account of whoever presses, so there is nothing that could be somebody else's.

export const setPing = {
  route: pingRoute,
  ack: 'update',
  run: (_interaction, { on }, context) => changeSettings({ ping: on === 1 }, context),
} satisfies Component<{ readonly on: number }>;

export const setCardPlace = {
  route: cardsHereRoute,
  ack: 'update',
  run: (_interaction, { here }, context) => changeSettings({ cardPlace: here === 1 ? 'here' : 'dm' }, context),
} satisfies Component<{ readonly here: number }>;

export const setDefaultRecipe = {
  route: defaultRecipeRoute,
  ack: 'update',
  run: async (interaction, _args, context) => {
    const wish = recipeWish(chosenIn(interaction), context);
    return wish === null ? { kind: 'beside', view: saidView(context.texts.settings.unknownRecipe) } : changeSettings(wish, context);
  },
} satisfies Component<Record<string, never>>;

import type { Preferences } from '../../domain/preferences.js';
import type { Recipe } from '../../domain/recipes.js';
import { ACCENT, button, framed, row, select, text, type View } from './layout.js';
import { plain, safe } from './safe.js';
import { cardsHereRoute, defaultRecipeRoute, pingRoute } from './settings-routes.js';
import type { Texts } from '../texts/texts.js';

/** The value of *the first one that fits*: no recipe has an id with a star in it. */
export const ANY_RECIPE = '*';
/** A select takes 25 options; one of them is *the first one that fits*. More recipes are reached by the option of the command. */
const MOST_RECIPES = 24;

/** What an account chose, and the means to choose otherwise at once. */
export function settingsView(t: Texts, { ping, cardPlace, recipeId }: Preferences, recipes: readonly Recipe[], saved: boolean): View {
  const words = t.settings;
  return framed(ACCENT.calm, [
    text(words.heading, saved ? words.saved : null),
    text(ping ? words.ping.on : words.ping.off),
    row(button(ping ? words.ping.turnOff : words.ping.turnOn, pingRoute.format({ on: ping ? 0 : 1 }))),
    text(words.cardPlace[cardPlace]),
    row(button(cardPlace === 'dm' ? words.cardPlace.toHere : words.cardPlace.toDm, cardsHereRoute.format({ here: cardPlace === 'dm' ? 1 : 0 }))),
    text(recipeLine(t, recipeId, recipes)),
    row(select(defaultRecipeRoute.format({}), words.recipe.choose, recipeOptions(t, recipeId, recipes))),
    text(`-# ${words.hint}`),
  ]);
}

function recipeLine(t: Texts, recipeId: string | null, recipes: readonly Recipe[]): string {
  if (recipeId === null) return t.settings.recipe.fitting;
  const recipe = recipes.find(({ id }) => id === recipeId);
  return recipe === undefined ? t.settings.recipe.gone(safe(recipeId, 60)) : t.settings.recipe.chosen(safe(recipe.title, 80));
}

function recipeOptions(t: Texts, recipeId: string | null, recipes: readonly Recipe[]): Parameters<typeof select>[2] {
  const { anyTitle, choice, images } = t.settings.recipe;
  const known = recipes.slice(0, MOST_RECIPES);
  return [
    { label: anyTitle, value: ANY_RECIPE, default: recipeId === null },
    ...known.map((recipe) => ({
      label: choice(plain(recipe.id), plain(recipe.title)),
      value: recipe.id,
      description: images(recipe.images.min, recipe.images.max),
      default: recipe.id === recipeId,
    })),
  ];
}

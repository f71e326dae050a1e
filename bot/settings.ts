import type { Preferences } from '../domain/preferences.js';
import { shown, type Context, type Reply } from './interaction-kinds.js';
import { troubleView } from './views/answers.js';
import { ANY_RECIPE, settingsView } from './views/settings.js';

/** Changes what `patch` names, at once, and shows all of it as it is then. */
export async function changeSettings(patch: Partial<Preferences>, { services, actor, texts }: Context): Promise<Reply> {
  const isChange = Object.keys(patch).length > 0;
  const preferences = isChange ? await services.preferences.change(actor.accountId, patch) : await services.preferences.read(actor.accountId);
  return shown(settingsView(texts, preferences, [...services.recipes.values()], isChange));
}

/** Null for a recipe that is not there. */
export function recipeWish(given: string, { services }: Context): Pick<Preferences, 'recipeId'> | null {
  if (given === ANY_RECIPE) return { recipeId: null };
  return services.recipes.has(given) ? { recipeId: given } : null;
}

export function unknownRecipe({ texts }: Context): Reply {
  return shown(troubleView(texts.settings.unknownRecipe));
}

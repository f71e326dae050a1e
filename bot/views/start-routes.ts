import { argsRoute, bareRoute, idRoute } from './custom-ids.js';

/** Opens the settings of an offer as a form. */
export const settingsAskRoute = idRoute('settings', 'quoteId');
export const settingsFormRoute = idRoute('settings-form', 'quoteId');
/** The same for the settings of a run, whose message may be public: the answer is one of its own. */
export const againSettingsRoute = idRoute('again-with', 'runId');
export const againFormRoute = idRoute('again-form', 'runId');
/** Opens the form again with what was typed in an interaction and could not be used. */
export const retypeRoute = idRoute('retype', 'interactionId');
export const retypeFormRoute = idRoute('retype-form', 'interactionId');
/** Offers the same with the card elsewhere: 1 is here, 0 is in direct messages. */
export const placeRoute = argsRoute('place', { quoteId: 'id', here: 'number' });
/** The select of recipes on an offer: what was chosen is its value. */
export const recipeRoute = idRoute('recipe', 'quoteId');
/** The account's latest runs. */
export const runsRoute = bareRoute('runs');

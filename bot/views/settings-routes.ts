import { argsRoute, bareRoute } from './custom-ids.js';

/** Whether news of an end mentions the owner: 1 or 0. What is wished stands in the button, so that a second press changes nothing. */
export const pingRoute = argsRoute('set-ping', { on: 'number' });
/** Where live cards go: 1 is the channel of the command, 0 direct messages. */
export const cardsHereRoute = argsRoute('set-cards', { here: 'number' });
/** The select of recipes: what was chosen is its value. */
export const defaultRecipeRoute = bareRoute('set-recipe');

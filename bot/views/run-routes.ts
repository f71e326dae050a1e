import { argsRoute, idRoute } from './custom-ids.js';

/** Shows a run privately, whatever message its button stands on, and has its card brought up to date. */
export const showRunRoute = idRoute('show', 'runId');
/** Posts the card anew where the button is pressed; `move` tells how often it had moved when the button was made. */
export const moveCardRoute = argsRoute('move-card', { runId: 'id', move: 'number' });

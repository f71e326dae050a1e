import { findRun } from '../find-run.js';
import { refused, shown, type Component } from '../interaction-kinds.js';
import { cardPlaceHere } from '../reach.js';
import { runAnswer } from '../run-surroundings.js';
import { saidView } from '../views/answers.js';
import { moveCardRoute, showRunRoute } from '../views/run-routes.js';
import { cardMovesView } from '../views/runs.js';

/** A press on a card answers privately with all there is to know, and has the card itself brought up to date. */
export const showRun = {
  route: showRunRoute,
  ack: 'private',
  async run(interaction, { runId }, context) {
    const { services } = context;
    const run = await findRun(runId, 'view', context);
    if (run === null) return refused({ code: 'run-not-found' });
    if (run.open) await services.runs.askForCard(runId, services.now());
    return shown(await runAnswer(run, interaction, context));
  },
} satisfies Component<Record<'runId', string>>;

/** Puts the wish on record; the keeper of the cards, who alone writes them, moves the card. */
export const moveCard = {
  route: moveCardRoute,
  ack: 'update',
  async run(interaction, { runId, move }, context) {
    const { services, texts } = context;
    // An operator may look and cancel, but where a card stands is its owner's to say.
    const run = await findRun(runId, 'change', context);
    if (run === null) return refused({ code: 'run-not-found' });
    const place = cardPlaceHere(interaction);
    if (place === null) return shown(saidView(texts.runs.cannotPostHere));
    if ((await services.runs.moveCard(runId, place, move)) === null) return shown(saidView(texts.runs.cardMovedAlready));
    return shown(cardMovesView(texts, run.datasetName, place.where));
  },
} satisfies Component<{ readonly runId: string; readonly move: number }>;

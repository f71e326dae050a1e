import { canDo } from '../../domain/access.js';
import { askToCancel, cancelRun, findRunToCancel } from '../cancel.js';
import { findDataset } from '../commands/options.js';
import { refused, shown, type Component } from '../interaction-kinds.js';
import { offerTraining } from '../offer.js';
import { storedInteractionOf } from '../reach.js';
import { runAnswer } from '../run-surroundings.js';
import { saidView, troubleView } from '../views/answers.js';
import { againRoute, cancelAskRoute, cancelRoute, quoteRoute, refreshRoute, startRoute, type ConfirmedCancel } from '../views/custom-ids.js';
import { button } from '../views/layout.js';

/** The press that starts a run. The run answers it; only what never became a run is answered here. */
export const startRun = {
  route: startRoute,
  ack: 'update',
  async run(interaction, { quoteId }, context) {
    const { services, actor } = context;
    const quote = await services.quotes.read(quoteId);
    if (quote === null || !canDo(actor, 'start', { owner: quote.accountId })) return refused({ code: 'quote-expired' });
    await services.interactions.store(storedInteractionOf(interaction, context));
    switch (await services.yard.startRun(quote, interaction.id)) {
      case 'started': {
        // A press that met a run under way or ended is not told by that run, which answers the first press.
        const run = await services.runs.read(quote.runId);
        return run === null || run.interactionId === interaction.id ? { kind: 'answered-by-workflow' } : shown(await runAnswer(run, interaction, context));
      }
      case 'already-started': {
        const run = await services.runs.read(quote.runId);
        return run === null ? shown(saidView(context.texts.alreadyStarted)) : shown(await runAnswer(run, interaction, context));
      }
      case 'not-confirmed':
        return shown(troubleView(context.texts.notConfirmed, button('Start training', startRoute.format({ quoteId }), 'primary')));
    }
  },
} satisfies Component<Record<'quoteId', string>>;

export const quoteDataset = {
  route: quoteRoute,
  ack: 'private',
  async run(interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'start', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return offerTraining(dataset, { recipeId: null, settings: {}, cardPlace: { where: 'dm' }, cardMoved: false, locale: interaction.locale }, context);
  },
} satisfies Component<Record<'datasetId', string>>;

/** The same recipe, settings and place of the card, on the dataset as it is now. */
export const trainAgain = {
  route: againRoute,
  ack: 'private',
  async run(interaction, { runId }, context) {
    const run = await context.services.runs.read(runId);
    const dataset = run === null ? null : await findDataset(run.datasetId, 'start', context);
    if (run === null || dataset === null) return refused({ code: 'dataset-not-found' });
    return offerTraining(dataset, { recipeId: run.recipeId, settings: run.settings, cardPlace: run.cardPlace, cardMoved: false, locale: interaction.locale }, context);
  },
} satisfies Component<Record<'runId', string>>;

export const refreshRun = {
  route: refreshRoute,
  ack: 'update',
  async run(interaction, { runId }, context) {
    const run = await context.services.runs.read(runId);
    if (run === null || !canDo(context.actor, 'view', { owner: run.accountId })) return refused({ code: 'run-not-found' });
    return shown(await runAnswer(run, interaction, context));
  },
} satisfies Component<Record<'runId', string>>;

export const cancelAsk = {
  route: cancelAskRoute,
  ack: 'private',
  async run(_interaction, { runId }, context) {
    const run = await findRunToCancel(runId, context);
    return run === null ? refused({ code: 'run-not-found' }) : askToCancel(run, context);
  },
} satisfies Component<Record<'runId', string>>;

export const cancelConfirmed = {
  route: cancelRoute,
  ack: 'update',
  async run(_interaction, confirmed, context) {
    const run = await findRunToCancel(confirmed.runId, context);
    return run === null ? refused({ code: 'run-not-found' }) : cancelRun(run, confirmed, context);
  },
} satisfies Component<ConfirmedCancel>;

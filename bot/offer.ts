import { randomUUID } from 'node:crypto';
import type { Dataset } from '../domain/datasets.js';
import { expectedDurationMs } from '../domain/expected-time.js';
import { likelyRecipe, refusalOfTraining } from '../domain/opening.js';
import type { Preferences } from '../domain/preferences.js';
import { payableSteps, priceOf } from '../domain/price.js';
import type { Recipe, SettingProblem } from '../domain/recipes.js';
import type { CardPlace, Quote } from '../domain/runs.js';
import { checkTyped, type TypedSettings } from '../domain/typed-settings.js';
import { refused, shown, type Context, type Reply } from './interaction-kinds.js';
import { cardPlaceHere, storedInteractionOf } from './reach.js';
import type { AnswerableInteraction } from './reply.js';
import { confirmView, type Offer } from './views/confirm.js';
import { quoteRoute } from './views/custom-ids.js';
import { retypeRoute } from './views/start-routes.js';
import { welcome } from './welcome.js';

/** What somebody wants to train, and how. */
export interface Wish {
  /** Null for the preferred recipe, or the first one that can train the dataset as it is. */
  readonly recipeId: string | null;
  readonly typed: TypedSettings;
  /** What is wrong with it besides what is typed. */
  readonly problems?: readonly SettingProblem[];
  /** Null for the place that is preferred. */
  readonly card: Preferences['cardPlace'] | null;
  readonly lowered?: Offer['lowered'];
}

/** A worker that has not reported for this long does not count as there: three of its rounds. */
const NODE_SEEN_WITHIN_MS = 180_000;
/** More runs than this would bring back how fast the nodes were long ago. */
const PACES = 20;

/** Makes an offer of a training, stores it as a quote and shows it; nothing is taken before its button is pressed. */
export async function offerTraining(dataset: Dataset, wish: Wish, interaction: AnswerableInteraction, context: Context): Promise<Reply> {
  const { services, actor } = context;
  const { datasetId, images } = dataset;
  const newOffer = quoteRoute.format({ datasetId });
  const preferences = await services.preferences.read(actor.accountId);
  const recipe = wish.recipeId === null ? likelyRecipe(dataset, [...services.recipes.values()], preferences.recipeId) : services.recipes.get(wish.recipeId);
  if (recipe === undefined) return refused({ code: 'recipe-unknown', recipeId: wish.recipeId ?? '', known: [...services.recipes.keys()] }, { newOffer });
  const checked = checkTyped(wish.typed, { recipe, images: images.length, triggerWord: dataset.triggerWord });
  const problems = [...(wish.problems ?? []), ...(checked.kind === 'invalid' ? checked.problems : [])];
  const unfit = refusalOfTraining(dataset, recipe);
  // Steps counted in epochs of no images would be a second complaint about the same thing.
  if (unfit !== null && images.length === 0) return refused(unfit, { datasetId, newOffer });
  const card = wish.card ?? preferences.cardPlace;
  if (checked.kind === 'invalid' || problems.length > 0) {
    await services.interactions.store({ ...storedInteractionOf(interaction, context), wished: { datasetId, recipeId: recipe.id, typed: wish.typed, card } });
    return refused({ code: 'settings-invalid', problems }, { settingsForm: retypeRoute.format({ interactionId: interaction.id }) });
  }
  if (unfit !== null) return refused(unfit, { datasetId, newOffer });
  const running = await services.runs.openRunOfDataset(datasetId);
  if (running !== null) return refused({ code: 'already-running', runId: running.runId });
  await welcome(context);

  const { settings, triggerWord } = checked;
  const here = cardPlaceHere(interaction);
  const quote: Quote = {
    quoteId: randomUUID(),
    runId: randomUUID(),
    accountId: actor.accountId,
    datasetId,
    datasetRevision: dataset.revision,
    recipeId: recipe.id,
    settings,
    triggerWord,
    pricePoints: priceOf({ images: images.length, steps: settings.steps, price: recipe.price, factor: services.settings.priceFactor }),
    imageCount: images.length,
    locale: interaction.locale,
    cardPlace: cardPlaceOf(card, here),
    expiresAt: new Date(services.now().getTime() + services.settings.quoteTtlMs),
  };
  await services.quotes.store(quote);
  const shownOffer = await aroundQuote(quote, recipe, context);
  return shown(
    confirmView(context.texts, {
      ...shownOffer,
      datasetName: dataset.name,
      cardMoved: card === 'here' && here === null,
      canPostHere: here?.where === 'here',
      lowered: wish.lowered ?? null,
    }),
  );
}

function cardPlaceOf(card: Preferences['cardPlace'], here: CardPlace | null): CardPlace {
  return card === 'here' && here !== null ? here : { where: 'dm' };
}

/** What the yard knows beside a quote: points, nodes, the queue and how long it takes. */
async function aroundQuote(quote: Quote, recipe: Recipe, { services, actor }: Context): Promise<Omit<Offer, 'datasetName' | 'cardMoved' | 'canPostHere' | 'lowered'>> {
  const [balance, waiting, nodes, paces] = await Promise.all([
    services.points.balanceOf(actor.accountId),
    services.runs.countWaiting(recipe.queue, services.now()),
    nodesFor(recipe, services),
    services.runs.finishedPaces(recipe.id, PACES),
  ]);
  const { priceFactor, pointsHelp } = services.settings;
  const { steps } = quote.settings;
  return {
    quote,
    recipe,
    recipes: [...services.recipes.values()],
    balance,
    waiting,
    nodes,
    expectedMs: expectedDurationMs(paces, quote.settings),
    payableSteps: payableSteps({
      availablePoints: balance.availablePoints,
      steps,
      minSteps: recipe.settings.steps.min,
      images: quote.imageCount,
      price: recipe.price,
      factor: priceFactor,
    }),
    pointsHelp,
  };
}

async function nodesFor(recipe: Recipe, services: Context['services']): Promise<Offer['nodes']> {
  const nodes = await services.nodes.seenSince(recipe.queue, new Date(services.now().getTime() - NODE_SEEN_WITHIN_MS));
  if (nodes.some(({ state }) => state === 'idle')) return 'free';
  return nodes.some(({ state }) => state === 'busy') ? 'busy' : 'none';
}

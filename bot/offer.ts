import { randomUUID } from 'node:crypto';
import type { Dataset } from '../domain/datasets.js';
import { refusalOfTraining } from '../domain/opening.js';
import { priceOf } from '../domain/price.js';
import { checkSettings, type Recipe, type RunSettings } from '../domain/recipes.js';
import type { CardPlace, Quote } from '../domain/runs.js';
import { refused, shown, type Context, type Reply } from './interaction-kinds.js';
import { confirmView, type Offer } from './views/confirm.js';
import { welcome } from './welcome.js';

export interface Wish {
  /** Null for the first recipe that can train the dataset as it is. */
  readonly recipeId: string | null;
  readonly settings: Partial<RunSettings>;
  readonly locale: string;
  readonly cardPlace: CardPlace;
  readonly cardMoved: boolean;
}

/** A worker that has not reported for this long does not count as there: three of its rounds. */
const NODE_SEEN_WITHIN_MS = 180_000;

/** Makes an offer of a training, stores it as a quote and shows it; nothing is taken before its button is pressed. */
export async function offerTraining(dataset: Dataset, wish: Wish, context: Context): Promise<Reply> {
  const { services, actor } = context;
  const recipe = recipeFor(dataset, wish.recipeId, services.recipes);
  if (recipe === undefined) return refused({ code: 'recipe-unknown', recipeId: wish.recipeId ?? '', known: [...services.recipes.keys()] });
  const checked = checkSettings(recipe, wish.settings);
  if (checked.kind === 'invalid') return refused({ code: 'settings-invalid', problems: checked.problems });
  const unfit = refusalOfTraining(dataset, recipe);
  if (unfit !== null) return refused(unfit);
  const running = await services.runs.openRunOfDataset(dataset.datasetId);
  if (running !== null) return refused({ code: 'already-running', runId: running.runId });
  await welcome(context);

  const imageCount = dataset.images.length;
  const quote: Quote = {
    quoteId: randomUUID(),
    runId: randomUUID(),
    accountId: actor.accountId,
    datasetId: dataset.datasetId,
    datasetRevision: dataset.revision,
    recipeId: recipe.id,
    settings: checked.settings,
    triggerWord: dataset.triggerWord,
    pricePoints: priceOf({ images: imageCount, steps: checked.settings.steps, price: recipe.price, factor: services.settings.priceFactor }),
    imageCount,
    locale: wish.locale,
    cardPlace: wish.cardPlace,
    expiresAt: new Date(services.now().getTime() + services.settings.quoteTtlMs),
  };
  await services.quotes.store(quote);
  return shown(
    confirmView(context.texts, {
      quote,
      datasetName: dataset.name,
      recipe,
      balance: await services.points.balanceOf(actor.accountId),
      waiting: await services.runs.countWaiting(recipe.queue, services.now()),
      nodes: await nodesFor(recipe, context),
      cardMoved: wish.cardMoved,
      pointsHelp: services.settings.pointsHelp,
    }),
  );
}

function recipeFor(dataset: Dataset, recipeId: string | null, recipes: ReadonlyMap<string, Recipe>): Recipe | undefined {
  if (recipeId !== null) return recipes.get(recipeId);
  const all = [...recipes.values()];
  return all.find((recipe) => refusalOfTraining(dataset, recipe) === null) ?? all[0];
}

async function nodesFor(recipe: Recipe, { services }: Context): Promise<Offer['nodes']> {
  const nodes = await services.nodes.seenSince(recipe.queue, new Date(services.now().getTime() - NODE_SEEN_WITHIN_MS));
  if (nodes.some(({ state }) => state === 'idle')) return 'free';
  return nodes.some(({ state }) => state === 'busy') ? 'busy' : 'none';
}

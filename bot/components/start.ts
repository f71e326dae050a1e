import { canDo } from '../../domain/access.js';
import { NOTHING_TYPED, typedForRecipe } from '../../domain/typed-settings.js';
import { findDataset } from '../find-dataset.js';
import { refused, shown, type Ack, type Component, type ComponentInteraction, type Context } from '../interaction-kinds.js';
import { offerTraining, type Wish } from '../offer.js';
import { storedInteractionOf } from '../reach.js';
import { showRecentRuns } from '../recent-runs.js';
import { runAnswer } from '../run-surroundings.js';
import { saidView, troubleView } from '../views/answers.js';
import { againRoute, quoteRoute, startRoute, type Route } from '../views/custom-ids.js';
import { button } from '../views/layout.js';
import { typedIn } from '../views/start-forms.js';
import {
  againFormRoute,
  againSettingsRoute,
  placeRoute,
  recipeRoute,
  retypeFormRoute,
  retypeRoute,
  runsRoute,
  settingsAskRoute,
  settingsFormRoute,
} from '../views/start-routes.js';
import { askForSettings, offerWished, wishOfQuote, wishOfRun, wishTypedIn, type Wished } from '../wishes.js';
import { chosenIn } from './given.js';

type QuoteArgs = Record<'quoteId', string>;
type RunArgs = Record<'runId', string>;
type InteractionArgs = Record<'interactionId', string>;

/** The press that starts a run. The run answers it; only what never became a run is answered here. */
export const startRun = {
  route: startRoute,
  ack: 'update',
  async run(interaction, { quoteId }, context) {
    const { services, actor, texts } = context;
    const quote = await services.quotes.read(quoteId);
    if (quote === null || !canDo(actor, 'start', { owner: quote.accountId })) return refused({ code: 'quote-expired' });
    await services.interactions.store(storedInteractionOf(interaction, context));
    switch (await services.yard.startRun(quote, interaction.id)) {
      case 'started': {
        // A press that met a run under way or ended is not told by that run, which answers the first press. While it checks, that
        // answer is still to come, to the very same message: it may be a refusal, which nothing must cover.
        const run = await services.runs.read(quote.runId);
        return run === null || run.status === 'checking' || run.interactionId === interaction.id ? { kind: 'answered-by-workflow' } : shown(await runAnswer(run, interaction, context));
      }
      case 'already-started': {
        const run = await services.runs.read(quote.runId);
        return run === null ? shown(saidView(texts.alreadyStarted)) : shown(await runAnswer(run, interaction, context));
      }
      case 'not-confirmed':
        return shown(troubleView(texts.notConfirmed, button(texts.start.buttons.start, startRoute.format({ quoteId }), 'primary')));
    }
  },
} satisfies Component<QuoteArgs>;

export const quoteDataset = {
  route: quoteRoute,
  ack: 'private',
  async run(interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'start', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return offerTraining(dataset, { recipeId: null, typed: NOTHING_TYPED, card: null }, interaction, context);
  },
} satisfies Component<Record<'datasetId', string>>;

/** What a run trained, on the dataset as it is now. */
export const trainAgain = {
  route: againRoute,
  ack: 'private',
  run: async (interaction, { runId }, context) => offerWished(await wishOfRun(runId, context), interaction, context),
} satisfies Component<RunArgs>;

/** A stored offer never changes: the card elsewhere is another offer in its place. */
export const placeCard = {
  route: placeRoute,
  ack: 'update',
  run: async (interaction, { quoteId, here }, context) =>
    offerWished(await wishOfQuote(quoteId, context), interaction, context, (wish) => ({ ...wish, card: here === 1 ? 'here' : 'dm' })),
} satisfies Component<QuoteArgs & { readonly here: number }>;

export const chooseRecipe = {
  route: recipeRoute,
  ack: 'update',
  async run(interaction, { quoteId }, context) {
    const recipeId = chosenIn(interaction);
    const { recipes } = context.services;
    const wished = await wishOfQuote(quoteId, context);
    return offerWished(wished, interaction, context, (wish) => {
      const chosen = recipes.get(recipeId);
      return { ...wish, recipeId, typed: chosen === undefined ? wish.typed : typedForRecipe(wish.typed, recipes.get(wish.recipeId), chosen) };
    });
  },
} satisfies Component<QuoteArgs>;

/** Takes what was typed in the place of what was wished before. */
function typedAnew(interaction: ComponentInteraction): (wish: Wish) => Wish {
  return (wish) => (interaction.isModalSubmit() ? { ...wish, lowered: null, typed: typedIn((field) => interaction.fields.getTextInputValue(field)) } : wish);
}

/** A button that opens the form of a wish. */
function opensForm<Args>(route: Route<Args>, form: Route<Args>, wishOf: (args: Args, context: Context) => Promise<Wished>): Component<Args> {
  return { route, ack: 'modal', run: async (_interaction, args, context) => askForSettings(await wishOf(args, context), form.format(args), context) };
}

/** The form of a wish: another offer. A form cannot answer a form, so the answer to a bad one carries a button that opens it again. */
function takesForm<Args>(route: Route<Args>, ack: Ack, wishOf: (args: Args, context: Context) => Promise<Wished>): Component<Args> {
  return { route, ack, run: async (interaction, args, context) => offerWished(await wishOf(args, context), interaction, context, typedAnew(interaction)) };
}

const ofQuote = ({ quoteId }: QuoteArgs, context: Context): Promise<Wished> => wishOfQuote(quoteId, context);
const ofRun = ({ runId }: RunArgs, context: Context): Promise<Wished> => wishOfRun(runId, context);
const ofTyped = ({ interactionId }: InteractionArgs, context: Context): Promise<Wished> => wishTypedIn(interactionId, context);

export const openSettings = opensForm(settingsAskRoute, settingsFormRoute, ofQuote);
export const submitSettings = takesForm(settingsFormRoute, 'update', ofQuote);
/** Its button may stand on a public card, which the answer must not replace. */
export const openAgainSettings = opensForm(againSettingsRoute, againFormRoute, ofRun);
export const submitAgainSettings = takesForm(againFormRoute, 'private', ofRun);
export const openTypedSettings = opensForm(retypeRoute, retypeFormRoute, ofTyped);
export const submitTypedSettings = takesForm(retypeFormRoute, 'update', ofTyped);

export const showRuns = {
  route: runsRoute,
  ack: 'private',
  run: (_interaction, _args, context) => showRecentRuns(context),
} satisfies Component<Record<string, never>>;

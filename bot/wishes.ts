import { canDo } from '../domain/access.js';
import type { Dataset } from '../domain/datasets.js';
import type { Refusal } from '../domain/refusals.js';
import { settingsAfterFailure } from '../domain/settings-after-failure.js';
import { typedOf } from '../domain/typed-settings.js';
import type { RunRow } from '../models/runs-schema.js';
import { findDataset } from './find-dataset.js';
import { findRun } from './find-run.js';
import { refused, type Context, type Reply } from './interaction-kinds.js';
import { offerTraining, type Wish } from './offer.js';
import type { AnswerableInteraction } from './reply.js';
import { settingsForm } from './views/start-forms.js';

/** A training wished before, by whoever wishes it again; or why there is none. */
export type Wished = { readonly kind: 'wished'; readonly datasetId: string; readonly wish: Wish & { readonly recipeId: string } } | { readonly kind: 'none'; readonly refusal: Refusal };

/** What a quote offered; the account it was made for alone may have it again. */
export async function wishOfQuote(quoteId: string, { services, actor }: Context): Promise<Wished> {
  const quote = await services.quotes.read(quoteId);
  if (quote === null || !canDo(actor, 'start', { owner: quote.accountId })) return { kind: 'none', refusal: { code: 'quote-expired' } };
  const { datasetId, recipeId, settings, triggerWord, cardPlace } = quote;
  return { kind: 'wished', datasetId, wish: { recipeId, typed: typedOf(settings, triggerWord), card: cardPlace.where } };
}

/** What a run trained; where its failure names a setting, with an easier one. */
export async function wishOfRun(runId: string, context: Context): Promise<Wished> {
  const run = await findRun(runId, 'start', context);
  if (run === null) return { kind: 'none', refusal: { code: 'run-not-found' } };
  return { kind: 'wished', datasetId: run.datasetId, wish: wishAfter(run, context) };
}

export function wishAfter(run: RunRow, { services }: Pick<Context, 'services'>): Wish & { readonly recipeId: string } {
  const { recipeId, triggerWord, cardPlace } = run;
  const recipe = services.recipes.get(recipeId);
  const failure = run.end?.kind === 'failed' ? run.end.failure : null;
  const next = recipe === undefined ? { settings: run.settings, lowered: null } : settingsAfterFailure(failure, run.settings, recipe);
  const lowered = next.lowered === null ? null : { name: next.lowered, from: run.settings[next.lowered] };
  return { recipeId, typed: typedOf(next.settings, triggerWord), card: cardPlace.where, lowered };
}

/** What was typed in an interaction and could not be used. */
export async function wishTypedIn(interactionId: string, { services, actor }: Context): Promise<Wished> {
  const stored = await services.interactions.read(interactionId);
  if (stored?.wished === undefined || !canDo(actor, 'start', { owner: stored.accountId })) return { kind: 'none', refusal: { code: 'quote-expired' } };
  const { datasetId, ...wish } = stored.wished;
  return { kind: 'wished', datasetId, wish };
}

/** Offers what was wished, with what `change` makes of it, on the dataset as it is now. */
export async function offerWished(wished: Wished, interaction: AnswerableInteraction, context: Context, change: (wish: Wish & { readonly recipeId: string }) => Wish = (wish) => wish): Promise<Reply> {
  if (wished.kind === 'none') return refused(wished.refusal);
  const dataset: Dataset | null = await findDataset(wished.datasetId, 'start', context);
  return dataset === null ? refused({ code: 'dataset-not-found' }) : offerTraining(dataset, change(wished.wish), interaction, context);
}

/** The form of what was wished. Reading it is all that is done before it opens. */
export function askForSettings(wished: Wished, customId: string, { services, texts }: Context): Reply {
  if (wished.kind === 'none') return refused(wished.refusal);
  const { typed, recipeId } = wished.wish;
  return { kind: 'modal', modal: settingsForm(texts, customId, typed, services.recipes.get(recipeId)) };
}

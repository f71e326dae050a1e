import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { APIModalInteractionResponseCallbackData } from 'discord.js';
import fc from 'fast-check';
import type { Texts } from '../../bot/texts/texts.js';
import * as answers from '../../bot/views/answers.js';
import * as captionForms from '../../bot/views/caption-forms.js';
import * as captions from '../../bot/views/captions.js';
import * as card from '../../bot/views/card.js';
import * as confirm from '../../bot/views/confirm.js';
import * as datasetForms from '../../bot/views/dataset-forms.js';
import * as datasetList from '../../bot/views/dataset-list.js';
import * as datasets from '../../bot/views/datasets.js';
import * as forms from '../../bot/views/forms.js';
import * as intake from '../../bot/views/intake.js';
import type { View } from '../../bot/views/layout.js';
import * as models from '../../bot/views/models.js';
import * as notice from '../../bot/views/notice.js';
import * as pick from '../../bot/views/pick.js';
import * as points from '../../bot/views/points.js';
import * as runs from '../../bot/views/runs.js';
import * as settings from '../../bot/views/settings.js';
import * as startForms from '../../bot/views/start-forms.js';
import * as troubles from '../../bot/views/troubles.js';
import { retypeFormRoute } from '../../bot/views/start-routes.js';
import { placesForForm } from '../../domain/captions.js';
import type { Entry, EntryKind } from '../../domain/ledger.js';
import * as any from './any-state.js';
import { aRecipe } from './recipe.js';

export type Body = View | APIModalInteractionResponseCallbackData;
/** Views are made in any language; what a state of theirs may be comes from the arbitraries. */
export interface Make {
  (t: Texts): Body;
  /** What it was made of: names, captions, ids and figures. */
  readonly state: unknown;
}

const recipes = [aRecipe(), aRecipe({ id: 'x'.repeat(60), title: '*_'.repeat(40), images: { ...aRecipe().images, max: 40 } })];
const anyRecipes = fc.oneof(fc.constantFrom(recipes.slice(0, 1), recipes), fc.constant(Array.from({ length: 30 }, (_, at) => aRecipe({ id: `recipe-${at}` }))));
const yard = fc.record({ recipes: fc.constant(recipes), priceFactor: fc.constantFrom(0, 1, 1_000) });
const anySettings = fc.record({ steps: fc.integer({ min: 1, max: 10_000 }), learningRate: fc.double({ min: 1e-9, max: 0.01, noNaN: true }), rank: fc.integer({ min: 1, max: 128 }), resolutionPx: fc.integer({ min: 256, max: 1_536 }) });
const anyHelp = fc.option(any.anyText(2_000), { nil: undefined });
const anyLink = fc.record({ url: fc.constant(`https://yard.example/download/x?sig=${'a'.repeat(300)}`), expiresAt: any.anyDate });
const anyBalance = fc.record({ balancePoints: any.anyAmount, heldPoints: any.anyAmount, availablePoints: any.anyAmount });
const anyAround = fc.record({ now: any.anyDate, ahead: fc.option(any.anyCount), startsAt: fc.option(any.anyDate), hasNode: fc.option(fc.boolean()), pointsHelp: anyHelp, isPublic: fc.boolean() });
const anyLora = fc.record({
  loraId: any.anyId, owner: fc.constant('discord:1' as const), name: any.anyName, fileName: any.anyText(80).map((name) => `${name}.safetensors`), sha256: fc.constant('b'.repeat(64)),
  sizeBytes: fc.nat(), tensors: fc.nat(5_000), triggerWord: any.anyText(32), baseModel: any.anyText(100), recipeId: any.anyText(60), settings: anySettings, createdAt: any.anyDate,
});
const anyEntry: fc.Arbitrary<Entry> = fc.record({
  account: fc.constant('discord:1' as const), seq: fc.nat(), key: fc.constantFrom('welcome:1', 'allowance:1:w', 'grant:1', 'hold:r'), kind: fc.constantFrom<EntryKind>('grant', 'hold', 'refused', 'capture', 'release', 'adjust'),
  amount: any.anyAmount, balance: any.anyAmount, held: any.anyAmount, runId: any.anyId, reason: any.anyText(100), by: fc.constant('discord:2' as const), direction: fc.constantFrom('credit' as const, 'debit' as const),
  prevHash: fc.constant('a'), hash: fc.constant('b'), at: any.anyDate, v: fc.constant(1 as const),
});
const anyOffer = fc.record({
  quote: fc.record({
    quoteId: any.anyId, runId: any.anyId, accountId: fc.constant('discord:1' as const), datasetId: any.anyId, datasetRevision: fc.nat(), recipeId: any.anyText(60), settings: anySettings, triggerWord: any.anyText(32),
    pricePoints: any.anyAmount, imageCount: any.anyCount, locale: any.anyLocale, cardPlace: fc.constantFrom({ where: 'dm' } as const, { where: 'here', channelId: '1' } as const), expiresAt: any.anyDate,
  }),
  datasetName: any.anyName, recipe: fc.constantFrom(...recipes), recipes: anyRecipes, balance: anyBalance, waiting: any.anyCount, nodes: fc.constantFrom('free' as const, 'busy' as const, 'none' as const),
  expectedMs: fc.option(fc.nat()), payableSteps: fc.option(fc.nat(10_000)), cardMoved: fc.boolean(), canPostHere: fc.boolean(),
  lowered: fc.option(fc.record({ name: fc.constantFrom('steps' as const, 'rank' as const, 'resolutionPx' as const, 'learningRate' as const), from: fc.nat() })), pointsHelp: anyHelp,
});
const ways = fc.record({ datasetId: any.anyId, runId: any.anyId, newOffer: fc.constant('v1:quote:x'), settingsForm: fc.constant('v1:again-settings:x') }, { requiredKeys: [] });

function of<State>(states: fc.Arbitrary<State>, make: (t: Texts, state: State) => Body): fc.Arbitrary<Make> {
  return states.map((state) => Object.assign((t: Texts) => make(t, state), { state }));
}

/** Every body that the bot and its workers can send, over any state there can be, by the name of the function that makes it. */
export const BODIES: Readonly<Record<string, fc.Arbitrary<Make>>> = {
  saidView: of(any.anyText(400), (t, name) => answers.saidView(t.datasets.removed(name))),
  troubleView: of(any.anyId, (t) => answers.troubleView(t.notConfirmed)),
  refusalView: of(fc.tuple(any.anyRefusal, anyHelp, ways), (t, [refusal, pointsHelp, on]) => answers.refusalView(t, refusal, { pointsHelp }, on)),
  captionForm: of(fc.tuple(any.anyDataset.filter(({ images }) => images.length > 0), fc.nat(100)), (t, [dataset, wanted]) => {
    const at = wanted % dataset.images.length;
    return captionForms.captionForm(t, dataset, at, placesForForm(dataset.images, at));
  }),
  captionEditorView: of(fc.tuple(any.anyDataset, fc.nat(120), fc.array(any.anyText(200), { maxLength: 3 }), fc.option(any.anyText(20_000), { nil: undefined })), (t, [dataset, at, done, leftOver]) =>
    captions.captionEditorView(t, { dataset, at, done: done.map((name) => t.datasets.removed(name)), ...(leftOver === undefined ? {} : { leftOver }) })),
  captionsFilledView: of(fc.tuple(any.anyDataset, any.anyCount, yard), (t, [dataset, filled, around]) => captions.captionsFilledView(t, { dataset, filled, yard: around })),
  captionsLostView: of(fc.tuple(any.anyText(200), any.anyText(20_000), any.anyId), (t, [name, leftOver, id]) => captions.captionsLostView(t, t.captions.gone([name]), leftOver, id)),
  cardView: of(fc.tuple(any.anyRun, anyAround), (t, [run, around]) => card.cardView(t, run, around)),
  confirmView: of(anyOffer, (t, offer) => confirm.confirmView(t, offer)),
  renameForm: of(any.anyDataset, (t, dataset) => datasetForms.renameForm(t, dataset)),
  datasetListView: of(fc.tuple(fc.array(any.anyListedDataset, { maxLength: 60 }), any.anyPage, fc.option(any.anyDataset), yard), (t, [all, page, chosen, around]) =>
    datasetList.datasetListView(t, { datasets: all, page, ...(chosen === null || all.length === 0 ? {} : { chosen: { dataset: chosen, yard: around } }) })),
  datasetView: of(fc.tuple(any.anyDataset, yard, any.anyPage, any.anyText(100), fc.boolean()), (t, [dataset, around, page, name, canUndo]) =>
    datasets.datasetView(t, { dataset, yard: around, page, done: t.datasets.removed(name), ...(canUndo ? { undo: { imageId: '00000000-0000-4000-8000-000000000000' } } : {}) })),
  createdView: of(any.anyDataset, (t, dataset) => datasets.createdView(t, dataset)),
  deleteConfirmView: of(any.anyDataset, (t, dataset) => datasets.deleteConfirmView(t, dataset)),
  createForm: of(any.anyId, (t) => forms.createForm(t)),
  uploadForm: of(any.anyId, (t, id) => forms.uploadForm(t, id)),
  intakeView: of(
    fc.record({ interactionId: any.anyId, datasetId: any.anyId, dataset: fc.option(any.anyDataset), verdicts: fc.array(any.anyVerdict, { maxLength: 20 }), undecided: fc.nat(20), retryable: fc.nat(20) }),
    (t, answer) => intake.intakeView(t, answer),
  ),
  modelListView: of(fc.tuple(fc.array(anyLora, { maxLength: 60 }), any.anyPage), (t, [all, page]) => models.modelListView(t, all, page)),
  modelView: of(fc.tuple(anyLora, fc.option(any.anyEndedRun), fc.option(fc.constantFrom(...recipes), { nil: undefined }), fc.boolean(), any.anyText(60)), (t, [lora, run, recipe, isOwner, done]) =>
    models.modelView(t, { lora, run, recipe, isOwner, done })),
  modelDownloadView: of(fc.tuple(anyLora, anyLink), (t, [lora, link]) => models.modelDownloadView(t, lora, link)),
  modelDeleteConfirmView: of(anyLora, (t, lora) => models.modelDeleteConfirmView(t, lora)),
  modelDeletedView: of(any.anyName, (t, name) => models.modelDeletedView(t, name)),
  modelRenameForm: of(any.anyId, (t, id) => models.modelRenameForm(t, id)),
  noticeView: of(fc.tuple(any.anyEndedRun, fc.option(anyLink), fc.constantFrom('everybody', 'owner', 'attached'), anyHelp), (t, [run, link, readers, pointsHelp]) =>
    notice.noticeView(t, run, { userId: '1180432100912545802', pointsHelp, readers: readers === 'everybody' ? { kind: 'everybody' } : { kind: 'owner', link, attached: readers === 'attached' } })),
  pendingNoticesView: of(fc.tuple(fc.array(any.anyEndedRun, { minLength: 1, maxLength: 10 }), anyHelp), (t, [rows, pointsHelp]) => notice.pendingNoticesView(t, rows, { pointsHelp })),
  pickDatasetView: of(fc.record({ interactionId: any.anyId, pictures: fc.nat(10), captionFiles: fc.nat(10), datasets: fc.array(any.anyListedDataset, { maxLength: 60 }), page: any.anyPage }), (t, picked) => pick.pickDatasetView(t, picked)),
  balanceView: of(fc.tuple(anyBalance, anyHelp), (t, [balance, help]) => points.balanceView(t, balance, help)),
  historyView: of(fc.tuple(fc.array(anyEntry, { maxLength: 20 }), any.anyName), (t, [entries, name]) => points.historyView(t, entries, new Map(entries.map(({ runId }) => [runId ?? '', name])))),
  grantedView: of(fc.record({ accountId: fc.constant('discord:1180432100912545802' as const), amountPoints: any.anyAmount, reason: any.anyText(100), balance: anyBalance }), (t, granted) => points.grantedView(t, granted)),
  runView: of(fc.tuple(any.anyRun, anyAround, fc.boolean(), fc.option(fc.constant('1180431002334412802'))), (t, [run, around, canMoveHere, guildId]) => runs.runView(t, run, around, { canMoveHere, guildId })),
  recentRunsView: of(fc.array(any.anyRun, { maxLength: 10 }), (t, rows) => runs.recentRunsView(t, rows)),
  acceptedView: of(fc.tuple(any.anyOpenRun, fc.option(fc.constant('1180431002334412802'))), (t, [run, guildId]) => runs.acceptedView(t, run, guildId)),
  cardMovesView: of(fc.tuple(any.anyName, fc.constantFrom('here' as const, 'dm' as const)), (t, [name, where]) => runs.cardMovesView(t, name, where)),
  cancelConfirmView: of(fc.tuple(any.anyOpenRun, any.anyAmount, fc.boolean(), fc.boolean()), (t, [run, charged, byOperator, again]) =>
    runs.cancelConfirmView(t, { run, shown: { runId: run.runId, points: Math.min(charged, run.pricePoints), attempt: run.attempt, atSeconds: 1_795_000_000 }, byOperator, again })),
  cancelAcceptedView: of(any.anyName, (t, name) => runs.cancelAcceptedView(t, name)),
  operatorNewsView: of(fc.record({ trouble: any.anyTrouble, foundAt: any.anyDate, over: fc.option(any.anyDate) }), (t, state) => troubles.operatorNewsView(t, state, { url: 'https://temporal.example/', namespace: 'a b/c' })),
  settingsView: of(fc.tuple(fc.record({ ping: fc.boolean(), cardPlace: fc.constantFrom('here' as const, 'dm' as const), recipeId: fc.constantFrom(null, 'sd15-lora', 'gone') }), anyRecipes, fc.boolean()), (t, [preferences, all, saved]) =>
    settings.settingsView(t, preferences, all, saved)),
  settingsForm: of(
    fc.tuple(fc.record({ steps: any.anyText(30), learningRate: any.anyText(20), rank: any.anyText(10), resolutionPx: any.anyText(10), triggerWord: any.anyText(32) }), fc.option(fc.constantFrom(...recipes), { nil: undefined }), any.anyId),
    (t, [typed, recipe, interactionId]) => startForms.settingsForm(t, retypeFormRoute.format({ interactionId }), typed, recipe),
  ),
};

const VIEWS = new URL('../../bot/views/', import.meta.url);

/** The names of all functions of the views that make a body. */
export async function bodiesOfTheSources(): Promise<string[]> {
  const files = (await readdir(VIEWS)).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(files.map((name) => import(fileURLToPath(new URL(name, VIEWS))) as Promise<Record<string, unknown>>));
  return modules.flatMap((one) => Object.entries(one).flatMap(([name, value]) => (typeof value === 'function' && /(View|Form|Modal)$/.test(name) ? [name] : [])));
}

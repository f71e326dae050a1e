import { isUploadDecided } from '../../domain/verdicts.js';
import type { PickedFiles } from '../../models/interactions-schema.js';
import { makeDataset } from '../create-dataset.js';
import { findDataset } from '../find-dataset.js';
import { refused, shown, type Component, type Context, type Reply } from '../interaction-kinds.js';
import { pickedFilesOf, retryOf, retryUpload, startIntake, startUpload, uploadOf } from '../upload.js';
import { saidView } from '../views/answers.js';
import { uploadFormRoute, uploadRoute } from '../views/custom-ids.js';
import { CAPTIONS_FIELD, createForm, NAME_FIELD, PICTURES_FIELD, PREFIX_FIELD, uploadForm } from '../views/forms.js';
import { pickDatasetRoute, pickNewFormRoute, pickNewRoute, pickPageRoute, retryFilesRoute } from '../views/intake-routes.js';
import { pickDatasetView } from '../views/pick.js';
import { chosenIn, textIn } from './given.js';

type DatasetArgs = Record<'datasetId', string>;
type InteractionArgs = Record<'interactionId', string>;
interface PickPage {
  readonly interactionId: string;
  readonly page: number;
}

export const openUploadForm = {
  route: uploadRoute,
  ack: 'modal',
  run: (_interaction, { datasetId }, { texts }) => Promise.resolve({ kind: 'modal', modal: uploadForm(texts, datasetId) }),
} satisfies Component<DatasetArgs>;

export const submitUploadForm = {
  route: uploadFormRoute,
  ack: 'private',
  async run(interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    if (dataset === null || !interaction.isModalSubmit()) return refused({ code: 'dataset-not-found' });
    const { fields } = interaction;
    const chosen = [PICTURES_FIELD, CAPTIONS_FIELD].flatMap((field) => [...(fields.getUploadedFiles(field)?.values() ?? [])]);
    const upload = uploadOf(dataset, pickedFilesOf(chosen), { prefix: fields.getTextInputValue(PREFIX_FIELD) });
    return startUpload(interaction, dataset, upload, context);
  },
} satisfies Component<DatasetArgs>;

/** What somebody's message held; null when it is forgotten, and for anybody else. */
async function pickedBy(interactionId: string, { services, actor }: Context): Promise<PickedFiles | null> {
  const stored = await services.interactions.read(interactionId);
  return stored?.accountId === actor.accountId ? (stored.picked ?? null) : null;
}

export const pickDatasetPage = {
  route: pickPageRoute,
  ack: 'update',
  async run(_interaction, { interactionId, page }, context) {
    const picked = await pickedBy(interactionId, context);
    if (picked === null) return shown(saidView(context.texts.intake.message.expired));
    const datasets = await context.services.datasets.listOf(context.actor.accountId);
    return shown(pickDatasetView(context.texts, { interactionId, pictures: picked.files.length, captionFiles: picked.captionFiles.length, datasets, page }));
  },
} satisfies Component<PickPage>;

export const pickDataset = {
  route: pickDatasetRoute,
  ack: 'update',
  async run(interaction, { interactionId }, context) {
    const picked = await pickedBy(interactionId, context);
    if (picked === null) return shown(saidView(context.texts.intake.message.expired));
    const dataset = await findDataset(chosenIn(interaction), 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return startUpload(interaction, dataset, uploadOf(dataset, picked), context);
  },
} satisfies Component<PickPage>;

export const pickNewDataset = {
  route: pickNewRoute,
  ack: 'modal',
  run: (_interaction, { interactionId }, { texts }) => Promise.resolve({ kind: 'modal', modal: createForm(texts, pickNewFormRoute.format({ interactionId })) }),
} satisfies Component<InteractionArgs>;

export const submitPickNew = {
  route: pickNewFormRoute,
  ack: 'update',
  async run(interaction, { interactionId }, context) {
    const picked = await pickedBy(interactionId, context);
    if (picked === null) return shown(saidView(context.texts.intake.message.expired));
    const made = await makeDataset(textIn(interaction, NAME_FIELD), context);
    if (made.kind === 'refused') return made;
    return startUpload(interaction, made.dataset, uploadOf(made.dataset, picked), context);
  },
} satisfies Component<InteractionArgs>;

export const retryFiles = {
  route: retryFilesRoute,
  ack: 'update',
  async run(interaction, { interactionId }, context): Promise<Reply> {
    const { services, actor, texts } = context;
    const failed = await services.interactions.read(interactionId);
    if (failed?.upload === undefined || failed.accountId !== actor.accountId) return { kind: 'beside', view: saidView(texts.intake.retryExpired) };
    const dataset = await findDataset(failed.upload.datasetId, 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    // The press that nobody confirmed comes here as well.
    if (!isUploadDecided(failed.upload, failed.verdicts ?? [])) return startIntake(interactionId, context);
    const retry = retryOf(failed);
    if (retry === null) return { kind: 'beside', view: saidView(texts.intake.nothingToRetry) };
    return retryUpload(interaction, failed, retry, dataset, context);
  },
} satisfies Component<InteractionArgs>;

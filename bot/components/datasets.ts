import type { Dataset } from '../../domain/datasets.js';
import { findDataset } from '../commands/options.js';
import { createDataset } from '../create-dataset.js';
import { refused, shown, type Component, type Context, type Reply } from '../interaction-kinds.js';
import { startUpload, uploadOf } from '../upload.js';
import { saidView } from '../views/answers.js';
import {
  createFormRoute,
  createRoute,
  deleteRoute,
  imagesRoute,
  listRoute,
  openRoute,
  uploadFormRoute,
  uploadRoute,
  viewRoute,
  type ImagesPage,
} from '../views/custom-ids.js';
import { datasetListView, datasetView } from '../views/datasets.js';
import { createForm, FILES_FIELD, NAME_FIELD, SHARED_CAPTION_FIELD, uploadForm } from '../views/forms.js';
import { safe } from '../views/safe.js';

type DatasetArgs = Record<'datasetId', string>;
type NoArgs = Record<string, never>;

function page(dataset: Dataset, at: number, { services, texts }: Context): Reply {
  return shown(datasetView(texts, { dataset, recipes: [...services.recipes.values()], page: at }));
}

async function showDataset(datasetId: string, at: number, context: Context): Promise<Reply> {
  const dataset = await findDataset(datasetId, 'view', context);
  return dataset === null ? refused({ code: 'dataset-not-found' }) : page(dataset, at, context);
}

export const listPage = {
  route: listRoute,
  ack: 'update',
  run: async (_interaction, args, { services, actor, texts }) => shown(datasetListView(texts, await services.datasets.listOf(actor.accountId), args.page)),
} satisfies Component<Record<'page', number>>;

export const openDataset = {
  route: openRoute,
  ack: 'update',
  run: (interaction, _args, context) => showDataset(interaction.isStringSelectMenu() ? (interaction.values[0] ?? '') : '', 0, context),
} satisfies Component<NoArgs>;

export const viewDataset = {
  route: viewRoute,
  ack: 'update',
  run: (_interaction, { datasetId }, context) => showDataset(datasetId, 0, context),
} satisfies Component<DatasetArgs>;

export const imagesPage = {
  route: imagesRoute,
  ack: 'update',
  run: (_interaction, args, context) => showDataset(args.datasetId, args.page, context),
} satisfies Component<ImagesPage>;

export const deleteDataset = {
  route: deleteRoute,
  ack: 'update',
  async run(_interaction, { datasetId }, context) {
    const { datasets, runs } = context.services;
    const dataset = await findDataset(datasetId, 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const running = await runs.openRunOfDataset(datasetId);
    if (running !== null) return refused({ code: 'dataset-busy', runId: running.runId });
    await datasets.remove(datasetId);
    return shown(saidView(`**${safe(dataset.name, 40)} is deleted**, with all its images.`));
  },
} satisfies Component<DatasetArgs>;

export const openCreateForm = {
  route: createRoute,
  ack: 'modal',
  run: (_interaction, _args, { texts }) => Promise.resolve({ kind: 'modal', modal: createForm(texts) }),
} satisfies Component<NoArgs>;

export const submitCreateForm = {
  route: createFormRoute,
  ack: 'private',
  run: (interaction, _args, context) => createDataset(interaction.isModalSubmit() ? interaction.fields.getTextInputValue(NAME_FIELD) : '', context),
} satisfies Component<NoArgs>;

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
    const files = interaction.fields.getUploadedFiles(FILES_FIELD, true);
    const shared = interaction.fields.getTextInputValue(SHARED_CAPTION_FIELD);
    return startUpload(interaction, uploadOf(dataset, [...files.values()], { shared }), context);
  },
} satisfies Component<DatasetArgs>;

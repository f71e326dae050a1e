import { busyWith } from '../busy-dataset.js';
import { createDataset } from '../create-dataset.js';
import { findDataset } from '../find-dataset.js';
import { refused, shown, type Component, type Context, type Reply } from '../interaction-kinds.js';
import { undoRemoval } from '../remove-image.js';
import { renameDataset } from '../rename-dataset.js';
import { showDataset, yardOfViews } from '../show-dataset.js';
import { saidView } from '../views/answers.js';
import { createFormRoute, createRoute, deleteRoute, imagesRoute, listRoute, openRoute, viewRoute, type ImagesPage } from '../views/custom-ids.js';
import { RENAME_NAME_FIELD, RENAME_TRIGGER_FIELD, renameForm } from '../views/dataset-forms.js';
import { datasetListView } from '../views/dataset-list.js';
import { chooseRoute, deleteAskRoute, renameFormRoute, renameRoute, undoRemoveRoute } from '../views/dataset-routes.js';
import { deleteConfirmView } from '../views/datasets.js';
import { createForm, NAME_FIELD } from '../views/forms.js';
import { chosenIn, textIn } from './given.js';

type DatasetArgs = Record<'datasetId', string>;
type NoArgs = Record<string, never>;

async function viewOf(datasetId: string, page: number, context: Context): Promise<Reply> {
  const dataset = await findDataset(datasetId, 'view', context);
  return dataset === null ? refused({ code: 'dataset-not-found' }) : showDataset(dataset, context, { page });
}

export const listPage = {
  route: listRoute,
  ack: 'update',
  run: async (_interaction, { page }, { services, actor, texts }) => shown(datasetListView(texts, { datasets: await services.datasets.listOf(actor.accountId), page })),
} satisfies Component<Record<'page', number>>;

/** Shows the chosen dataset below the list, with what can be done with it; another can be chosen right away. */
export const chooseDataset = {
  route: chooseRoute,
  ack: 'update',
  async run(interaction, { page }, context) {
    const { services, actor, texts } = context;
    const dataset = await findDataset(chosenIn(interaction), 'view', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const datasets = await services.datasets.listOf(actor.accountId);
    return shown(datasetListView(texts, { datasets, page, chosen: { dataset, yard: yardOfViews(context) } }));
  },
} satisfies Component<Record<'page', number>>;

/** The select menu of lists that were shown by earlier versions. */
export const openDataset = {
  route: openRoute,
  ack: 'update',
  run: (interaction, _args, context) => viewOf(chosenIn(interaction), 0, context),
} satisfies Component<NoArgs>;

export const viewDataset = {
  route: viewRoute,
  ack: 'update',
  run: (_interaction, { datasetId }, context) => viewOf(datasetId, 0, context),
} satisfies Component<DatasetArgs>;

export const imagesPage = {
  route: imagesRoute,
  ack: 'update',
  run: (_interaction, { datasetId, page }, context) => viewOf(datasetId, page, context),
} satisfies Component<ImagesPage>;

export const askToDelete = {
  route: deleteAskRoute,
  ack: 'private',
  async run(_interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    return (await busyWith(dataset, context)) ?? shown(deleteConfirmView(context.texts, dataset));
  },
} satisfies Component<DatasetArgs>;

export const deleteDataset = {
  route: deleteRoute,
  ack: 'update',
  async run(_interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    const busy = await busyWith(dataset, context);
    if (busy !== null) return busy;
    await context.services.datasets.remove(datasetId);
    return shown(saidView(context.texts.datasets.deleted(dataset.name)));
  },
} satisfies Component<DatasetArgs>;

export const undoRemove = {
  route: undoRemoveRoute,
  ack: 'update',
  async run(_interaction, { datasetId, imageId }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    const undone = dataset === null ? null : await undoRemoval(datasetId, imageId, context);
    if (undone === null || undone.kind === 'gone') return refused({ code: 'dataset-not-found' });
    return showDataset(undone.dataset, context, { done: undone.done, ...(undone.later ? { undo: { imageId } } : {}) });
  },
} satisfies Component<{ readonly datasetId: string; readonly imageId: string }>;

/** The form shows the name and trigger word as they are, so they are read before it opens; the router bounds how long that may take. */
export const openRenameForm = {
  route: renameRoute,
  ack: 'modal',
  async run(_interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    return dataset === null ? refused({ code: 'dataset-not-found' }) : { kind: 'modal', modal: renameForm(context.texts, dataset) };
  },
} satisfies Component<DatasetArgs>;

export const submitRenameForm = {
  route: renameFormRoute,
  ack: 'update',
  async run(interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    if (dataset === null || !interaction.isModalSubmit()) return refused({ code: 'dataset-not-found' });
    const { fields } = interaction;
    return renameDataset(dataset, { name: fields.getTextInputValue(RENAME_NAME_FIELD), triggerWord: fields.getTextInputValue(RENAME_TRIGGER_FIELD) }, context);
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
  run: (interaction, _args, context) => createDataset(textIn(interaction, NAME_FIELD), context),
} satisfies Component<NoArgs>;

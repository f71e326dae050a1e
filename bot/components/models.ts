import { shown, type Component } from '../interaction-kinds.js';
import { deleteModel, renameModel, showModel, withModel } from '../models.js';
import { downloadRoute } from '../views/custom-ids.js';
import { modelDeleteAskRoute, modelDeleteRoute, modelOpenRoute, modelRenameFormRoute, modelRenameRoute, modelRoute, modelsRoute } from '../views/model-routes.js';
import { MODEL_NAME_FIELD, modelDeleteConfirmView, modelDownloadView, modelListView, modelRenameForm } from '../views/models.js';
import { chosenIn, textIn } from './given.js';

type ModelArgs = Record<'loraId', string>;

/** A fresh link at each press, so that the button of an old card works as well. */
export const downloadModel = {
  route: downloadRoute,
  ack: 'private',
  run: (_interaction, { loraId }, context) =>
    withModel(loraId, 'download', context, (lora) => shown(modelDownloadView(context.texts, lora, context.services.downloadLinks.linkFor(loraId, context.services.now())))),
} satisfies Component<ModelArgs>;

/** From a card that others see too: its answer is for whoever presses. */
export const viewModel = {
  route: modelRoute,
  ack: 'private',
  run: (_interaction, { loraId }, context) => withModel(loraId, 'view', context, (lora) => showModel(lora, context)),
} satisfies Component<ModelArgs>;

export const modelsPage = {
  route: modelsRoute,
  ack: 'update',
  run: async (_interaction, { page }, { services, actor, texts }) => shown(modelListView(texts, await services.loras.listOf(actor.accountId), page)),
} satisfies Component<Record<'page', number>>;

export const openModel = {
  route: modelOpenRoute,
  ack: 'update',
  run: (interaction, _args, context) =>
    withModel(chosenIn(interaction), 'view', context, (lora) => showModel(lora, context)),
} satisfies Component<Record<string, never>>;

export const openModelRenameForm = {
  route: modelRenameRoute,
  ack: 'modal',
  run: (_interaction, { loraId }, { texts }) => Promise.resolve({ kind: 'modal', modal: modelRenameForm(texts, loraId) }),
} satisfies Component<ModelArgs>;

export const submitModelRenameForm = {
  route: modelRenameFormRoute,
  ack: 'private',
  run: (interaction, { loraId }, context) =>
    withModel(loraId, 'change', context, (lora) => renameModel(lora, textIn(interaction, MODEL_NAME_FIELD), context)),
} satisfies Component<ModelArgs>;

/** Beside the view, which stays until the model is deleted. */
export const askToDeleteModel = {
  route: modelDeleteAskRoute,
  ack: 'private',
  run: (_interaction, { loraId }, context) => withModel(loraId, 'change', context, (lora) => shown(modelDeleteConfirmView(context.texts, lora))),
} satisfies Component<ModelArgs>;

export const deleteModelConfirmed = {
  route: modelDeleteRoute,
  ack: 'update',
  run: (_interaction, { loraId }, context) => withModel(loraId, 'change', context, (lora) => deleteModel(lora, context)),
} satisfies Component<ModelArgs>;

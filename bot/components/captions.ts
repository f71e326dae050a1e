import { ComponentType } from 'discord.js';
import type { ModalSubmitInteraction } from 'discord.js';
import { editsForMissing, editsForTrigger, neighbourOf, nextMissing, placeOf, placesForForm } from '../../domain/captions.js';
import type { WrittenCaption } from '../../domain/caption-forms.js';
import type { Dataset } from '../../domain/datasets.js';
import { saveCaptions, showEditor } from '../captions.js';
import { findDataset } from '../find-dataset.js';
import { refused, shown, type Ack, type Component, type ComponentInteraction, type Context, type Reply } from '../interaction-kinds.js';
import { undoRemoval } from '../remove-image.js';
import { yardOfViews } from '../show-dataset.js';
import { captionForm, writtenCaptionOf } from '../views/caption-forms.js';
import {
  captionEditRoute,
  captionFiveRoute,
  captionFormRoute,
  captionMissingRoute,
  captionNextRoute,
  captionPreviousRoute,
  captionRemoveRoute,
  captionsRoute,
  captionTriggerRoute,
  captionUndoRoute,
  fillCaptionsRoute,
  type ImageArgs,
} from '../views/caption-routes.js';
import { captionsFilledView } from '../views/captions.js';
import type { Route } from '../views/custom-ids.js';

type Act = (dataset: Dataset, args: ImageArgs, context: Context, interaction: ComponentInteraction) => Reply | Promise<Reply>;

/** A button on an image of a dataset that whoever presses may change. */
function onImage(route: Route<ImageArgs>, ack: Ack, act: Act): Component<ImageArgs> {
  return {
    route,
    ack,
    async run(interaction, args, context) {
      const dataset = await findDataset(args.datasetId, 'change', context);
      return dataset === null ? refused({ code: 'dataset-not-found' }) : act(dataset, args, context, interaction);
    },
  };
}

export const openCaptions = {
  route: captionsRoute,
  ack: 'private',
  async run(_interaction, { datasetId, at }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    if (dataset === null) return refused({ code: 'dataset-not-found' });
    // Whoever opens it wants to write: the first image without a caption from there on, if there is one.
    const missing = nextMissing(dataset.images, Math.min(at, Math.max(0, dataset.images.length - 1)));
    return showEditor(dataset, missing === null ? at : Math.max(at, missing), context);
  },
} satisfies Component<{ readonly datasetId: string; readonly at: number }>;

export const previousCaption = onImage(captionPreviousRoute, 'update', (dataset, args, context) => showEditor(dataset, neighbourOf(dataset.images, args, -1), context));

export const nextCaption = onImage(captionNextRoute, 'update', (dataset, args, context) => showEditor(dataset, neighbourOf(dataset.images, args, 1), context));

export const nextMissingCaption = onImage(captionMissingRoute, 'update', (dataset, args, context) => {
  const from = neighbourOf(dataset.images, args, 1);
  return showEditor(dataset, nextMissing(dataset.images, from) ?? from, context);
});

/** The form shows the caption as it is, so it is read before the form opens; the router bounds how long that may take. */
export const editCaption = onImage(captionEditRoute, 'modal', (dataset, args, { texts }) => {
  const at = dataset.images.findIndex(({ imageId }) => imageId === args.imageId);
  return at === -1 ? refused({ code: 'image-not-found' }) : { kind: 'modal', modal: captionForm(texts, dataset, at, [at]) };
});

export const editSeveralCaptions = onImage(captionFiveRoute, 'modal', (dataset, args, { texts }) => {
  const at = placeOf(dataset.images, args);
  const places = placesForForm(dataset.images, at);
  return places.length === 0 ? refused({ code: 'image-not-found' }) : { kind: 'modal', modal: captionForm(texts, dataset, at, places) };
});

export const submitCaptions = {
  route: captionFormRoute,
  ack: 'update',
  run: (interaction, args, context) => saveCaptions(args, interaction.isModalSubmit() ? writtenIn(interaction) : [], context),
} satisfies Component<ImageArgs>;

function writtenIn({ fields }: ModalSubmitInteraction): WrittenCaption[] {
  return [...fields.fields.values()].flatMap((field) => (field.type === ComponentType.TextInput ? (writtenCaptionOf(field.customId, field.value) ?? []) : []));
}

export const removeCaptioned = onImage(captionRemoveRoute, 'update', async (dataset, args, context) => {
  const at = placeOf(dataset.images, args);
  const image = dataset.images.find(({ imageId }) => imageId === args.imageId);
  const left = image === undefined ? null : await context.services.datasets.removeImage(args.datasetId, args.imageId);
  if (image === undefined || left === null) return showEditor(dataset, at, context, { done: [context.texts.captions.goneHint] });
  return showEditor(left, at, context, { done: [context.texts.datasets.removed(image.fileName)], undo: { imageId: args.imageId, at } });
});

export const undoCaptionRemoval = onImage(captionUndoRoute, 'update', async (_dataset, args, context) => {
  const undone = await undoRemoval(args.datasetId, args.imageId, context);
  if (undone.kind === 'gone') return refused({ code: 'dataset-not-found' });
  return showEditor(undone.dataset, placeOf(undone.dataset.images, args), context, { done: [undone.done], ...(undone.later ? { undo: { imageId: args.imageId, at: args.at } } : {}) });
});

export const triggerInFront = onImage(captionTriggerRoute, 'update', async (dataset, args, context) => {
  let counts = { already: 0, tooLong: 0 };
  const outcome = await context.services.datasets.changeCaptions(dataset.datasetId, ({ images, triggerWord }) => {
    const { edits, ...others } = editsForTrigger(images, triggerWord);
    counts = others;
    return edits;
  });
  if (outcome === null) return refused({ code: 'dataset-not-found' });
  const done = context.texts.captions.triggered(outcome.changed, counts.already, counts.tooLong);
  return showEditor(outcome.dataset, placeOf(outcome.dataset.images, args), context, { done: [done] });
});

/** Pressed in the editor, and from the refusal of a start. */
export const fillCaptions = {
  route: fillCaptionsRoute,
  ack: 'update',
  async run(_interaction, { datasetId }, context) {
    const dataset = await findDataset(datasetId, 'change', context);
    const outcome = dataset === null ? null : await context.services.datasets.changeCaptions(datasetId, ({ images, triggerWord }) => editsForMissing(images, triggerWord));
    if (outcome === null) return refused({ code: 'dataset-not-found' });
    return shown(captionsFilledView(context.texts, { dataset: outcome.dataset, filled: outcome.changed, yard: yardOfViews(context) }));
  },
} satisfies Component<Record<'datasetId', string>>;

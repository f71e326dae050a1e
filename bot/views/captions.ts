import type { APIButtonComponent, APIComponentInContainer } from 'discord.js';
import { countMissing, placesForForm } from '../../domain/captions.js';
import type { Dataset, DatasetImage } from '../../domain/datasets.js';
import { captionForTraining } from '../../domain/datasets.js';
import type { Texts } from '../texts/texts.js';
import * as routes from './caption-routes.js';
import { quoteRoute, uploadRoute, viewRoute } from './custom-ids.js';
import { previewOf, readinessLines, warningsAfter, type YardOfViews } from './dataset-parts.js';
import { ACCENT, button, fileToSave, framed, gallery, row, text, type View } from './layout.js';

export interface CaptionScreen {
  readonly dataset: Dataset;
  /** Which image is shown, from 0. */
  readonly at: number;
  /** What has just been done, above everything else. */
  readonly done?: readonly string[];
  /** The image that was removed just now, and where it stood. */
  readonly undo?: { readonly imageId: string; readonly at: number };
  /** What was written and could not be saved. */
  readonly leftOver?: string;
}

/** The caption editor: one image with its picture and caption, and what is still missing. */
export function captionEditorView(t: Texts, { dataset, at: wantedAt, done = [], undo, leftOver }: CaptionScreen): View {
  const { images, datasetId } = dataset;
  const at = Math.min(wantedAt, images.length - 1);
  const image = images[at];
  const undoButton = undo === undefined ? null : button(t.captions.buttons.undo, routes.captionUndoRoute.format({ datasetId, ...undo }));
  const head = [done.length === 0 ? null : text(...done.map((line) => `**${line}**`)), ...leftOverParts(t, leftOver)];
  if (image === undefined) {
    const upload = button(t.captions.buttons.upload, uploadRoute.format({ datasetId }), 'primary');
    return withLeftOver(t, framed(ACCENT.calm, [...head, text(t.captions.heading(dataset.name), t.captions.empty), row(undoButton, upload, openButton(t, dataset))]), leftOver);
  }
  const preview = previewOf(t, image, at);
  const missing = images.flatMap(({ caption }, place) => (caption === null ? [place + 1] : []));
  const view = framed(missing.length === 0 ? ACCENT.good : ACCENT.calm, [
    ...head,
    text(
      t.captions.heading(dataset.name),
      missing.length === 0 ? t.captions.complete : t.captions.missing(missing.length, images.length, missing),
      t.captions.triggerWord(dataset.triggerWord),
    ),
    gallery([preview.picture]),
    text(
      t.captions.place(at + 1, images.length, image.fileName, t.datasets.size(image.widthPx, image.heightPx), warningsAfter(t, image)),
      image.caption === null ? t.captions.none : t.captions.caption(image.caption),
    ),
    ...editorRows(t, dataset, { image, at, undoButton }),
  ]);
  return withLeftOver(t, { ...view, files: [preview.file] }, leftOver);
}

interface Shown {
  readonly image: DatasetImage;
  readonly at: number;
  readonly undoButton: APIButtonComponent | null;
}

function editorRows(t: Texts, dataset: Dataset, { image, at, undoButton }: Shown): (APIComponentInContainer | null)[] {
  const { buttons } = t.captions;
  const { images, datasetId, triggerWord } = dataset;
  const here = { datasetId, imageId: image.imageId, at };
  const missing = countMissing(images);
  const isAlone = images.length === 1;
  const lacksTrigger = images.some(({ caption }) => caption !== null && captionForTraining(caption, triggerWord) !== caption);
  const several = placesForForm(images, at).length;
  const missesElsewhere = missing > (image.caption === null ? 1 : 0);
  return [
    row(
      isAlone ? null : button(buttons.previous, routes.captionPreviousRoute.format(here)),
      isAlone ? null : button(buttons.next, routes.captionNextRoute.format(here)),
      missesElsewhere ? button(buttons.nextMissing, routes.captionMissingRoute.format(here)) : null,
    ),
    row(
      button(buttons.edit, routes.captionEditRoute.format(here), image.caption === null ? 'primary' : 'secondary'),
      several > 1 ? button(buttons.several(several), routes.captionFiveRoute.format(here)) : null,
      button(buttons.remove, routes.captionRemoveRoute.format(here), 'danger'),
      undoButton,
    ),
    row(
      lacksTrigger ? button(buttons.triggerForAll, routes.captionTriggerRoute.format(here)) : null,
      missing > 0 ? button(buttons.triggerForMissing(missing), routes.fillCaptionsRoute.format({ datasetId })) : null,
    ),
    row(missing === 0 ? button(buttons.start, quoteRoute.format({ datasetId }), 'primary') : null, openButton(t, dataset)),
  ];
}

function openButton(t: Texts, { datasetId }: Dataset): APIButtonComponent {
  return button(t.captions.buttons.open, viewRoute.format({ datasetId }));
}

/** The answer to *use the trigger word alone for the missing*, and the way on to the training. */
export function captionsFilledView(t: Texts, { dataset, filled, yard }: { readonly dataset: Dataset; readonly filled: number; readonly yard: YardOfViews }): View {
  const { datasetId, images } = dataset;
  const { buttons } = t.captions;
  return framed(ACCENT.good, [
    text(`**${t.captions.filled(filled, dataset.triggerWord)}**`, ...readinessLines(t, dataset, yard)),
    row(
      images.length === 0 ? null : button(buttons.start, quoteRoute.format({ datasetId }), 'primary'),
      button(buttons.captions, routes.captionsRoute.format({ datasetId, at: 0 })),
      openButton(t, dataset),
    ),
  ]);
}

/** Gives back what was written in a form when nothing of it could be saved. */
export function captionsLostView(t: Texts, why: string, leftOver: string, datasetId: string): View {
  return withLeftOver(
    t,
    framed(ACCENT.waiting, [text(why), ...leftOverParts(t, leftOver), row(button(t.captions.buttons.captions, routes.captionsRoute.format({ datasetId, at: 0 })))]),
    leftOver,
  );
}

function leftOverParts(t: Texts, leftOver: string | undefined): APIComponentInContainer[] {
  return leftOver === undefined ? [] : [text(t.captions.notSaved), fileToSave(t.captions.leftOverFile)];
}

function withLeftOver(t: Texts, view: View, leftOver: string | undefined): View {
  return leftOver === undefined ? view : { ...view, textFile: { name: t.captions.leftOverFile, content: leftOver } };
}

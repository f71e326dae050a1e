import { judgeForm, type JudgedForm, type WrittenCaption } from '../domain/caption-forms.js';
import { nextMissing, placeOf } from '../domain/captions.js';
import type { Dataset } from '../domain/datasets.js';
import { findDataset } from './find-dataset.js';
import { refused, shown, type Context, type Reply } from './interaction-kinds.js';
import { troubleSentence, within } from './trouble.js';
import type { ImageArgs } from './views/caption-routes.js';
import { captionEditorView, captionsLostView, type CaptionScreen } from './views/captions.js';

/** Shorter than the router's own limit, so that what was written can still be given back. */
const SAVE_LIMIT_MS = 4_000;

/** The caption editor at an image. */
export function showEditor(dataset: Dataset, at: number, context: Context, told: Pick<CaptionScreen, 'done' | 'undo' | 'leftOver'> = {}): Reply {
  return shown(captionEditorView(context.texts, { dataset, at, ...told }));
}

/**
 * Saves what came back in a form, each caption on the image whose id its field carries, and shows the editor again.
 * Nothing that was written is lost: what could not be saved is given back in a file.
 */
export async function saveCaptions(args: ImageArgs, written: readonly WrittenCaption[], context: Context): Promise<Reply> {
  const { services, texts } = context;
  try {
    return await within(SAVE_LIMIT_MS, save(args, written, context));
  } catch (error) {
    const why = troubleSentence(error, texts);
    if (why === null) throw error;
    services.log.warn({ err: error }, 'captions could not be saved and were given back');
    return shown(captionsLostView(texts, why, leftOverOf(written), args.datasetId));
  }
}

async function save(args: ImageArgs, written: readonly WrittenCaption[], context: Context): Promise<Reply> {
  const found = await findDataset(args.datasetId, 'change', context);
  if (found === null) return notThere(args.datasetId, written, context);
  let judged: JudgedForm = { edits: [], gone: [], refused: [] };
  const outcome = await context.services.datasets.changeCaptions(args.datasetId, (dataset) => {
    judged = judgeForm(dataset.images, written);
    return judged.edits;
  });
  return outcome === null ? notThere(args.datasetId, written, context) : saved(outcome, judged, args, written, context);
}

/** The dataset is gone, or not this user's: the answer does not tell the two apart. */
function notThere(datasetId: string, written: readonly WrittenCaption[], { texts, services }: Context): Reply {
  const { what } = texts.refusal({ code: 'dataset-not-found' }, services.settings);
  return written.every(({ text }) => text.trim() === '') ? refused({ code: 'dataset-not-found' }) : shown(captionsLostView(texts, what, leftOverOf(written), datasetId));
}

function saved({ dataset, changed }: { readonly dataset: Dataset; readonly changed: number }, judged: JudgedForm, args: ImageArgs, written: readonly WrittenCaption[], context: Context): Reply {
  const { texts, services } = context;
  const { images } = dataset;
  const here = placeOf(images, args);
  const at = written.length === 1 ? here : (nextMissing(images, here) ?? here);
  const done = [
    changed === 0 && judged.gone.length + judged.refused.length > 0 ? null : changed === 0 ? texts.captions.unchanged : savedSentence(dataset, judged, changed, context),
    judged.gone.length === 0 ? null : texts.captions.gone(judged.gone.map(({ called }) => called)),
    ...judged.refused.map(({ refusal }) => texts.refusal(refusal, services.settings).what),
  ].filter((line) => line !== null);
  const kept = [...judged.gone, ...judged.refused.map((one) => one.written)].filter(({ text }) => text.trim() !== '');
  return showEditor(dataset, at, context, { done, ...(kept.length === 0 ? {} : { leftOver: leftOverOf(kept) }) });
}

function savedSentence({ images }: Dataset, { edits }: JudgedForm, changed: number, { texts }: Context): string {
  const at = images.findIndex(({ imageId }) => imageId === edits[0]?.imageId);
  const image = images[at];
  return edits.length === 1 && image !== undefined ? texts.captions.savedOf(at + 1, image.fileName) : texts.captions.saved(changed);
}

function leftOverOf(written: readonly WrittenCaption[]): string {
  return written
    .filter(({ text }) => text.trim() !== '')
    .map(({ called, text }) => `${called}\n${text}\n`)
    .join('\n');
}

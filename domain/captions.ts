import { captionForTraining, CAPTION_MAX_LENGTH } from './datasets.js';
import type { DatasetImage } from './datasets.js';

/** A caption for an image. The id decides: positions and names move and repeat. */
export interface CaptionEdit {
  readonly imageId: string;
  readonly caption: string;
}

type Captioned = Pick<DatasetImage, 'imageId' | 'caption'>;

/** How many images one form takes captions for. */
const CAPTIONS_PER_FORM = 5;

export function countMissing(images: readonly Captioned[]): number {
  return images.filter(({ caption }) => caption === null).length;
}

export interface TriggerEdits {
  readonly edits: readonly CaptionEdit[];
  /** Captions that hold the word already, and those that would be too long with it. */
  readonly already: number;
  readonly tooLong: number;
}

/** The captions with the trigger word in front. Those that hold it stay as they are, and so do images without a caption. */
export function editsForTrigger(images: readonly Captioned[], triggerWord: string): TriggerEdits {
  const edits: CaptionEdit[] = [];
  let already = 0;
  let tooLong = 0;
  for (const { imageId, caption } of images) {
    if (caption === null) continue;
    const wanted = captionForTraining(caption, triggerWord);
    if (wanted === caption) already += 1;
    else if (wanted.length > CAPTION_MAX_LENGTH) tooLong += 1;
    else edits.push({ imageId, caption: wanted });
  }
  return { edits, already, tooLong };
}

/** The trigger word alone as the caption of every image that has none. */
export function editsForMissing(images: readonly Captioned[], triggerWord: string): CaptionEdit[] {
  return images.filter(({ caption }) => caption === null).map(({ imageId }) => ({ imageId, caption: triggerWord }));
}

/** What a new trigger word changes: captions that are the old one, or begin with it as the yard puts it there. */
export function editsForNewTrigger(images: readonly Captioned[], oldWord: string, newWord: string): CaptionEdit[] {
  return images.flatMap(({ imageId, caption }) => {
    if (caption === null || !(caption === oldWord || caption.startsWith(`${oldWord}, `))) return [];
    const changed = `${newWord}${caption.slice(oldWord.length)}`;
    return changed.length > CAPTION_MAX_LENGTH ? [] : [{ imageId, caption: changed }];
  });
}

/** Where an image stands now; when it is gone, the place that it had, or the last one there is. */
export function placeOf(images: readonly Pick<DatasetImage, 'imageId'>[], { imageId, at }: { readonly imageId: string; readonly at: number }): number {
  const found = images.findIndex((image) => image.imageId === imageId);
  return found === -1 ? Math.max(0, Math.min(at, images.length - 1)) : found;
}

/** Where the image stands that is next to this one, or before it, round the ends. */
export function neighbourOf(images: readonly Pick<DatasetImage, 'imageId'>[], place: { readonly imageId: string; readonly at: number }, by: 1 | -1): number {
  const isThere = images.some(({ imageId }) => imageId === place.imageId);
  // The next one has moved up to where the image was that is gone.
  const step = !isThere && by === 1 ? 0 : by;
  return images.length === 0 ? 0 : (placeOf(images, place) + step + images.length) % images.length;
}

/** The first image without a caption from `from` on, round to the beginning; null when every image has one. */
export function nextMissing(images: readonly Captioned[], from: number): number | null {
  for (let step = 0; step < images.length; step += 1) {
    const at = (from + step) % images.length;
    if (images[at]?.caption === null) return at;
  }
  return null;
}

/** What one form asks captions for: the next images without one from `from` on, or the images themselves when none lacks one. */
export function placesForForm(images: readonly Captioned[], from: number): number[] {
  const round = images.map((_, step) => (from + step) % images.length);
  const missing = round.filter((at) => images[at]?.caption === null);
  return (missing.length > 0 ? missing : round).slice(0, CAPTIONS_PER_FORM);
}

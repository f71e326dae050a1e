import { checkCaption } from './datasets.js';
import type { DatasetImage } from './datasets.js';
import type { CaptionEdit } from './captions.js';
import type { Refusal } from './refusals.js';

/** What a field of a form was opened for, and what came back in it. */
export interface WrittenCaption {
  readonly imageId: string;
  /** How the image was called when the form was opened. */
  readonly called: string;
  /** The fingerprint of the caption that the field showed. */
  readonly shown: string;
  readonly text: string;
}

export interface JudgedForm {
  readonly edits: readonly CaptionEdit[];
  /** Written for images that are not there any more. */
  readonly gone: readonly WrittenCaption[];
  readonly refused: readonly { readonly written: WrittenCaption; readonly refusal: Refusal }[];
}

/**
 * Sorts what came back in a form. The id of the image decides where a caption goes, wherever that image stands by now.
 * A field that was left as it was opened, or empty, changes nothing: somebody else may have written a newer caption meanwhile.
 */
export function judgeForm(images: readonly Pick<DatasetImage, 'imageId'>[], written: readonly WrittenCaption[]): JudgedForm {
  const there = new Set(images.map(({ imageId }) => imageId));
  const edits: CaptionEdit[] = [];
  const gone: WrittenCaption[] = [];
  const refused: { written: WrittenCaption; refusal: Refusal }[] = [];
  for (const one of written) {
    const checked = checkCaption(one.text);
    const isEmpty = one.text.trim() === '';
    if (isEmpty && written.length > 1) continue;
    if (checked.kind === 'ok' && fingerprintOf(checked.caption) === one.shown) continue;
    if (!there.has(one.imageId)) {
      if (!isEmpty) gone.push(one);
    } else if (checked.kind === 'refused') refused.push({ written: one, refusal: checked.refusal });
    else edits.push({ imageId: one.imageId, caption: checked.caption });
  }
  return { edits, gone, refused };
}

/** Tells two captions apart in eight hex digits; `-` is no caption (FNV-1a, 32 bit). */
export function fingerprintOf(caption: string | null): string {
  if (caption === null) return '-';
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < caption.length; at += 1) hash = Math.imul(hash ^ caption.charCodeAt(at), 0x01_00_01_93);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

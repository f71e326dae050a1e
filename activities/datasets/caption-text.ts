import { checkCaption } from '../../domain/datasets.js';
import type { CaptionProblem } from '../../domain/verdicts.js';

export type CaptionText = { readonly kind: 'ok'; readonly caption: string } | { readonly kind: 'refused'; readonly problem: CaptionProblem };

/** Reads a caption file: UTF-8, with a byte order mark or without, or the UTF-16 that some editors write, with one. */
export function readCaptionText(bytes: Uint8Array): CaptionText {
  const text = decodeText(bytes);
  if (text?.includes('\0') !== false) return { kind: 'refused', problem: { code: 'CAPTION_NOT_TEXT' } };
  return captionOrProblem(text);
}

/** A caption as it can be stored, or what is wrong with it as the verdict on its file. */
export function captionOrProblem(text: string): CaptionText {
  const checked = checkCaption(text);
  if (checked.kind === 'ok') return checked;
  const { refusal } = checked;
  if (refusal.code !== 'caption-invalid') throw new TypeError(`Expected a refusal of the caption, got "${refusal.code}".`);
  if (refusal.problem === 'empty') return { kind: 'refused', problem: { code: 'CAPTION_EMPTY' } };
  return { kind: 'refused', problem: { code: 'CAPTION_TOO_LONG', length: refusal.length, maxLength: refusal.maxLength } };
}

function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return null;
    throw error;
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}

import type { AccountId } from './accounts.js';
import type { Refusal } from './refusals.js';

export const NAME_MAX_LENGTH = 40;
/** Length of Discord's longest text field; captions of real training sets stay far below. */
export const CAPTION_MAX_LENGTH = 4000;
export const DATASETS_PER_ACCOUNT = 100;

/** Why an image was let in although something about it may spoil the training. */
export type ImageWarning =
  | { readonly code: 'blurry' }
  | { readonly code: 'small'; readonly widthPx: number; readonly heightPx: number }
  | { readonly code: 'extreme-ratio'; readonly widthPx: number; readonly heightPx: number }
  | { readonly code: 'near-duplicate'; readonly ofFileName: string };

/** One picture in a dataset with its own caption; `sha256` names the stored, normalised file. */
export interface DatasetImage {
  readonly imageId: string;
  readonly fileName: string;
  readonly sha256: string;
  /** Names the stored WebP of it, at most 512 px a side, that messages show. */
  readonly previewSha256: string;
  /** SHA-256 of the bytes as they were sent: the same file twice is a duplicate. */
  readonly originalSha256: string;
  /** 64-bit difference hash as 16 hex digits. */
  readonly dHash: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
  readonly caption: string | null;
  readonly warnings: readonly ImageWarning[];
  readonly addedAt: Date;
}

export interface Dataset {
  readonly datasetId: string;
  readonly owner: AccountId;
  readonly name: string;
  readonly triggerWord: string;
  /** Grows with each change; a quote names the revision it was made for. */
  readonly revision: number;
  readonly images: readonly DatasetImage[];
  readonly createdAt: Date;
}

// Control characters, line and paragraph separators, zero-width and bidirectional marks: none can be seen, all can deceive.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;

export type NameCheck = { readonly kind: 'ok'; readonly name: string; readonly nameKey: string } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Trims and checks a dataset's name. `nameKey` is what must be unique per account: the name without case and width. */
export function checkName(raw: string): NameCheck {
  const name = raw.normalize('NFC').trim().replace(/ +/gu, ' ');
  const { length } = Array.from(name);
  const refuse = (problem: 'empty' | 'too-long' | 'characters'): NameCheck => ({
    kind: 'refused',
    refusal: { code: 'name-invalid', problem, length, maxLength: NAME_MAX_LENGTH },
  });
  if (name === '') return refuse('empty');
  if (UNSEEN.test(name)) return refuse('characters');
  if (length > NAME_MAX_LENGTH) return refuse('too-long');
  return { kind: 'ok', name, nameKey: name.normalize('NFKC').toLowerCase() };
}

export type CaptionCheck = { readonly kind: 'ok'; readonly caption: string } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Checks a caption: 1 to 4,000 characters that are not all spaces; control characters become spaces. */
export function checkCaption(raw: string): CaptionCheck {
  const caption = raw.normalize('NFC').replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  const refuse = (problem: 'empty' | 'too-long'): CaptionCheck => ({
    kind: 'refused',
    refusal: { code: 'caption-invalid', problem, length: caption.length, maxLength: CAPTION_MAX_LENGTH },
  });
  if (caption === '') return refuse('empty');
  if (caption.length > CAPTION_MAX_LENGTH) return refuse('too-long');
  return { kind: 'ok', caption };
}

export const TRIGGER_WORD_MIN_LENGTH = 2;
export const TRIGGER_WORD_MAX_LENGTH = 32;

export type TriggerWordCheck = { readonly kind: 'ok'; readonly triggerWord: string } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Checks a trigger word: one word of 2 to 32 letters, digits, `-` and `_`. A comma or a space would make it several tags of a caption. */
export function checkTriggerWord(raw: string): TriggerWordCheck {
  const triggerWord = raw.normalize('NFC').trim();
  const { length } = Array.from(triggerWord);
  const refuse = (problem: 'too-short' | 'too-long' | 'characters'): TriggerWordCheck => ({
    kind: 'refused',
    refusal: { code: 'trigger-word-invalid', problem, length, minLength: TRIGGER_WORD_MIN_LENGTH, maxLength: TRIGGER_WORD_MAX_LENGTH },
  });
  if (length < TRIGGER_WORD_MIN_LENGTH) return refuse('too-short');
  if (length > TRIGGER_WORD_MAX_LENGTH) return refuse('too-long');
  return /^[\p{L}\p{M}\p{N}_-]+$/u.test(triggerWord) ? { kind: 'ok', triggerWord } : refuse('characters');
}

/** The trigger word that a dataset's name suggests: lower case ASCII letters and digits, never a plain word like "cat". */
export function triggerWordFrom(name: string): string {
  const letters = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/gu, '');
  const stem = letters.slice(0, 16);
  return stem === '' ? 'tyrd1' : `tyrd${stem}`;
}

/** The caption with the trigger word in front, unless it is in there already. */
export function captionForTraining(caption: string | null, triggerWord: string): string {
  if (caption === null || caption === '') return triggerWord;
  return caption.toLowerCase().includes(triggerWord.toLowerCase()) ? caption : `${triggerWord}, ${caption}`;
}

/** Why an image cannot go into a dataset; `gone` when there is no dataset. */
export type AddObstacle =
  | { readonly kind: 'gone' }
  | { readonly kind: 'full'; readonly limit: number }
  | { readonly kind: 'duplicate'; readonly ofFileName: string };

/** What stands in the way of an image. The stored file is compared too: the same picture with other metadata is a duplicate. */
export function whyNotAdd(
  dataset: Dataset | null,
  image: { readonly originalSha256: string; readonly sha256?: string },
  limit: number,
): AddObstacle | null {
  if (dataset === null) return { kind: 'gone' };
  const twin = dataset.images.find((other) => other.originalSha256 === image.originalSha256 || other.sha256 === image.sha256);
  if (twin !== undefined) return { kind: 'duplicate', ofFileName: twin.fileName };
  return dataset.images.length >= limit ? { kind: 'full', limit } : null;
}

import type { FileFormat } from '../../../domain/image-formats.js';
import type { FileProblem, FileProblemCode } from '../../../domain/verdicts.js';
import { safe } from '../../views/safe.js';
import { count, sizeText } from './words.js';

type Texts = { readonly [Code in FileProblemCode]: (problem: Extract<FileProblem, { code: Code }>) => string };

/** What a file is that is no JPEG, PNG or WebP. */
const FORMAT_WORDS: Readonly<Record<FileFormat, string>> = {
  jpeg: 'a JPEG', png: 'a PNG', webp: 'a WebP', apng: 'an animated PNG', 'animated-webp': 'an animated WebP', gif: 'a GIF', heic: 'a HEIC picture', avif: 'an AVIF picture',
  tiff: 'a TIFF picture', bmp: 'a BMP picture', svg: 'an SVG drawing', jxl: 'a JPEG XL picture', psd: 'a Photoshop file', ico: 'an icon', pdf: 'a PDF', zip: 'a ZIP archive',
  rar: 'a RAR archive', video: 'a video', html: 'a web page', text: 'text', unknown: 'of an unknown kind',
};

const SEND_PICTURE = 'Send it as JPEG, PNG or WebP.';

/** Every reason a file was not taken in, with what to do; a new code does not compile until it has its sentence. */
const PROBLEMS: Texts = {
  IMG_TOO_MANY_BYTES: ({ sizeBytes, maxBytes }) => `It has ${sizeText(sizeBytes)}; ${sizeText(maxBytes)} is the limit. Send a smaller one.`,
  IMG_EMPTY: () => 'The file is empty. Send it again.',
  IMG_FORMAT: ({ found }) =>
    found === 'heic'
      ? 'This is a HEIC picture. On an iPhone choose *Most Compatible* in the camera settings, or send it as JPEG.'
      : `This is not a picture that can be trained on: it is ${FORMAT_WORDS[found]}. ${SEND_PICTURE}`,
  IMG_ANIMATED: () => `It is animated. Send one frame of it as JPEG or PNG.`,
  IMG_TOO_MANY_PIXELS: ({ widthPx, heightPx, maxPixels }) =>
    `It has ${count(widthPx)} × ${count(heightPx)} pixels; ${count(Math.round(maxPixels / 1_000_000))} million in all is the limit. Send a smaller one.`,
  IMG_TOO_SMALL: ({ widthPx, heightPx, minSidePx }) => `It has ${widthPx} × ${heightPx} pixels; each side needs at least ${minSidePx}. Send a larger one.`,
  IMG_ASPECT: ({ widthPx, heightPx, maxRatio }) => `It is too long or too wide (${widthPx} × ${heightPx}); at most ${maxRatio} to 1. Cut it to what matters.`,
  IMG_PIXEL_TYPE: () => `Its kind of colours is not known here. ${SEND_PICTURE}`,
  IMG_CORRUPT: () => 'The picture is damaged or incomplete. Save it again and send it once more.',
  IMG_UNDECODABLE: () => 'It could not be read: opening it fails each time. Save it again as JPEG or PNG and send that.',
  IMG_SOURCE: () => 'It comes from an address the yard does not fetch from. Send it as an attachment.',
  IMG_EXPIRED: () => 'Discord no longer gives it out. Send it again.',
  IMG_FETCH_FAILED: () => 'It could not be fetched from Discord just now.',
  IMG_CHECK_FAILED: () => 'It could not be checked. If that happens again, tell an operator.',
  IMG_STORE_FAILED: () => 'It could not be stored just now.',
  IMG_STOPPED: () => 'The upload was stopped before its turn.',
  SET_GONE: () => 'The dataset is not there any more.',
  SET_FULL: ({ limit }) => `The dataset has ${limit} images, which is the limit. Remove one with \`/train remove\` first.`,
  IMG_DUPLICATE: ({ ofFileName }) => `It is in the dataset already, as ${safe(ofFileName, 50)}.`,
  CAPTION_NO_PICTURE: () => 'No picture of this upload or the dataset has its name. Name it like its picture, or use `/train caption`.',
  CAPTION_SEVERAL_PICTURES: ({ count: pictures }) => `${pictures} pictures of this upload have its name, so it could be of any. Name them apart, or use \`/train caption\`.`,
  CAPTION_SEVERAL_IMAGES: ({ count: images }) => `${images} images of the dataset have its name, so it could be of any. Use \`/train caption\`.`,
  CAPTION_SEVERAL_FILES: ({ count: files }) => `${files} caption files have this name. Send the right one alone, or use \`/train caption\`.`,
  CAPTION_NOT_TEXT: () => 'It is not a plain text file. Save it as UTF-8 text and send it again.',
  CAPTION_EMPTY: () => 'The caption in it is empty. Write one with **Captions**.',
  CAPTION_TOO_LONG: ({ length, maxLength }) => `The caption has ${count(length)} characters; ${count(maxLength)} is the limit. Send a shorter one.`,
  CAPTION_PICTURE_REFUSED: ({ ofFileName }) => `Its picture ${safe(ofFileName, 50)} was not taken, so there is nothing to caption.`,
};

export function problemSentence(problem: FileProblem): string {
  // The entry under a code takes the problem of that code, which TypeScript cannot follow through an index.
  const write = PROBLEMS[problem.code] as (problem: FileProblem) => string;
  return write(problem);
}

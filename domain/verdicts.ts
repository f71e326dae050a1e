import type { ImageWarning } from './datasets.js';
import { baseNameOf } from './file-names.js';
import type { ImageProblem } from './images.js';

/** Why a file could not be fetched, checked or stored, whatever is in it. */
export type TransferProblem =
  | { readonly code: 'IMG_SOURCE' }
  /** The platform no longer gives the file out: its address has expired. Sending it again helps. */
  | { readonly code: 'IMG_EXPIRED' }
  | { readonly code: 'IMG_FETCH_FAILED' }
  | { readonly code: 'IMG_CHECK_FAILED' }
  | { readonly code: 'IMG_STORE_FAILED' }
  | { readonly code: 'IMG_STOPPED' };

/** Why a sound picture does not go into this dataset. */
export type SetProblem =
  | { readonly code: 'SET_GONE' }
  | { readonly code: 'SET_FULL'; readonly limit: number }
  | { readonly code: 'IMG_DUPLICATE'; readonly ofFileName: string };

/** Why a caption file is not used. */
export type CaptionProblem =
  | { readonly code: 'CAPTION_NO_PICTURE' }
  | { readonly code: 'CAPTION_SEVERAL_PICTURES'; readonly count: number }
  /** No picture of the upload has its name, and several in the dataset have. */
  | { readonly code: 'CAPTION_SEVERAL_IMAGES'; readonly count: number }
  | { readonly code: 'CAPTION_SEVERAL_FILES'; readonly count: number }
  | { readonly code: 'CAPTION_NOT_TEXT' }
  | { readonly code: 'CAPTION_EMPTY' }
  | { readonly code: 'CAPTION_TOO_LONG'; readonly length: number; readonly maxLength: number }
  /** Its picture was refused, so there is nothing to caption. */
  | { readonly code: 'CAPTION_PICTURE_REFUSED'; readonly ofFileName: string };

export type FileProblem = ImageProblem | TransferProblem | SetProblem | CaptionProblem;
export type FileProblemCode = FileProblem['code'];

/** Which of an upload's files: pictures and caption files are counted apart. */
export interface FileKey {
  readonly role: 'picture' | 'caption';
  readonly number: number;
}

/** What became of a caption that came with a picture. */
export type CaptionState = 'set' | 'none' | 'refused-empty' | 'refused-too-long';

interface AddedBody<Kind extends string> {
  readonly kind: Kind;
  readonly imageId: string;
  /** Its name in the dataset, where no two images have the same. */
  readonly storedAs: string;
  readonly caption: CaptionState;
}

export type VerdictBody =
  | AddedBody<'added'>
  | (AddedBody<'added-with-warnings'> & { readonly warnings: readonly ImageWarning[] })
  /** `replaced`: the image had another caption before. */
  | { readonly kind: 'captioned'; readonly ofFileName: string; readonly replaced?: true }
  | { readonly kind: 'refused'; readonly problem: FileProblem }
  | { readonly kind: 'skipped'; readonly code: 'IMG_SYSTEM_FILE' };

/** What became of one file of an upload. Equal file names are told apart by the number. */
export type FileVerdict = FileKey & { readonly fileName: string } & VerdictBody;

export interface UploadedFile {
  readonly number: number;
  readonly fileName: string;
}

/** True when every file of an upload has its verdict. */
export function isUploadDecided(upload: { readonly files: readonly UploadedFile[]; readonly captionFiles: readonly UploadedFile[] }, verdicts: readonly FileVerdict[]): boolean {
  const has = (role: FileKey['role'], file: UploadedFile): boolean => verdicts.some((verdict) => verdict.role === role && verdict.number === file.number);
  return upload.files.every((file) => has('picture', file)) && upload.captionFiles.every((file) => has('caption', file));
}

/** An image that is in the dataset already, as far as a caption file has to find it. */
export interface NamedImage {
  readonly imageId: string;
  readonly fileName: string;
}

export interface CaptionPairs {
  readonly pairs: readonly { readonly captionNumber: number; readonly pictureNumber: number }[];
  /** Caption files of images that were in the dataset before. */
  readonly forImages: readonly { readonly captionNumber: number; readonly imageId: string }[];
  readonly unpaired: readonly { readonly captionNumber: number; readonly problem: CaptionProblem }[];
}

export interface CaptionFile extends UploadedFile {
  /** The image it is for, when that is known already: its picture was taken in before the file could be read. */
  readonly imageId?: string;
}

/**
 * A caption file belongs to the one picture with its name up to the last dot, in any case; when the upload has no such
 * picture, to the one image of the dataset with it. None or several: it belongs to nobody.
 */
export function pairCaptions(files: readonly UploadedFile[], captionFiles: readonly CaptionFile[], images: readonly NamedImage[] = []): CaptionPairs {
  const pairs: { captionNumber: number; pictureNumber: number }[] = [];
  const forImages: { captionNumber: number; imageId: string }[] = [];
  const unpaired: { captionNumber: number; problem: CaptionProblem }[] = [];
  for (const { number: captionNumber, fileName, imageId } of captionFiles) {
    const owner = imageId === undefined ? ownerOf(fileName, files, captionFiles, images) : { imageId };
    if ('pictureNumber' in owner) pairs.push({ captionNumber, ...owner });
    else if ('imageId' in owner) forImages.push({ captionNumber, ...owner });
    else unpaired.push({ captionNumber, problem: owner });
  }
  return { pairs, forImages, unpaired };
}

type CaptionOwner = { readonly pictureNumber: number } | { readonly imageId: string } | CaptionProblem;

function ownerOf(fileName: string, files: readonly UploadedFile[], captionFiles: readonly CaptionFile[], images: readonly NamedImage[]): CaptionOwner {
  const base = baseNameOf(fileName);
  const isNamed = (other: { readonly fileName: string }): boolean => baseNameOf(other.fileName) === base;
  const pictures = files.filter(isNamed);
  if (pictures.length > 1) return { code: 'CAPTION_SEVERAL_PICTURES', count: pictures.length };
  const rivals = captionFiles.filter((other) => other.imageId === undefined && isNamed(other));
  const [picture] = pictures;
  if (picture !== undefined) return rivals.length > 1 ? { code: 'CAPTION_SEVERAL_FILES', count: rivals.length } : { pictureNumber: picture.number };
  const [image, ...others] = images.filter(isNamed);
  if (image === undefined) return { code: 'CAPTION_NO_PICTURE' };
  if (others.length > 0) return { code: 'CAPTION_SEVERAL_IMAGES', count: others.length + 1 };
  return rivals.length > 1 ? { code: 'CAPTION_SEVERAL_FILES', count: rivals.length } : { imageId: image.imageId };
}

/** The image id of an upload's picture: the same upload seen twice means the same image. */
export function imageIdOf(interactionId: string, fileNumber: number): string {
  return `${interactionId}-${fileNumber}`;
}

/** What may work the next time with the very same file. */
const TRANSIENT: readonly FileProblemCode[] = ['IMG_FETCH_FAILED', 'IMG_CHECK_FAILED', 'IMG_STORE_FAILED', 'IMG_STOPPED'];

export interface FilesToRetry {
  readonly pictures: readonly number[];
  /** With the image that a caption file is for, when its picture was taken in without it. */
  readonly captions: readonly { readonly number: number; readonly imageId: string | null }[];
}

/** The files of an upload that deserve another try as they are; the caption file of such a picture goes with it. */
export function filesToRetry(upload: { readonly files: readonly UploadedFile[]; readonly captionFiles: readonly CaptionFile[] }, verdicts: readonly FileVerdict[]): FilesToRetry {
  const verdictOn = (role: FileKey['role'], wanted: number): FileVerdict | undefined => verdicts.find((verdict) => verdict.role === role && verdict.number === wanted);
  const failed = (verdict: FileVerdict | undefined): boolean => verdict?.kind === 'refused' && TRANSIENT.includes(verdict.problem.code);

  const pictures = upload.files.map(({ number }) => number).filter((number) => failed(verdictOn('picture', number)));
  const { pairs } = pairCaptions(upload.files, upload.captionFiles);
  const captions = upload.captionFiles.flatMap(({ number, imageId = null }) => {
    const pictureNumber = pairs.find(({ captionNumber }) => captionNumber === number)?.pictureNumber;
    if (pictureNumber !== undefined && pictures.includes(pictureNumber)) return [{ number, imageId: null }];
    if (!failed(verdictOn('caption', number))) return [];
    if (pictureNumber === undefined) return [{ number, imageId }];
    const picture = verdictOn('picture', pictureNumber);
    return picture !== undefined && 'imageId' in picture ? [{ number, imageId: picture.imageId }] : [];
  });
  return { pictures, captions };
}

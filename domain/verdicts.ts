import type { ImageWarning } from './datasets.js';
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

export type VerdictBody =
  | { readonly kind: 'added'; readonly imageId: string; readonly caption: CaptionState }
  | { readonly kind: 'added-with-warnings'; readonly imageId: string; readonly caption: CaptionState; readonly warnings: readonly ImageWarning[] }
  | { readonly kind: 'captioned'; readonly ofFileName: string }
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

export interface CaptionPairs {
  readonly pairs: readonly { readonly captionNumber: number; readonly pictureNumber: number }[];
  readonly unpaired: readonly { readonly captionNumber: number; readonly problem: CaptionProblem }[];
}

/** A caption file belongs to the one picture with its name up to the last dot, in any case. None or several: it belongs to nobody. */
export function pairCaptions(files: readonly UploadedFile[], captionFiles: readonly UploadedFile[]): CaptionPairs {
  const pairs: { captionNumber: number; pictureNumber: number }[] = [];
  const unpaired: { captionNumber: number; problem: CaptionProblem }[] = [];
  for (const { number, fileName } of captionFiles) {
    const base = baseName(fileName);
    const pictures = files.filter((file) => baseName(file.fileName) === base);
    const rivals = captionFiles.filter((file) => baseName(file.fileName) === base);
    const [picture] = pictures;
    if (picture === undefined) unpaired.push({ captionNumber: number, problem: { code: 'CAPTION_NO_PICTURE' } });
    else if (pictures.length > 1) unpaired.push({ captionNumber: number, problem: { code: 'CAPTION_SEVERAL_PICTURES', count: pictures.length } });
    else if (rivals.length > 1) unpaired.push({ captionNumber: number, problem: { code: 'CAPTION_SEVERAL_FILES', count: rivals.length } });
    else pairs.push({ captionNumber: number, pictureNumber: picture.number });
  }
  return { pairs, unpaired };
}

function baseName(fileName: string): string {
  const name = fileName.normalize('NFC').toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

/** The image id of an upload's picture: the same upload seen twice means the same image. */
export function imageIdOf(interactionId: string, fileNumber: number): string {
  return `${interactionId}-${fileNumber}`;
}

import { prefixedCaption } from '../../domain/caption-prefix.js';
import { checkCaption } from '../../domain/datasets.js';
import type { CaptionState } from '../../domain/verdicts.js';
import type { Datasets } from '../../models/datasets.js';
import type { Interactions } from '../../models/interactions.js';
import type { InteractionUpload } from '../../models/interactions-schema.js';
import type { FileRequest, StepOutcome } from './activities.js';
import { captionOrProblem, readCaptionText } from './caption-text.js';
import type { FileDecisions, OpenFile } from './file-decisions.js';
import type { FileFetch } from './file-fetch.js';

export interface CaptionDependencies {
  readonly interactions: Pick<Interactions, 'setCaption'>;
  readonly datasets: Pick<Datasets, 'read' | 'setCaption'>;
}

/** Largest caption file: 4,000 characters take at most a quarter of it. */
const CAPTION_FILE_MAX_BYTES = 64 * 1024;

/** What is done with the caption files of an upload. */
export function createCaptionActivities({ interactions, datasets }: CaptionDependencies, decisions: FileDecisions, { fetchInto, refuse }: FileFetch) {
  /** The text in a caption file, or null when the file got its verdict instead. */
  async function textOf(open: OpenFile): Promise<string | null> {
    const fetched = await fetchInto(open, CAPTION_FILE_MAX_BYTES, async (body) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      return Buffer.concat(pieces);
    });
    if (fetched.kind === 'decided') return null;
    const text = readCaptionText(fetched.result);
    if (text.kind === 'ok') return text.caption;
    await refuse(open, text.problem);
    return null;
  }

  return {
    /** Reads the caption file of a picture and keeps its text with the upload. */
    async fetchCaption({ interactionId, fileNumber, pictureNumber }: FileRequest & { pictureNumber: number }): Promise<void> {
      const open = await decisions.open(interactionId, { role: 'caption', number: fileNumber });
      const text = open === null ? null : await textOf(open);
      if (text !== null) await interactions.setCaption(interactionId, pictureNumber, text);
    },

    /** Gives the caption in a file to an image that is in the dataset already. */
    async captionImage({ interactionId, fileNumber, imageId }: FileRequest & { imageId: string }): Promise<StepOutcome> {
      const open = await decisions.open(interactionId, { role: 'caption', number: fileNumber });
      const text = open === null ? null : await textOf(open);
      if (open === null || text === null) return { kind: 'decided' };
      const { datasetId, captionPrefix } = open.upload;
      const before = await datasets.read(datasetId);
      const image = before?.images.find((other) => other.imageId === imageId);
      if (before === null || image === undefined) return refuse(open, { code: before === null ? 'SET_GONE' : 'CAPTION_NO_PICTURE' });
      const wanted = captionOrProblem(prefixedCaption(captionPrefix, text, before.triggerWord) ?? text);
      if (wanted.kind === 'refused') return refuse(open, wanted.problem);
      if ((await datasets.setCaption(datasetId, imageId, wanted.caption)) === null) return refuse(open, { code: 'CAPTION_NO_PICTURE' });
      const isReplaced = image.caption !== null && image.caption !== wanted.caption;
      await decisions.decide(open, { kind: 'captioned', ofFileName: image.fileName, ...(isReplaced ? { replaced: true } : {}) });
      return { kind: 'decided' };
    },
  };
}

/** The caption of a picture as it is stored, with the prefix of its upload; one that cannot be stored leaves the picture without. */
export function captionOf({ captions, captionPrefix }: InteractionUpload, pictureNumber: number, triggerWord: string): { caption: string | null; state: CaptionState } {
  const given = prefixedCaption(captionPrefix, captions[String(pictureNumber)], triggerWord);
  if (given === undefined) return { caption: null, state: 'none' };
  const checked = checkCaption(given);
  if (checked.kind === 'ok') return { caption: checked.caption, state: 'set' };
  const isEmpty = checked.refusal.code === 'caption-invalid' && checked.refusal.problem === 'empty';
  return { caption: null, state: isEmpty ? 'refused-empty' : 'refused-too-long' };
}

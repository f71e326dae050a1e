import { Context } from '@temporalio/activity';
import { checkCaption, whyNotAdd } from '../../domain/datasets.js';
import type { AddObstacle, DatasetImage } from '../../domain/datasets.js';
import { findLookalike } from '../../domain/image-likeness.js';
import { isSystemFile } from '../../domain/images.js';
import { imageIdOf, pairCaptions } from '../../domain/verdicts.js';
import type { CaptionState, FileKey, FileProblem, SetProblem, TransferProblem } from '../../domain/verdicts.js';
import type { Datasets } from '../../models/datasets.js';
import type { Interactions } from '../../models/interactions.js';
import type { InteractionUpload } from '../../models/interactions-schema.js';
import type { Uploads } from '../../models/uploads.js';
import type { InspectedImage } from '../images/activities.js';
import { readCaptionText } from './caption-text.js';
import { openAttachment, TooManyBytes } from './download.js';
import type { DownloadRules } from './download.js';
import { createFileDecisions, uploadIdOf } from './file-decisions.js';
import type { OpenFile } from './file-decisions.js';

export interface DatasetDependencies {
  readonly interactions: Pick<Interactions, 'read' | 'recordVerdict' | 'setCaption'>;
  readonly uploads: Pick<Uploads, 'find' | 'put' | 'remove'>;
  readonly datasets: Pick<Datasets, 'read' | 'addImage' | 'setWarnings'>;
  readonly download: DownloadRules;
  /** Largest picture taken in. */
  readonly uploadMaxBytes: number;
  readonly imagesPerDataset: number;
}

/** Largest caption file: 4,000 characters take at most a quarter of it. */
const CAPTION_FILE_MAX_BYTES = 64 * 1024;

export interface FileRequest {
  readonly interactionId: string;
  readonly fileNumber: number;
}

/** The numbers of the files that still have to be looked at. */
export interface UploadPlan {
  readonly pictures: readonly { readonly number: number; readonly captionNumber: number | null }[];
}

/** `decided`: the file has its verdict on record, nothing is left to do. */
export type StepOutcome = { readonly kind: 'done' } | { readonly kind: 'decided' };

export type DatasetActivities = ReturnType<typeof createDatasetActivities>;

/** Taking files into datasets. Each step is idempotent, and a file that has its verdict is left alone by every later step. */
// eslint-disable-next-line max-lines-per-function -- one closure over the dependencies; each activity in it is a few lines
export function createDatasetActivities(dependencies: DatasetDependencies) {
  const { interactions, uploads, datasets, download, uploadMaxBytes, imagesPerDataset } = dependencies;
  const decisions = createFileDecisions(dependencies);

  const refuse = async (open: OpenFile, problem: FileProblem): Promise<{ kind: 'decided' }> => {
    await decisions.decide(open, { kind: 'refused', problem });
    return { kind: 'decided' };
  };

  return {
    /** Pairs captions with pictures and turns away what belongs to nothing. */
    async readUpload({ interactionId }: { interactionId: string }): Promise<UploadPlan> {
      const { upload } = await decisions.readUpload(interactionId);
      const { pairs, unpaired } = pairCaptions(upload.files, upload.captionFiles);
      for (const { captionNumber, problem } of unpaired) {
        const open = await decisions.open(interactionId, { role: 'caption', number: captionNumber });
        if (open === null) continue;
        await decisions.decide(open, isSystemFile(open.file.fileName) ? { kind: 'skipped', code: 'IMG_SYSTEM_FILE' } : { kind: 'refused', problem });
      }
      const pictures = upload.files.map(({ number }) => ({ number, captionNumber: pairs.find(({ pictureNumber }) => pictureNumber === number)?.captionNumber ?? null }));
      return { pictures };
    },

    /** Reads the caption file of a picture and keeps its text with the upload. */
    async fetchCaption({ interactionId, fileNumber, pictureNumber }: FileRequest & { pictureNumber: number }): Promise<StepOutcome> {
      const open = await decisions.open(interactionId, { role: 'caption', number: fileNumber });
      if (open === null) return { kind: 'decided' };
      const fetched = await fetchInto(open, CAPTION_FILE_MAX_BYTES, async (body) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of body) pieces.push(piece);
        return Buffer.concat(pieces);
      });
      if (fetched.kind === 'decided') return fetched;
      const text = readCaptionText(fetched.result);
      if (text.kind === 'refused') return refuse(open, text.problem);
      await interactions.setCaption(interactionId, pictureNumber, text.caption);
      return { kind: 'done' };
    },

    /**
     * Fetches a picture as it was sent and keeps it until its verdict. What cannot be added anyway is turned away here already:
     * before the download when the dataset is gone or full, after it when the same bytes are in the dataset.
     */
    async fetchAttachment({ interactionId, fileNumber }: FileRequest): Promise<StepOutcome> {
      const key: FileKey = { role: 'picture', number: fileNumber };
      const open = await decisions.open(interactionId, key);
      if (open === null) return { kind: 'decided' };
      if (isSystemFile(open.file.fileName)) {
        await decisions.decide(open, { kind: 'skipped', code: 'IMG_SYSTEM_FILE' });
        return { kind: 'decided' };
      }
      const uploadId = uploadIdOf(interactionId, key);
      const dataset = await datasets.read(open.upload.datasetId);
      const hasPlace = dataset?.images.some(({ imageId }) => imageId === imageIdOf(interactionId, fileNumber)) === true;
      const obstacle = hasPlace ? null : whyNotAdd(dataset, { originalSha256: '' }, imagesPerDataset);
      if (obstacle !== null) return refuse(open, setProblem(obstacle));

      if ((await uploads.find(uploadId)) === null) {
        const fetched = await fetchInto(open, uploadMaxBytes, (body) => uploads.put(uploadId, body));
        if (fetched.kind === 'decided') return fetched;
        if (fetched.result.sizeBytes === 0) return refuse(open, { code: 'IMG_EMPTY' });
        const twin = hasPlace ? null : whyNotAdd(dataset, { originalSha256: fetched.result.sha256 }, imagesPerDataset);
        if (twin !== null) return refuse(open, setProblem(twin));
      }
      return { kind: 'done' };
    },

    /** Adds a checked picture with its caption, and compares it with those that were there before it. */
    async addImage({ interactionId, fileNumber, image }: FileRequest & { image: InspectedImage }): Promise<StepOutcome> {
      const open = await decisions.open(interactionId, { role: 'picture', number: fileNumber });
      if (open === null) return { kind: 'decided' };
      const { upload, file } = open;
      const imageId = imageIdOf(interactionId, fileNumber);
      const { caption, state } = captionOf(upload, fileNumber);
      const wanted: DatasetImage = { ...image, imageId, fileName: file.fileName, caption, addedAt: new Date() };
      const outcome = await datasets.addImage(upload.datasetId, wanted, imagesPerDataset);
      if (outcome.kind !== 'added') return refuse(open, setProblem(outcome));

      // The order in the dataset decides who resembles whom, so two alike that come at once are told apart the same way each time.
      const { images } = outcome.dataset;
      const lookalike = findLookalike(image.dHash, images.slice(0, images.findIndex((other) => other.imageId === imageId)));
      const warnings = lookalike === null ? image.warnings : [...image.warnings, { code: 'near-duplicate', ofFileName: lookalike.fileName } as const];
      if (lookalike !== null) await datasets.setWarnings(upload.datasetId, imageId, warnings);
      await decisions.decide(open, warnings.length > 0 ? { kind: 'added-with-warnings', imageId, caption: state, warnings } : { kind: 'added', imageId, caption: state });
      return { kind: 'decided' };
    },

    /** Records that a file was given up; a verdict that is there already stands. */
    async giveUpFile({ interactionId, role, number, code }: { interactionId: string } & FileKey & Pick<TransferProblem, 'code'>): Promise<void> {
      const open = await decisions.open(interactionId, { role, number });
      if (open !== null) await refuse(open, { code });
    },
  };

  async function fetchInto<Result>(
    open: OpenFile,
    maxBytes: number,
    take: (body: AsyncIterable<Uint8Array>) => Promise<Result>,
  ): Promise<{ kind: 'fetched'; result: Result } | { kind: 'decided' }> {
    const { sizeBytes, url } = open.file;
    if (sizeBytes > maxBytes) return refuse(open, { code: 'IMG_TOO_MANY_BYTES', sizeBytes, maxBytes });
    const attachment = await openAttachment(url, maxBytes, download, Context.current().cancellationSignal);
    if (attachment.kind === 'refused') return refuse(open, { code: attachment.code });
    try {
      return { kind: 'fetched', result: await take(heartbeating(attachment.body)) };
    } catch (error) {
      if (!(error instanceof TooManyBytes)) throw error;
      return refuse(open, { code: 'IMG_TOO_MANY_BYTES', sizeBytes: error.sizeBytes, maxBytes });
    }
  }
}

async function* heartbeating(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    Context.current().heartbeat();
    yield piece;
  }
}

function captionOf(upload: InteractionUpload, pictureNumber: number): { caption: string | null; state: CaptionState } {
  const given = upload.captions[String(pictureNumber)] ?? upload.sharedCaption;
  if (given === undefined) return { caption: null, state: 'none' };
  const checked = checkCaption(given);
  if (checked.kind === 'ok') return { caption: checked.caption, state: 'set' };
  const isEmpty = checked.refusal.code === 'caption-invalid' && checked.refusal.problem === 'empty';
  return { caption: null, state: isEmpty ? 'refused-empty' : 'refused-too-long' };
}

function setProblem(obstacle: AddObstacle): SetProblem {
  switch (obstacle.kind) {
    case 'gone':
      return { code: 'SET_GONE' };
    case 'full':
      return { code: 'SET_FULL', limit: obstacle.limit };
    case 'duplicate':
      return { code: 'IMG_DUPLICATE', ofFileName: obstacle.ofFileName };
  }
}

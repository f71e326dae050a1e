import { whyNotAdd } from '../../domain/datasets.js';
import type { AddObstacle, DatasetImage } from '../../domain/datasets.js';
import { nameAmong } from '../../domain/file-names.js';
import { findLookalike } from '../../domain/image-likeness.js';
import { isSystemFile } from '../../domain/images.js';
import { imageIdOf, pairCaptions } from '../../domain/verdicts.js';
import type { FileKey, SetProblem, TransferProblem } from '../../domain/verdicts.js';
import type { Datasets } from '../../models/datasets.js';
import type { Interactions } from '../../models/interactions.js';
import type { Uploads } from '../../models/uploads.js';
import type { InspectedImage } from '../images/activities.js';
import { captionOf, createCaptionActivities } from './caption-files.js';
import type { DownloadRules } from './download.js';
import { createFileDecisions, uploadIdOf } from './file-decisions.js';
import { createFileFetch } from './file-fetch.js';

export interface DatasetDependencies {
  readonly interactions: Pick<Interactions, 'read' | 'recordVerdict' | 'setCaption'>;
  readonly uploads: Pick<Uploads, 'find' | 'put' | 'remove'>;
  readonly datasets: Pick<Datasets, 'read' | 'addImage' | 'setWarnings' | 'setCaption'>;
  readonly download: DownloadRules;
  /** Largest picture taken in. */
  readonly uploadMaxBytes: number;
  readonly imagesPerDataset: number;
}

export interface FileRequest {
  readonly interactionId: string;
  readonly fileNumber: number;
}

/** The numbers of the files that still have to be looked at. */
export interface UploadPlan {
  readonly pictures: readonly { readonly number: number; readonly captionNumber: number | null }[];
  /** Caption files of images that are in the dataset already; plans made before there were such ones lack it. */
  readonly captions?: readonly { readonly number: number; readonly imageId: string }[];
}

/** `decided`: the file has its verdict on record, nothing is left to do. */
export type StepOutcome = { readonly kind: 'done' } | { readonly kind: 'decided' };

export type DatasetActivities = ReturnType<typeof createDatasetActivities>;

/** Taking files into datasets. Each step is idempotent, and a file that has its verdict is left alone by every later step. */
export function createDatasetActivities(dependencies: DatasetDependencies) {
  const { uploads, datasets, download, uploadMaxBytes, imagesPerDataset } = dependencies;
  const decisions = createFileDecisions(dependencies);
  const files = createFileFetch(decisions, download);
  const { refuse, fetchInto } = files;

  return {
    ...createCaptionActivities(dependencies, decisions, files),

    /** Pairs captions with pictures and with images of the dataset, and turns away what belongs to nothing. */
    async readUpload({ interactionId }: { interactionId: string }): Promise<UploadPlan> {
      const { upload } = await decisions.readUpload(interactionId);
      const dataset = upload.captionFiles.length === 0 ? null : await datasets.read(upload.datasetId);
      const { pairs, forImages, unpaired } = pairCaptions(upload.files, upload.captionFiles, dataset?.images);
      for (const { captionNumber, problem } of unpaired) {
        const open = await decisions.open(interactionId, { role: 'caption', number: captionNumber });
        if (open === null) continue;
        await decisions.decide(open, isSystemFile(open.file.fileName) ? { kind: 'skipped', code: 'IMG_SYSTEM_FILE' } : { kind: 'refused', problem });
      }
      const pictures = upload.files.map(({ number }) => ({ number, captionNumber: pairs.find(({ pictureNumber }) => pictureNumber === number)?.captionNumber ?? null }));
      return { pictures, captions: forImages.map(({ captionNumber, imageId }) => ({ number: captionNumber, imageId })) };
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
      const { upload } = open;
      const imageId = imageIdOf(interactionId, fileNumber);
      const before = await datasets.read(upload.datasetId);
      if (before === null) return refuse(open, { code: 'SET_GONE' });
      const { caption, state } = captionOf(upload, fileNumber, before.triggerWord);
      const wanted: DatasetImage = { ...image, imageId, fileName: nameAmong(upload.files, fileNumber), caption, addedAt: new Date() };
      const outcome = await datasets.addImage(upload.datasetId, wanted, imagesPerDataset);
      if (outcome.kind !== 'added') return refuse(open, setProblem(outcome));

      // The order in the dataset decides who resembles whom, so two alike that come at once are told apart the same way each time.
      const { images } = outcome.dataset;
      const at = images.findIndex((other) => other.imageId === imageId);
      const lookalike = findLookalike(image.dHash, images.slice(0, at));
      const warnings = lookalike === null ? image.warnings : [...image.warnings, { code: 'near-duplicate', ofFileName: lookalike.fileName } as const];
      if (lookalike !== null) await datasets.setWarnings(upload.datasetId, imageId, warnings);
      const added = { imageId, storedAs: images[at]?.fileName ?? wanted.fileName, caption: state };
      await decisions.decide(open, warnings.length > 0 ? { kind: 'added-with-warnings', ...added, warnings } : { kind: 'added', ...added });
      return { kind: 'decided' };
    },

    /** Records that a file was given up; a verdict that is there already stands. */
    async giveUpFile({ interactionId, role, number, code }: { interactionId: string } & FileKey & Pick<TransferProblem, 'code'>): Promise<void> {
      const open = await decisions.open(interactionId, { role, number });
      if (open !== null) await refuse(open, { code });
    },
  };
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

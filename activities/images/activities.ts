import { ApplicationFailure, Context } from '@temporalio/activity';
import type { DatasetImage } from '../../domain/datasets.js';
import type { Recipe } from '../../domain/recipes.js';
import type { Refusal } from '../../domain/refusals.js';
import type { FrozenImage } from '../../domain/runs.js';
import type { Blobs } from '../../models/blobs.js';
import type { Runs } from '../../models/runs.js';
import type { Uploads } from '../../models/uploads.js';
import { createFileDecisions, uploadIdOf } from '../datasets/file-decisions.js';
import type { DecisionDependencies } from '../datasets/file-decisions.js';
import { withHeartbeats } from '../heartbeats.js';
import type { Decoder } from './decoder-pool.js';
import { countDeaths } from './deaths.js';
import type { Deaths } from './deaths.js';
import type { TrainingFileBounds } from './training-files.js';

export interface ImageDependencies {
  readonly interactions: DecisionDependencies['interactions'];
  readonly uploads: Pick<Uploads, 'find' | 'read' | 'remove'>;
  readonly blobs: Pick<Blobs, 'put' | 'read'>;
  readonly runs: Pick<Runs, 'read' | 'setTrainingFiles'>;
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly decoder: Decoder;
}

/** What was found out about a picture, by hash and figures; its bytes are in the blob store. */
export type InspectedImage = Pick<DatasetImage, 'sha256' | 'previewSha256' | 'originalSha256' | 'dHash' | 'widthPx' | 'heightPx' | 'sizeBytes' | 'warnings'>;

/** `decided`: the file has its verdict on record, nothing is left to do. */
export type InspectOutcome = { readonly kind: 'fit'; readonly image: InspectedImage } | { readonly kind: 'decided' };

export type ValidateOutcome = { readonly kind: 'ok'; readonly images: number } | { readonly kind: 'refused'; readonly refusal: Refusal };

export type ImageActivities = ReturnType<typeof createImageActivities>;

type UnfitImage = Extract<Refusal, { code: 'images-unfit' }>['images'][number];

/**
 * Everything that has pictures decoded, for a worker of its own. Each activity decodes one picture at a time.
 *
 * @throws `DecoderDied` (retryable) for each try that a decoder did not survive; after the third with the same picture
 * the picture is refused as `IMG_UNDECODABLE` instead.
 */
export function createImageActivities(dependencies: ImageDependencies) {
  const { uploads, blobs, runs, recipes, decoder } = dependencies;
  const decisions = createFileDecisions(dependencies);

  return {
    /** Judges a fetched picture and stores it normalised, with the preview that messages show. Idempotent: the same bytes give the same files. */
    async inspectImage({ interactionId, fileNumber }: { interactionId: string; fileNumber: number }): Promise<InspectOutcome> {
      const key = { role: 'picture', number: fileNumber } as const;
      const open = await decisions.open(interactionId, key);
      if (open === null) return { kind: 'decided' };
      const uploadId = uploadIdOf(interactionId, key);
      const [sent, bytes] = [await uploads.find(uploadId), await uploads.read(uploadId)];
      if (sent === null || bytes === null) {
        throw ApplicationFailure.nonRetryable(`Expected the bytes of upload ${uploadId}, found none.`, 'Internal');
      }

      const deaths = countDeaths();
      const decoding = await withHeartbeats(deaths.details, () => decoder.inspect(bytes));
      const inspection = decoding.kind === 'done' ? decoding.result : deaths.of(uploadId, decoding.how);
      if (inspection.kind === 'refused') {
        await decisions.decide(open, inspection);
        return { kind: 'decided' };
      }
      const { bytes: normalised, preview, ...picture } = inspection.picture;
      const { sha256, sizeBytes } = await blobs.put(normalised);
      const { sha256: previewSha256 } = await blobs.put(preview);
      return { kind: 'fit', image: { ...picture, sha256, previewSha256, sizeBytes, originalSha256: sent.sha256 } };
    },

    /**
     * Decodes every image of a run again and stores its training files. A refusal names each unfit image.
     * Idempotent: images that have their training file are not decoded again. When it is cancelled or its worker stops, it ends
     * before the next image, with nothing recorded.
     */
    async validateImages({ runId }: { runId: string }): Promise<ValidateOutcome> {
      const run = await runs.read(runId);
      const recipe = run === null ? undefined : recipes.get(run.recipeId);
      if (run === null || recipe === undefined) {
        throw ApplicationFailure.nonRetryable(`Expected run ${runId} with a known recipe, found ${run === null ? 'no run' : `recipe "${run.recipeId}"`}.`, 'Internal');
      }
      const { images } = recipe;
      const bounds = { ...images, maxSidePx: Math.min(images.maxSidePx, run.settings.resolutionPx) };

      const deaths = countDeaths();
      const files: { imageId: string; trainingSha256: string }[] = [];
      const unfit: UnfitImage[] = [];
      for (const image of run.images) {
        // Between two pictures it can stop; the one that is being decoded ends by the limits of the decoder.
        Context.current().cancellationSignal.throwIfAborted();
        const outcome = await withHeartbeats(() => ({ checked: files.length + unfit.length, ...deaths.details() }), () => validateImage(image, bounds, deaths));
        if (outcome.kind === 'ok') files.push({ imageId: image.imageId, trainingSha256: outcome.trainingSha256 });
        else unfit.push({ fileName: image.fileName, problem: outcome.problem });
      }
      if (unfit.length > 0) return { kind: 'refused', refusal: { code: 'images-unfit', images: unfit } };
      await runs.setTrainingFiles(runId, files);
      return { kind: 'ok', images: files.length };
    },
  };

  async function validateImage(
    image: FrozenImage,
    bounds: TrainingFileBounds,
    deaths: Deaths,
  ): Promise<{ kind: 'ok'; trainingSha256: string } | { kind: 'unfit'; problem: string }> {
    if (image.trainingSha256 !== null) return { kind: 'ok', trainingSha256: image.trainingSha256 };
    const stored = await blobs.read(image.sha256);
    if (stored === null) return { kind: 'unfit', problem: 'IMG_MISSING' };
    const decoding = await decoder.makeTrainingFile(stored, bounds);
    if (decoding.kind === 'died') return { kind: 'unfit', problem: deaths.of(image.imageId, decoding.how).problem.code };
    const file = decoding.result;
    if (file.kind === 'unfit') return file;
    return { kind: 'ok', trainingSha256: (await blobs.put(file.bytes)).sha256 };
  }
}

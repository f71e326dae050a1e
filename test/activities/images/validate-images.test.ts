import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import sharp from 'sharp';
import { createImageActivities, type ImageActivities, type ValidateOutcome } from '../../../activities/images/activities.js';
import { createDecoderPool, type DecoderPool } from '../../../activities/images/decoder-pool.js';
import type { Recipe } from '../../../domain/recipes.js';
import type { FrozenImage } from '../../../domain/runs.js';
import { createBlobs, type Blobs } from '../../../models/blobs.js';
import { createInteractions } from '../../../models/interactions.js';
import { createRuns, type Runs } from '../../../models/runs.js';
import { createUploads } from '../../../models/uploads.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { jpegPicture, pngPicture, truncatedJpeg } from '../../support/pictures.js';

const RULE = { min: 1, max: 2000, default: 512, integer: true };

const RECIPE: Recipe = {
  id: 'test-lora', title: 'Test', description: 'for tests', queue: 'test',
  baseModel: { title: 'Base', setting: 'SD15_BASE_MODEL', defaultFileName: 'base.safetensors', kind: 'sd15' },
  images: { min: 1, max: 20, maxSidePx: 768, sideMultiplePx: 64, minSidePx: 300 },
  captions: { required: false },
  settings: { steps: RULE, learningRate: RULE, rank: RULE, resolutionPx: RULE },
  price: { basePoints: 0, perImagePoints: 0, perHundredStepsPoints: 0 },
  limits: { firstStepMs: null, stallMs: null },
  comfyui: {
    minVersion: '0.28.0', graph: {}, outputNode: '1', progressNode: '1', artifact: { fileName: 'lora' },
    bindings: { folder: '/1', prefix: '/2', baseModel: '/3', seed: '/4', steps: '/5', learningRate: '/6', rank: '/7' },
  },
};

describe('checking the images of a run again', () => {
  let database: TestDatabase;
  let blobs: Blobs;
  let runs: Runs;
  let activities: ImageActivities;
  let decoder: DecoderPool;
  let runNumber = 0;
  let runId = '';

  beforeAll(async () => {
    decoder = createDecoderPool({ processes: 1 });
    database = await openTestDatabase();
    const { connection } = database;
    blobs = createBlobs(connection);
    runs = createRuns(connection);
    await Promise.all([blobs.ensureIndexes(), runs.ensureIndexes()]);
    activities = createImageActivities({ blobs, runs, interactions: createInteractions(connection), uploads: createUploads(connection), decoder, recipes: new Map([[RECIPE.id, RECIPE]]) });
  });
  afterAll(async () => {
    await database.close();
    await decoder.stop();
  });
  beforeEach(() => {
    runNumber += 1;
    runId = `run-${runNumber}`;
  });

  async function frozen(fileName: string, bytes: Buffer): Promise<FrozenImage> {
    const { sha256 } = await blobs.put(bytes);
    return { imageId: `${runId}-${fileName}`, fileName, sha256, caption: `a ${fileName}`, trainingSha256: null };
  }

  async function openRun(images: readonly FrozenImage[], resolutionPx = 512): Promise<void> {
    const opened = await runs.open(
      {
        runId, accountId: 'discord:1', datasetId: `dataset-${runId}`, datasetName: 'Cats', triggerWord: 'tyrdcats', datasetRevision: 1, images, recipeId: RECIPE.id, queue: 'test',
        settings: { steps: 10, learningRate: 1, rank: 1, resolutionPx }, pricePoints: 0, namespaceId: 'n', interactionId: 'i', locale: 'en-GB', cardPlace: { where: 'dm' },
      },
      100,
      new Date(),
    );
    expect(opened.kind).toBe('opened');
  }

  const validate = (environment = new MockActivityEnvironment()): Promise<ValidateOutcome> =>
    environment.run((request: { runId: string }) => activities.validateImages(request), { runId });

  it('names every image that cannot be trained on and sets no training file', async () => {
    await openRun([
      await frozen('good.jpg', await jpegPicture()),
      await frozen('broken.jpg', await truncatedJpeg()),
      await frozen('small.png', await pngPicture({ widthPx: 640, heightPx: 299 })),
      { ...(await frozen('lost.png', Buffer.from('x'))), sha256: 'f'.repeat(64) },
    ]);
    expect(await validate()).toEqual({
      kind: 'refused',
      refusal: {
        code: 'images-unfit',
        images: [{ fileName: 'broken.jpg', problem: 'IMG_CORRUPT' }, { fileName: 'small.png', problem: 'IMG_TOO_SMALL' }, { fileName: 'lost.png', problem: 'IMG_MISSING' }],
      },
    });
    expect((await runs.read(runId))?.images.map(({ trainingSha256 }) => trainingSha256)).toEqual([null, null, null, null]);
  });

  it.each([
    [512, 1000, 700, 512, 384],
    [1024, 1000, 700, 768, 512],
    [512, 400, 300, 384, 256],
  ])('shrinks to the smaller of the run’s %i px and the recipe’s 768: %i × %i becomes %i × %i', async (resolutionPx, widthPx, heightPx, width, height) => {
    await openRun([await frozen('a.jpg', await jpegPicture({ widthPx, heightPx }))], resolutionPx);
    expect(await validate()).toEqual({ kind: 'ok', images: 1 });
    const row = await runs.read(runId);
    const file = await blobs.read(row?.images[0]?.trainingSha256 ?? '');
    expect(await sharp(file ?? Buffer.alloc(0)).metadata()).toMatchObject({ format: 'png', width, height, space: 'srgb', hasAlpha: false });
  });

  it('keeps every image with its own file and caption, and does the same again when repeated', async () => {
    const images = await Promise.all([1, 2, 3].map(async (seed) => frozen(`${seed}.png`, await pngPicture({ seed }))));
    await openRun(images);
    await validate();
    const row = await runs.read(runId);
    expect(new Set(row?.images.map(({ trainingSha256 }) => trainingSha256)).size).toBe(3);
    expect(row?.images.map(({ imageId, caption }) => [imageId, caption])).toEqual(images.map(({ imageId, caption }) => [imageId, caption]));
    expect(await validate()).toEqual({ kind: 'ok', images: 3 });
    expect(await runs.read(runId)).toEqual(row);
  });

  it('crops what does not divide and squeezes nothing', async () => {
    await openRun([await frozen('a.png', await pngPicture({ widthPx: 700, heightPx: 512 }))]);
    await validate();
    const [image] = (await runs.read(runId))?.images ?? [];
    const trained = await sharp((await blobs.read(image?.trainingSha256 ?? '')) ?? Buffer.alloc(0)).raw().toBuffer();
    const expected = await sharp((await blobs.read(image?.sha256 ?? '')) ?? Buffer.alloc(0)).resize({ width: 512, height: 384, fit: 'cover' }).raw().toBuffer();
    expect(trained.equals(expected)).toBe(true);
  });

  it('says that it is alive before every image', async () => {
    await openRun(await Promise.all([4, 5].map(async (seed) => frozen(`${seed}.png`, await pngPicture({ seed })))));
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on('heartbeat', (details) => beats.push(details));
    await validate(environment);
    expect(beats).toEqual([{ checked: 0 }, { checked: 1 }]);
  });

  it.each([
    ['a cancel is requested', 'CANCELLED', { cancelRequested: true }],
    ['its worker stops', 'WORKER_SHUTDOWN', { workerShutdown: true }],
    ['it timed out', 'TIMED_OUT', { timedOut: true }],
  ] as const)('decodes no further image when %s, and sets no training file', async (_what, reason, details) => {
    await openRun(await Promise.all([6, 7, 8].map(async (seed) => frozen(`${seed}.png`, await pngPicture({ seed })))));
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on('heartbeat', (beat) => {
      beats.push(beat);
      if (isDeepStrictEqual(beat, { checked: 1 })) environment.cancel(reason, new ActivityCancellationDetails(details));
    });
    await expect(validate(environment)).rejects.toBeInstanceOf(CancelledFailure);
    expect(beats).not.toContainEqual({ checked: 2 });
    expect((await runs.read(runId))?.images.map(({ trainingSha256 }) => trainingSha256)).toEqual([null, null, null]);
  });

  it('fails for good on a run that does not exist', async () => {
    await expect(validate()).rejects.toMatchObject({ type: 'Internal', nonRetryable: true });
  });
});

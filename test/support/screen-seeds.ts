import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import sharp from 'sharp';
import { checkName, triggerWordFrom } from '../../domain/datasets.js';
import type { RunEnd } from '../../domain/runs.js';
import { createBlobs } from '../../models/blobs.js';
import { createDatasets } from '../../models/datasets.js';
import { createLoras } from '../../models/loras.js';
import { createNodes } from '../../models/nodes.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { DemoPicture } from '../../sandbox/demo/pictures/draw-pictures.js';
import { aRun, anEndedRun } from './run-rows.js';
import { accountOf } from './seeds.js';

const MINUTE_MS = 60_000;
const PREVIEW_PX = 512;

/** A dataset of Mira's with pictures as an upload leaves them; those after `captioned` have no caption. */
export async function seedPictures(connection: Connection, name: string, pictures: readonly DemoPicture[], captioned = pictures.length): Promise<string> {
  const datasets = createDatasets(connection);
  const blobs = createBlobs(connection);
  const datasetId = randomUUID();
  const checked = checkName(name);
  if (checked.kind === 'refused') throw new Error(`Expected a name that can be used, got "${name}".`);
  await datasets.create({ datasetId, owner: accountOf('mira'), name: checked.name, nameKey: checked.nameKey, triggerWord: triggerWordFrom(checked.name), now: new Date() });
  for (const [at, { fileName, bytes, caption }] of pictures.entries()) {
    const { width, height } = await sharp(bytes).metadata();
    const { sha256, sizeBytes } = await blobs.put(bytes);
    const preview = await blobs.put(await sharp(bytes).resize(PREVIEW_PX, PREVIEW_PX, { fit: 'inside' }).webp({ quality: 75 }).toBuffer());
    const image = { fileName, sha256, sizeBytes, previewSha256: preview.sha256, originalSha256: sha256, dHash: sha256.slice(0, 16), widthPx: width, heightPx: height };
    await datasets.addImage(datasetId, { ...image, imageId: randomUUID(), caption: at < captioned ? caption : null, warnings: [], addedAt: new Date() }, 100);
  }
  return datasetId;
}

/** A node that was seen just now and is idle. */
export async function seedNode(connection: Connection): Promise<void> {
  await createNodes(connection).report({ nodeId: 'engine-shed', queue: 'sd15', state: 'idle', problem: '', vramTotalBytes: 12 * 1024 ** 3, seenAt: new Date() });
}

const CAPTIONS = ['Tilda crosses a tall stone viaduct', 'Tilda waits at a village station', 'Tilda comes out of a snowy pine forest', 'Tilda rests in her engine shed'];

/** A run of Mira's that began this many minutes ago. */
export function runOfMira(minutesAgo: number, changes: Partial<RunRow> = {}): RunRow {
  const createdAt = new Date(Date.now() - minutesAgo * MINUTE_MS);
  const images = aRun().images.map((image, at) => ({ ...image, fileName: `tilda-${at + 1}.png`, caption: CAPTIONS[at % CAPTIONS.length] ?? '' }));
  return aRun({ runId: randomUUID(), accountId: accountOf('mira'), datasetName: 'Tilda', triggerWord: 'tyrdtilda', images, createdAt, attemptStartedAt: createdAt, ...changes });
}

/** A run of Mira's that began this many minutes ago and ended just now. */
export function endedRunOfMira(minutesAgo: number, end: RunEnd): RunRow {
  const run = runOfMira(minutesAgo);
  const { artifact, open, slot, status, revision } = anEndedRun(end);
  const fileName = `tilda-sd15-lora-${run.runId.slice(0, 8)}.safetensors`;
  const claim = { attempt: 1, nodeId: 'engine-shed', promptId: randomUUID(), activityAttempt: 1 };
  const progress = { phase: 'saving', step: run.settings.steps, totalSteps: run.settings.steps } as const;
  const times = { firstStep: 1, firstStepAt: new Date(run.createdAt.getTime() + MINUTE_MS), progressAt: new Date(), endedAt: new Date() };
  return { ...run, end, open, slot, status, revision, claim, progress, ...times, notice: 'delivered', artifact: artifact === null ? null : { ...artifact, fileName } };
}

/** Writes a row as the yard would. */
export async function recordRun(connection: Connection, { runId, ...rest }: RunRow): Promise<void> {
  await connection.collection<Omit<RunRow, 'runId'> & { _id: string }>('runs').insertOne({ _id: runId, ...rest });
}

/** The model of a run that succeeded, on its owner's shelf. */
export async function seedModel(connection: Connection, run: RunRow): Promise<void> {
  const { sha256 } = await createBlobs(connection).put(Buffer.from(run.runId));
  await createLoras(connection).shelve({
    loraId: run.runId, owner: accountOf('mira'), name: run.datasetName, fileName: run.artifact?.fileName ?? 'tilda.safetensors', sha256, sizeBytes: run.artifact?.sizeBytes ?? 0,
    tensors: 528, triggerWord: run.triggerWord, baseModel: 'Stable Diffusion 1.5', recipeId: run.recipeId, settings: run.settings, createdAt: run.endedAt ?? new Date(),
  });
}

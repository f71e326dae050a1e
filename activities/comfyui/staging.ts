import { ApplicationFailure } from '@temporalio/activity';
import { captionForTraining } from '../../domain/datasets.js';
import type { Failure } from '../../domain/failures.js';
import type { FrozenImage } from '../../domain/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { ComfyClient } from './client.js';
import { ComfyError } from './comfy-error.js';
import type { ComfyDependencies } from './dependencies.js';
import { datasetFolder } from './graph.js';

/**
 * Puts the training files of a run, each with its caption beside it, into the folder of one job and checks that each arrived whole.
 * Idempotent: files are replaced, and no other job ever uses the folder.
 */
export async function stageDataset(deps: Pick<ComfyDependencies, 'blobs'>, client: ComfyClient, row: RunRow, promptId: string): Promise<void> {
  const folder = datasetFolder(row.runId, promptId);
  for (const [index, image] of row.images.entries()) {
    const bytes = await trainingFile(deps, row.runId, image);
    const baseName = String(index + 1).padStart(4, '0');
    const caption = new TextEncoder().encode(captionForTraining(image.caption, row.triggerWord));
    await store(client, folder, `${baseName}.txt`, caption);
    await store(client, folder, `${baseName}.${extensionOf(bytes)}`, bytes);
  }
}

async function store(client: ComfyClient, folder: string, fileName: string, bytes: Uint8Array): Promise<void> {
  await client.upload({ folder, fileName }, bytes);
  const stored = await client.headFile({ type: 'input', folder, fileName });
  if (stored?.sizeBytes === bytes.byteLength) return;
  const found = stored === null ? 'nothing' : `${stored.sizeBytes} bytes`;
  throw new ComfyError('POST /upload/image', { kind: 'malformed', problem: `expected ${bytes.byteLength} bytes of ${fileName} on the node, found ${found}` });
}

async function trainingFile(deps: Pick<ComfyDependencies, 'blobs'>, runId: string, image: FrozenImage): Promise<Uint8Array> {
  const bytes = image.trainingSha256 === null ? null : await deps.blobs.read(image.trainingSha256);
  if (bytes !== null) return bytes;
  const failure: Failure = { type: 'Internal', reference: runId };
  throw ApplicationFailure.nonRetryable(`Expected a stored training file of image ${image.imageId}, found none.`, 'Internal', failure);
}

/** By what the file is: ComfyUI reads nothing but these, and a caption belongs to the picture of its name. */
function extensionOf(bytes: Uint8Array): 'png' | 'jpg' | 'webp' {
  const [first, second] = bytes;
  if (first === 0x89 && second === 0x50) return 'png';
  if (first === 0xff && second === 0xd8) return 'jpg';
  if (first === 0x52 && second === 0x49) return 'webp';
  throw new TypeError('Expected a training file to be PNG, JPEG or WebP.');
}

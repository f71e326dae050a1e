import type { Blobs } from './blobs.js';
import type { DeletedFile, Loras } from './loras.js';
import type { Runs } from './runs.js';

export interface LoraFileStores {
  readonly loras: Pick<Loras, 'isFileNeeded' | 'fileGone'>;
  readonly runs: Pick<Runs, 'isArtifactNeeded'>;
  readonly blobs: Pick<Blobs, 'remove'>;
}

/**
 * Removes the file of a deleted lora, unless another lora or a run that is about to be shelved has the very same bytes: then
 * it goes with the last of them. May be repeated after a crash at any point.
 */
export async function removeFileOf({ loraId, sha256 }: DeletedFile, { loras, runs, blobs }: LoraFileStores, now: Date): Promise<void> {
  if (!(await loras.isFileNeeded(sha256)) && !(await runs.isArtifactNeeded(sha256))) await blobs.remove(sha256);
  await loras.fileGone(loraId, now);
}

import { trainingSize } from '../../domain/images.js';
import type { TrainingBounds } from '../../domain/images.js';
import { decoded, openPicture } from './decoder.js';

export type TrainingFileBounds = TrainingBounds & { readonly minSidePx: number };

export type TrainingFile = { readonly kind: 'made'; readonly bytes: Buffer } | { readonly kind: 'unfit'; readonly problem: 'IMG_CORRUPT' | 'IMG_TOO_SMALL' };

/**
 * Decodes a stored picture once more and shrinks it to what its recipe trains on. Nothing is enlarged or squeezed: what
 * does not divide by the recipe's multiple is cropped around the middle. Always PNG, so that no second lossy generation is trained.
 */
export async function makeTrainingFile(stored: Buffer, bounds: TrainingFileBounds): Promise<TrainingFile> {
  const header = await decoded(openPicture(stored).metadata());
  if (header === null) return { kind: 'unfit', problem: 'IMG_CORRUPT' };
  const picture = { widthPx: header.width, heightPx: header.height };
  const size = trainingSize(picture, bounds);
  if (size === null || Math.min(picture.widthPx, picture.heightPx) < bounds.minSidePx) return { kind: 'unfit', problem: 'IMG_TOO_SMALL' };

  const shrunk = openPicture(stored).resize({ width: size.widthPx, height: size.heightPx, fit: 'cover', position: 'centre' });
  const bytes = await decoded(shrunk.png({ compressionLevel: 6 }).toBuffer());
  return bytes === null ? { kind: 'unfit', problem: 'IMG_CORRUPT' } : { kind: 'made', bytes };
}

import type { ImageWarning } from './datasets.js';
import { isPictureFormat } from './image-formats.js';
import type { FileFormat } from './image-formats.js';

/** What a picture may be. Sizes are those of the upright picture. */
export const IMAGE_LIMITS = {
  maxPixels: 50_000_000,
  /** What a decoder may hold of a picture that does not come row by row; the file and everything else it makes of it take 350 MB more. */
  maxHeldBytes: 100_000_000,
  /** Trainers crash below 64 px, but what small sides give is no likeness either: a quarter of the 1024 px that SDXL wants. */
  minSidePx: 256,
  /** The smallest side that a training at 512 px can use without enlarging. */
  smallSidePx: 512,
  /** A longer picture loses more than half of itself in every training bucket. */
  maxRatio: 8,
  wideRatio: 3,
  /** Longer sides are stored shrunk to this; no recipe trains on more than half of it. */
  maxStoredSidePx: 4096,
  /** Lossless pictures up to this size are stored as PNG; above it JPEG at quality 95 bounds the store, and training shrinks it anyway. */
  maxLosslessPixels: 4_000_000,
} as const;

/** Why a picture is not taken in. Sizes are in pixels and bytes. */
export type ImageProblem =
  | { readonly code: 'IMG_TOO_MANY_BYTES'; readonly sizeBytes: number; readonly maxBytes: number }
  | { readonly code: 'IMG_EMPTY' }
  | { readonly code: 'IMG_FORMAT'; readonly found: FileFormat }
  | { readonly code: 'IMG_ANIMATED'; readonly found: 'apng' | 'animated-webp' }
  | { readonly code: 'IMG_TOO_MANY_PIXELS'; readonly widthPx: number; readonly heightPx: number; readonly maxPixels: number }
  | { readonly code: 'IMG_TOO_SMALL'; readonly widthPx: number; readonly heightPx: number; readonly minSidePx: number }
  | { readonly code: 'IMG_ASPECT'; readonly widthPx: number; readonly heightPx: number; readonly maxRatio: number }
  | { readonly code: 'IMG_PIXEL_TYPE'; readonly found: string }
  | { readonly code: 'IMG_CORRUPT' }
  /** The decoder did not survive it, in several tries: it crashed, never came to an end, or took more memory than it may. */
  | { readonly code: 'IMG_UNDECODABLE' };

/** Files that archives of some systems carry along and that no user means to send. */
export function isSystemFile(fileName: string): boolean {
  return fileName === '__MACOSX' || fileName.startsWith('._') || fileName === '.DS_Store' || fileName.toLowerCase() === 'thumbs.db';
}

export function checkFormat(format: FileFormat): ImageProblem | null {
  if (isPictureFormat(format)) return null;
  if (format === 'apng' || format === 'animated-webp') return { code: 'IMG_ANIMATED', found: format };
  return { code: 'IMG_FORMAT', found: format };
}

/** What a picture's header says of it, before any pixel is decoded. */
export interface PictureHeader {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
  /** Format, colour space and depth as libvips names them. */
  readonly format: string;
  readonly space: string;
  readonly depth: string;
  /** A progressive JPEG or an interlaced PNG. */
  readonly isProgressive: boolean;
}

// What the three formats can hold and libvips turns into 8-bit sRGB: grey, colour, CMYK, each also with 16 bits.
const KNOWN_SPACES = new Set(['srgb', 'rgb', 'b-w', 'cmyk', 'rgb16', 'grey16']);
const KNOWN_DEPTHS = new Set(['uchar', 'ushort']);

/** The limits that can be judged without decoding, in the order of what each costs to ignore. */
export function checkHeader(header: PictureHeader): ImageProblem | null {
  const { widthPx, heightPx } = header;
  const shortPx = Math.min(widthPx, heightPx);
  const maxPixels = maxPixelsOf(header);
  if (widthPx * heightPx > maxPixels) return { code: 'IMG_TOO_MANY_PIXELS', widthPx, heightPx, maxPixels };
  if (shortPx < IMAGE_LIMITS.minSidePx) return { code: 'IMG_TOO_SMALL', widthPx, heightPx, minSidePx: IMAGE_LIMITS.minSidePx };
  if (ratioOf(header) > IMAGE_LIMITS.maxRatio) return { code: 'IMG_ASPECT', widthPx, heightPx, maxRatio: IMAGE_LIMITS.maxRatio };
  if (!KNOWN_SPACES.has(header.space) || !KNOWN_DEPTHS.has(header.depth) || header.channels > 5) {
    return { code: 'IMG_PIXEL_TYPE', found: `${header.space}, ${header.channels} × ${header.depth}` };
  }
  return null;
}

/** Most pictures are decoded row by row. Of the others the decoder holds every pixel at once, which some kinds make dear. */
function maxPixelsOf(header: PictureHeader): number {
  return Math.min(IMAGE_LIMITS.maxPixels, Math.floor(IMAGE_LIMITS.maxHeldBytes / heldBytesPerPixel(header)));
}

function heldBytesPerPixel({ format, channels, depth, isProgressive }: PictureHeader): number {
  if (format === 'webp') return 4;
  if (!isProgressive) return 0;
  // A progressive JPEG is held as coefficients of 16 bits.
  return format === 'jpeg' || depth === 'ushort' ? channels * 2 : channels;
}

/** What may spoil a training although the picture is taken in. `sharpness` is the Laplacian variance of its thumbnail. */
export function warningsOf(size: { readonly widthPx: number; readonly heightPx: number }, sharpness: number): ImageWarning[] {
  const { widthPx, heightPx } = size;
  const warnings: ImageWarning[] = [];
  if (sharpness < BLURRY_BELOW) warnings.push({ code: 'blurry' });
  if (Math.min(widthPx, heightPx) < IMAGE_LIMITS.smallSidePx) warnings.push({ code: 'small', widthPx, heightPx });
  if (ratioOf(size) > IMAGE_LIMITS.wideRatio) warnings.push({ code: 'extreme-ratio', widthPx, heightPx });
  return warnings;
}

/** A photograph blurred by 12 px of its own measures 50, by 25 px 9; flat drawings measure low as well, so this only warns. */
const BLURRY_BELOW = 20;

function ratioOf({ widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number }): number {
  return Math.max(widthPx, heightPx) / Math.min(widthPx, heightPx);
}

export interface TrainingBounds {
  /** The longer side is shrunk to this; nothing is enlarged. */
  readonly maxSidePx: number;
  /** Both sides of the result are multiples of this. */
  readonly sideMultiplePx: number;
}

/**
 * The size a picture is trained at: its aspect ratio to the nearest multiple, never more pixels than it has.
 * What the ratio loses is to be cropped, not squeezed. Null when a side would be shorter than one multiple.
 */
export function trainingSize(picture: { readonly widthPx: number; readonly heightPx: number }, bounds: TrainingBounds): { widthPx: number; heightPx: number } | null {
  const { maxSidePx, sideMultiplePx } = bounds;
  const down = (px: number): number => Math.floor(px / sideMultiplePx) * sideMultiplePx;
  const isWide = picture.widthPx >= picture.heightPx;
  const sourceLongPx = Math.max(picture.widthPx, picture.heightPx);
  const sourceShortPx = Math.min(picture.widthPx, picture.heightPx);

  const longPx = down(Math.min(sourceLongPx, maxSidePx));
  const nearestPx = Math.round((sourceShortPx * longPx) / sourceLongPx / sideMultiplePx) * sideMultiplePx;
  const shortPx = Math.min(nearestPx, down(sourceShortPx), longPx);
  if (shortPx < sideMultiplePx) return null;
  return isWide ? { widthPx: longPx, heightPx: shortPx } : { widthPx: shortPx, heightPx: longPx };
}

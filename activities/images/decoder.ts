import sharp from 'sharp';
import type { OutputInfo, Sharp } from 'sharp';
import type { ImageWarning } from '../../domain/datasets.js';
import { isLosslessWebp, sniffFormat } from '../../domain/image-formats.js';
import type { FileFormat } from '../../domain/image-formats.js';
import { differenceHash, laplacianVariance } from '../../domain/image-likeness.js';
import type { GreyPicture } from '../../domain/image-likeness.js';
import { checkFormat, checkHeader, IMAGE_LIMITS, warningsOf } from '../../domain/images.js';
import type { ImageProblem } from '../../domain/images.js';

/**
 * Prepares sharp for files from strangers, once per process and for all of it: only JPEG, PNG and WebP, only from memory.
 * Whatever else libvips could load, SVG and files on disk included, is refused from here on.
 */
export function setUpDecoder(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'] });
  sharp.cache(false);
  sharp.concurrency(1);
}

/** `pages: 1` decodes no second frame; `warning` refuses files that are cut off, which `error` would let pass. */
const UNTRUSTED = {
  failOn: 'warning',
  limitInputPixels: IMAGE_LIMITS.maxPixels,
  limitInputChannels: 5,
  pages: 1,
  unlimited: false,
  sequentialRead: true,
} as const;

const THUMBNAIL_SIDE_PX = 256;
const WHITE = '#ffffff';
const PREVIEW_SIDE_PX = 512;
/** Ten previews go into one message; photographs have 20 to 40 kB at the first quality, and noise fits at the last. */
const PREVIEW_MAX_BYTES = 60_000;
const PREVIEW_QUALITIES = [75, 45, 10] as const;

/** A picture as it is stored: upright, sRGB, opaque, without metadata, its aspect ratio kept. */
export interface NormalisedPicture {
  readonly bytes: Buffer;
  /** A small WebP of it, for messages. */
  readonly preview: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dHash: string;
  readonly warnings: readonly ImageWarning[];
}

export type Inspection = { readonly kind: 'fit'; readonly picture: NormalisedPicture } | { readonly kind: 'refused'; readonly problem: ImageProblem };

/** Opens untrusted bytes for decoding. How long that may take is the matter of the process it happens in. */
export function openPicture(bytes: Buffer): Sharp {
  return sharp(bytes, UNTRUSTED);
}

/** Judges a file from the cheapest check to the dearest, and normalises it when it passes all. */
export async function inspectPicture(bytes: Buffer): Promise<Inspection> {
  if (bytes.length === 0) return { kind: 'refused', problem: { code: 'IMG_EMPTY' } };
  const format = sniffFormat(bytes);
  const problem = checkFormat(format) ?? (await problemOfHeader(bytes));
  if (problem !== null) return { kind: 'refused', problem };

  const grey = await decoded(greyThumbnail(bytes));
  if (grey === null) return { kind: 'refused', problem: { code: 'IMG_CORRUPT' } };
  const normalised = await decoded(normalise(bytes, format));
  if (normalised === null) return { kind: 'refused', problem: { code: 'IMG_CORRUPT' } };

  const size = { widthPx: normalised.info.width, heightPx: normalised.info.height };
  const preview = await previewOf(normalised.data);
  const picture = { bytes: normalised.data, preview, ...size, dHash: differenceHash(grey), warnings: warningsOf(size, laplacianVariance(grey)) };
  return { kind: 'fit', picture };
}

/** The header is read without a pixel limit: nothing is decoded yet, and the answer can name the size it found. */
async function problemOfHeader(bytes: Buffer): Promise<ImageProblem | null> {
  const header = await decoded(sharp(bytes, { ...UNTRUSTED, limitInputPixels: false }).metadata());
  if (header === null) return { code: 'IMG_CORRUPT' };
  if ((header.pages ?? 1) > 1) return { code: 'IMG_ANIMATED', found: 'animated-webp' };
  const { width, height } = header.autoOrient;
  const { format, channels, space, depth, isProgressive } = header;
  return checkHeader({ widthPx: width, heightPx: height, format, channels, space, depth, isProgressive });
}

/** One small decode serves the check for damage, the blur measure and the hash; JPEG and WebP shrink while they load. */
async function greyThumbnail(bytes: Buffer): Promise<GreyPicture> {
  const { data, info } = await openPicture(bytes)
    .autoOrient()
    .flatten({ background: WHITE })
    .resize({ width: THUMBNAIL_SIDE_PX, height: THUMBNAIL_SIDE_PX, fit: 'inside', withoutEnlargement: true })
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, widthPx: info.width, heightPx: info.height };
}

async function normalise(bytes: Buffer, format: FileFormat): Promise<{ data: Buffer; info: OutputInfo }> {
  const { maxStoredSidePx, maxLosslessPixels } = IMAGE_LIMITS;
  const upright = openPicture(bytes)
    .autoOrient()
    .flatten({ background: WHITE })
    .resize({ width: maxStoredSidePx, height: maxStoredSidePx, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb');
  const { width, height } = await openPicture(bytes).metadata();
  const wasLossless = format === 'png' || (format === 'webp' && isLosslessWebp(bytes));
  const encoded = wasLossless && width * height <= maxLosslessPixels ? upright.png({ compressionLevel: 6 }) : upright.jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
  return encoded.toBuffer({ resolveWithObject: true });
}

async function previewOf(normalised: Buffer): Promise<Buffer> {
  const small = await openPicture(normalised)
    .resize({ width: PREVIEW_SIDE_PX, height: PREVIEW_SIDE_PX, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = small.info;
  let preview = small.data;
  for (const quality of PREVIEW_QUALITIES) {
    preview = await sharp(small.data, { raw: { width, height, channels } }).webp({ quality }).toBuffer();
    if (preview.length <= PREVIEW_MAX_BYTES) break;
  }
  return preview;
}

/** What sharp read out of a file, or null when it could not: it tells damage by plain errors, and damage is an answer here. */
export async function decoded<Result>(reading: Promise<Result>): Promise<Result | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

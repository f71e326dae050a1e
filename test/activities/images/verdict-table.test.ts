import { crc32, deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { Inspection } from '../../../activities/images/decoder.js';
import { createDecoderPool, type Decoding } from '../../../activities/images/decoder-pool.js';
import { animatedPng, animatedWebp, cmykJpeg, jpegPicture, pngChunk, PNG_SIGNATURE, webpPicture } from '../../support/pictures.js';
import { paletteOf, pngFile, PNG_COLOURS, rawHeader, rowsOf, shareAt, type PngColour, type PngSpec } from '../../support/png-files.js';

const pool = createDecoderPool({ processes: 2 });
afterAll(() => pool.stop());

async function verdictOn(bytes: Buffer): Promise<string> {
  return verdictOf(await pool.inspect(bytes));
}

function verdictOf(decoding: Decoding<Inspection>): string {
  if (decoding.kind === 'died') return `died: ${decoding.how}`;
  if (decoding.result.kind === 'refused') return decoding.result.problem.code;
  const { warnings } = decoding.result.picture;
  return warnings.length === 0 ? 'added' : `added, ${warnings.map(({ code }) => code).join(', ')}`;
}

async function pixelsOf(decoding: Decoding<Inspection>, points: readonly (readonly [number, number])[]): Promise<number[][]> {
  if (decoding.kind === 'died' || decoding.result.kind === 'refused') throw new Error('Expected a picture.');
  const { data, info } = await sharp(decoding.result.picture.bytes).raw().toBuffer({ resolveWithObject: true });
  return points.map(([x, y]) => [...data.subarray((y * info.width + x) * info.channels, (y * info.width + x) * info.channels + 3)]);
}

const DEPTHS: Readonly<Record<PngColour, readonly PngSpec['depth'][]>> = { grey: [1, 2, 4, 8, 16], rgb: [8, 16], palette: [1, 2, 4, 8], 'grey-alpha': [8, 16], rgba: [8, 16] };
const KINDS = Object.keys(PNG_COLOURS) as PngColour[];
const EVERY_PNG = KINDS.flatMap((colour) => DEPTHS[colour].flatMap((depth) => [false, true].map((interlaced): [string, PngSpec] => [`${colour} of ${depth} bits${interlaced ? ', interlaced' : ''}`, { colour, depth, interlaced }])));
const POINTS = [[16, 16], [48, 16], [200, 300], [496, 496]] as const;

/** What a pixel is by the definition of the format, in 8 bits. */
function colourAt({ colour, depth }: PngSpec, x: number, y: number): number[] {
  const last = 2 ** depth - 1;
  const sample = (channel: number): number => Math.round(shareAt(x, y, channel) * last);
  if (colour === 'palette') return [Math.round((sample(0) * 255) / last), 255 - Math.round((sample(0) * 255) / last), 128];
  return [0, 1, 2].map((channel) => Math.round((sample(colour.startsWith('grey') ? 0 : channel) * 255) / last));
}

describe('a sound PNG', () => {
  it.each(EVERY_PNG)('of %s is added, and its colours stay what they were', async (_kind, spec) => {
    const decoding = await pool.inspect(pngFile(spec));
    expect(verdictOf(decoding)).toBe('added');
    const [found, expected] = [await pixelsOf(decoding, POINTS), POINTS.map(([x, y]) => colourAt(spec, x, y))];
    for (const [at, pixel] of found.entries()) for (const [channel, value] of pixel.entries()) expect(Math.abs(value - (expected[at]?.[channel] ?? -99))).toBeLessThanOrEqual(1);
  });

  it.each([
    ['rgb', Buffer.from([0, 0, 0, 0, 0, 0])], ['grey', Buffer.from([0, 0])], ['palette', Buffer.alloc(256)],
  ] as const)('of %s shows white where tRNS makes it clear', async (colour, transparency) => {
    const decoding = await pool.inspect(pngFile({ colour, depth: 8, chunks: [pngChunk('tRNS', transparency)] }));
    const dark = POINTS.find(([x, y]) => colour === 'palette' || [0, 1, 2].every((channel) => shareAt(x, y, colour === 'grey' ? 0 : channel) === 0));
    expect(verdictOf(decoding)).toMatch(/^added/);
    if (dark !== undefined) expect(await pixelsOf(decoding, [dark])).toEqual([[255, 255, 255]]);
  });

  it.each([
    ['gAMA', pngChunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f]))], ['sRGB', pngChunk('sRGB', Buffer.from([0]))], ['tEXt', pngChunk('tEXt', Buffer.from('Comment\0hello', 'latin1'))],
    ['pHYs', pngChunk('pHYs', Buffer.from([0, 0, 11, 19, 0, 0, 11, 19, 1]))], ['tIME', pngChunk('tIME', Buffer.from([7, 230, 1, 1, 0, 0, 0]))], ['a chunk nobody knows', pngChunk('zzZz', Buffer.alloc(9))],
  ])('with %s is added', async (_chunk, chunk) => {
    expect(await verdictOn(pngFile({ colour: 'rgb', depth: 8, chunks: [chunk] }))).toBe('added');
  });
});

const RGB = { colour: 'rgb', depth: 8 } as const;
const png = (...chunks: readonly Buffer[]): Buffer => Buffer.concat([PNG_SIGNATURE, ...chunks]);
const header = (...[width = 512, height = 512, depth = 8, colour = 2, interlace = 0]: number[]): Buffer => rawHeader(width, height, depth, colour, interlace);
const ROWS = rowsOf(RGB);
const PALETTE_ROWS = rowsOf({ colour: 'palette', depth: 8 });
const PIXELS = pngChunk('IDAT', deflateSync(ROWS, { level: 1 }));
const pixels = (): Buffer => PIXELS;
const END = pngChunk('IEND');

function badSum(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy.writeUInt32BE((crc32(chunk.subarray(4, -4)) ^ 1) >>> 0, copy.length - 4);
  return copy;
}

function changedAt(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

describe('a PNG that is not sound', () => {
  it.each<[string, () => Buffer, string]>([
    ['a first byte without its high bit', () => Buffer.concat([Buffer.from([0x09]), png(header(), pixels(), END).subarray(1)]), 'IMG_FORMAT'],
    ['line ends that a transfer changed', () => Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0a, 0x1a, 0x0a]), png(header(), pixels(), END).subarray(8)]), 'IMG_FORMAT'],
    ['nothing but its signature', () => png(), 'IMG_CORRUPT'],
    ['no header', () => png(pixels(), END), 'IMG_CORRUPT'],
    ['a header whose sum is wrong', () => png(badSum(header()), pixels(), END), 'IMG_CORRUPT'],
    ['a width of 0', () => png(header(0), pixels(), END), 'IMG_CORRUPT'],
    ['a height of 0', () => png(header(512, 0), pixels(), END), 'IMG_CORRUPT'],
    ['a colour type of 1', () => png(header(512, 512, 8, 1), pixels(), END), 'IMG_CORRUPT'],
    ['a colour type of 9', () => png(header(512, 512, 8, 9), pixels(), END), 'IMG_CORRUPT'],
    ['a depth of 0', () => png(header(512, 512, 0), pixels(), END), 'IMG_CORRUPT'],
    ['a depth of 3', () => png(header(512, 512, 3, 0), pixels(), END), 'IMG_CORRUPT'],
    ['a depth of 99', () => png(header(512, 512, 99), pixels(), END), 'IMG_CORRUPT'],
    ['4 bits of red, green and blue', () => png(header(512, 512, 4), pixels(), END), 'IMG_CORRUPT'],
    ['an interlace method of 2', () => png(header(512, 512, 8, 2, 2), pixels(), END), 'IMG_CORRUPT'],
    ['no pixels', () => png(header(), END), 'IMG_CORRUPT'],
    ['empty pixels', () => png(header(), pngChunk('IDAT'), END), 'IMG_CORRUPT'],
    ['pixels whose sum is wrong', () => png(header(), badSum(pixels()), END), 'IMG_CORRUPT'],
    ['pixels that are not deflated', () => png(header(), pngChunk('IDAT', ROWS), END), 'IMG_CORRUPT'],
    ['pixels for half the rows', () => png(header(), pngChunk('IDAT', deflateSync(rowsOf({ ...RGB, heightPx: 256 }))), END), 'IMG_CORRUPT'],
    ['pixels whose deflate stream was cut', () => png(header(), pngChunk('IDAT', deflateSync(ROWS, { level: 1 }).subarray(0, -200)), END), 'IMG_CORRUPT'],
    ['a filter nobody knows', () => png(header(), pngChunk('IDAT', deflateSync(changedAt(ROWS, 0))), END), 'IMG_CORRUPT'],
    ['a palette picture without palette', () => png(header(512, 512, 8, 3), pngChunk('IDAT', deflateSync(PALETTE_ROWS)), END), 'IMG_CORRUPT'],
    ['a palette behind the pixels', () => png(header(512, 512, 8, 3), pngChunk('IDAT', deflateSync(PALETTE_ROWS)), ...paletteOf({ colour: 'palette', depth: 8 }), END), 'IMG_CORRUPT'],
    ['a palette of 100 bytes', () => png(header(512, 512, 8, 3), pngChunk('PLTE', Buffer.alloc(100)), pngChunk('IDAT', deflateSync(PALETTE_ROWS)), END), 'IMG_CORRUPT'],
    ['a critical chunk nobody knows', () => png(header(), pngChunk('ZZZZ', Buffer.alloc(4)), pixels(), END), 'IMG_CORRUPT'],
    ['a chunk longer than the file', () => png(header(), changedAt(pixels(), 0)), 'IMG_CORRUPT'],
    ['a side of 255', () => pngFile({ ...RGB, widthPx: 255 }), 'IMG_TOO_SMALL'],
    ['a side of 511', () => pngFile({ ...RGB, widthPx: 511 }), 'added, small'],
    ['a ratio of 8 to 1', () => pngFile({ ...RGB, widthPx: 4096, heightPx: 512 }), 'added, extreme-ratio'],
    ['a ratio of just more', () => pngFile({ ...RGB, widthPx: 4097, heightPx: 512 }), 'IMG_ASPECT'],
  ])('with %s', async (_case, make, verdict) => {
    expect(await verdictOn(make())).toBe(verdict);
  });
});

const SCENE = { width: 640, height: 512, channels: 3 } as const;
const SCENE_PIXELS = Buffer.alloc(SCENE.width * SCENE.height * SCENE.channels);
for (let at = 0; at < SCENE_PIXELS.length; at += 1) SCENE_PIXELS[at] = Math.round(shareAt(Math.floor(at / 3) % SCENE.width, Math.floor(at / 3 / SCENE.width), at % 3) * 255);
const drawn = (): Sharp => sharp(SCENE_PIXELS, { raw: SCENE });

describe('a JPEG or WebP', () => {
  it.each<[string, () => Promise<Buffer>, string]>([
    ['a baseline JPEG', () => drawn().jpeg().toBuffer(), 'added'],
    ['a JPEG of full colour', () => drawn().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(), 'added'],
    ['a progressive JPEG', () => drawn().jpeg({ progressive: true }).toBuffer(), 'added'],
    ['a grey JPEG', () => drawn().greyscale().toColourspace('b-w').jpeg().toBuffer(), 'added'],
    ['a CMYK JPEG', () => cmykJpeg(), 'added'],
    ['a progressive CMYK JPEG', () => drawn().toColourspace('cmyk').jpeg({ progressive: true }).toBuffer(), 'added'],
    ['a JPEG with a wide colour profile', () => drawn().withIccProfile('p3').jpeg().toBuffer(), 'added'],
    ['a JPEG of the worst quality', () => drawn().jpeg({ quality: 1 }).toBuffer(), 'added'],
    ['a JPEG with bytes behind its end', async () => Buffer.concat([await jpegPicture(), Buffer.alloc(1000, 7)]), 'added'],
    ['a JPEG that is only its first bytes', async () => (await jpegPicture()).subarray(0, 3), 'IMG_CORRUPT'],
    ['a JPEG without its first byte', async () => (await jpegPicture()).subarray(1), 'IMG_FORMAT'],
    ['a JPEG without its tables', async () => withoutSegments(await jpegPicture(), 0xdb), 'IMG_CORRUPT'],
    ['a JPEG without its codes', async () => withoutSegments(await jpegPicture(), 0xc4), 'IMG_CORRUPT'],
    ['a JPEG without its frame', async () => withoutSegments(await jpegPicture(), 0xc0), 'IMG_CORRUPT'],
    ['a lossy WebP', () => webpPicture(), 'added'],
    ['a lossless WebP', () => webpPicture({}, true), 'added'],
    ['a WebP with alpha', () => drawn().ensureAlpha(0.5).webp().toBuffer(), 'added'],
    ['a lossless WebP with alpha', () => drawn().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(), 'added'],
    ['a WebP with a wide colour profile', () => drawn().withIccProfile('p3').webp().toBuffer(), 'added'],
    ['a moving WebP', () => animatedWebp(), 'IMG_ANIMATED'],
    ['a moving PNG', () => animatedPng(), 'IMG_ANIMATED'],
    ['a WebP that is only its first bytes', async () => (await webpPicture()).subarray(0, 12), 'IMG_CORRUPT'],
    ['a WebP with another kind of pixels', async () => changedAt(await webpPicture(), 15), 'IMG_CORRUPT'],
  ])('%s', async (_case, make, verdict) => {
    expect(await verdictOn(await make())).toBe(verdict);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('with EXIF orientation %i is laid upright', async (orientation) => {
    const decoding = await pool.inspect(await drawn().withMetadata({ orientation }).jpeg().toBuffer());
    expect(decoding).toMatchObject({ kind: 'done', result: { kind: 'fit', picture: orientation < 5 ? { widthPx: 640, heightPx: 512 } : { widthPx: 512, heightPx: 640 } } });
  });

  const FORMATS: Readonly<Record<string, () => Promise<Buffer>>> = {
    'a baseline JPEG': () => jpegPicture(), 'a progressive JPEG': () => drawn().jpeg({ progressive: true }).toBuffer(), 'a PNG': () => Promise.resolve(pngFile(RGB)),
    'an interlaced PNG': () => Promise.resolve(pngFile({ ...RGB, interlaced: true })), 'a WebP': () => webpPicture(), 'a lossless WebP': () => webpPicture({}, true),
  };
  it.each(Object.keys(FORMATS).flatMap((name) => [1, 10, 50, 90, 99].map((percent) => [name, percent] as const)))('%s cut to %i %% is damaged', async (name, percent) => {
    const whole = (await FORMATS[name]?.()) ?? Buffer.alloc(0);
    expect(await verdictOn(whole.subarray(0, Math.floor((whole.length * percent) / 100)))).toBe('IMG_CORRUPT');
  });
});

/** Without the segments of one marker. */
function withoutSegments(jpeg: Buffer, marker: number): Buffer {
  const kept: Buffer[] = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at] === 0xff && jpeg[at + 1] !== 0xda) {
    const to = at + 2 + jpeg.readUInt16BE(at + 2);
    if (jpeg[at + 1] !== marker) kept.push(jpeg.subarray(at, to));
    at = to;
  }
  return Buffer.concat([...kept, jpeg.subarray(at)]);
}

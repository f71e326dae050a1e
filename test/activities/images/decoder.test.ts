import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { inspectPicture, setUpDecoder, type NormalisedPicture } from '../../../activities/images/decoder.js';
import { hashDistance } from '../../../domain/image-likeness.js';
import type { ImageProblem } from '../../../domain/images.js';
import {
  animatedPng, animatedWebp, blurredJpeg, cmykJpeg, FOREIGN_FILES, greyPng, halfTransparentPng, jpegPicture, lookalikeJpeg, pngBomb, pngPicture, rotatedJpeg,
  sixteenBitPng, truncatedJpeg, truncatedPng, webpPicture,
} from '../../support/pictures.js';

async function problemOf(bytes: Buffer): Promise<ImageProblem | null> {
  const inspection = await inspectPicture(bytes);
  return inspection.kind === 'refused' ? inspection.problem : null;
}

async function pictureOf(bytes: Buffer): Promise<NormalisedPicture> {
  const inspection = await inspectPicture(bytes);
  if (inspection.kind === 'refused') throw new Error(`Expected a picture, got ${JSON.stringify(inspection.problem)}.`);
  return inspection.picture;
}

async function pixelAt(bytes: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

beforeAll(setUpDecoder);
// The block is of the process, which runs other test files after this one.
afterAll(() => { sharp.unblock({ operation: ['VipsForeignLoad'] }); });

describe('what the decoder refuses', () => {
  it.each(Object.entries(FOREIGN_FILES))('names a file that is %s, whatever it is called', async (found, bytes) => {
    expect(await problemOf(bytes)).toEqual({ code: 'IMG_FORMAT', found });
  });

  it.each([
    ['an empty file', () => Promise.resolve(Buffer.alloc(0)), { code: 'IMG_EMPTY' }],
    ['a JPEG that is cut off', truncatedJpeg, { code: 'IMG_CORRUPT' }],
    ['a PNG that is cut off', truncatedPng, { code: 'IMG_CORRUPT' }],
    ['a JPEG that ends after its magic bytes', async () => Buffer.concat([(await jpegPicture()).subarray(0, 4), Buffer.alloc(500, 7)]), { code: 'IMG_CORRUPT' }],
    ['a PNG with a flipped byte', async () => flipped(await pngPicture()), { code: 'IMG_CORRUPT' }],
    ['a moving PNG', animatedPng, { code: 'IMG_ANIMATED', found: 'apng' }],
    ['a moving WebP', animatedWebp, { code: 'IMG_ANIMATED', found: 'animated-webp' }],
    ['a bomb of 16,000 × 16,000 pixels', () => Promise.resolve(pngBomb()), { code: 'IMG_TOO_MANY_PIXELS', widthPx: 16_000, heightPx: 16_000, maxPixels: 50_000_000 }],
    ['a side below 256 px', () => jpegPicture({ widthPx: 640, heightPx: 255 }), { code: 'IMG_TOO_SMALL', widthPx: 640, heightPx: 255, minSidePx: 256 }],
    ['a ratio above 8', () => jpegPicture({ widthPx: 2080, heightPx: 256 }), { code: 'IMG_ASPECT', widthPx: 2080, heightPx: 256, maxRatio: 8 }],
  ] as const)('refuses %s', async (_case, make, problem) => {
    expect(await problemOf(await make())).toEqual(problem);
  });

  it('answers a bomb without decoding it', async () => {
    const bomb = pngBomb();
    const before = process.memoryUsage().rss;
    await problemOf(bomb);
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
  });

  it('loads neither other formats nor files from disk once it is set up', async () => {
    await expect(sharp(FOREIGN_FILES.gif).metadata()).rejects.toThrow('unsupported image format');
    await expect(sharp(FOREIGN_FILES.svg).metadata()).rejects.toThrow('unsupported image format');
    await expect(sharp('/pictures/picture.png').metadata()).rejects.toThrow();
  });
});

describe('how pictures are normalised', () => {
  it.each([
    ['JPEG', jpegPicture, 'jpeg'],
    ['PNG', pngPicture, 'png'],
    ['WebP', webpPicture, 'jpeg'],
    ['lossless WebP', () => webpPicture({}, true), 'png'],
    ['CMYK JPEG', cmykJpeg, 'jpeg'],
    ['16-bit PNG', sixteenBitPng, 'png'],
    ['grey PNG', greyPng, 'png'],
  ] as const)('stores a %s as 8-bit sRGB without loss where it came without', async (_case, make, format) => {
    const picture = await pictureOf(await make());
    const header = await sharp(picture.bytes).metadata();
    expect(header).toMatchObject({ format, space: 'srgb', channels: 3, depth: 'uchar', hasAlpha: false, width: 640, height: 512 });
    expect(picture).toMatchObject({ widthPx: 640, heightPx: 512, warnings: [] });
  });

  it('turns a phone portrait upright and forgets where it was taken', async () => {
    const sent = await rotatedJpeg();
    expect((await sharp(sent).metadata()).exif).toBeDefined();
    const picture = await pictureOf(sent);
    const header = await sharp(picture.bytes).metadata();
    expect(header).toMatchObject({ width: 512, height: 640 });
    expect([header.exif, header.icc, header.xmp, header.orientation]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('lays clear parts on white instead of showing what lies under them', async () => {
    const picture = await pictureOf(await halfTransparentPng());
    expect(await pixelAt(picture.bytes, 10, 10)).toEqual([255, 255, 255]);
    expect(await pixelAt(picture.bytes, 630, 10)).toEqual([0, 0, 255]);
  });

  it('keeps the colours of a CMYK picture near to what they were', async () => {
    const [plain, cmyk] = [await pictureOf(await jpegPicture()), await pictureOf(await cmykJpeg())];
    expect(hashDistance(plain.dHash, cmyk.dHash)).toBeLessThanOrEqual(4);
  });

  it('shrinks what is longer than 4,096 px and keeps its ratio', async () => {
    const picture = await pictureOf(await jpegPicture({ widthPx: 5000, heightPx: 2500 }));
    expect(picture).toMatchObject({ widthPx: 4096, heightPx: 2048 });
  });

  it('stores a lossless picture above 4 million pixels as JPEG', async () => {
    const picture = await pictureOf(await pngPicture({ widthPx: 2100, heightPx: 2000 }));
    expect((await sharp(picture.bytes).metadata()).format).toBe('jpeg');
  });

  it('gives the same bytes for the same file', async () => {
    const sent = await jpegPicture();
    expect((await pictureOf(sent)).bytes).toEqual((await pictureOf(sent)).bytes);
  });
});

describe('the preview of a picture', () => {
  it.each([
    ['a phone portrait', rotatedJpeg, { width: 410, height: 512 }],
    ['a picture that is wide', () => jpegPicture({ widthPx: 1600, heightPx: 400 }), { width: 512, height: 128 }],
    ['a picture that is small already', () => jpegPicture({ widthPx: 300, heightPx: 256 }), { width: 300, height: 256 }],
  ])('shows %s upright within 512 px, without metadata', async (_case, make, size) => {
    const { preview } = await pictureOf(await make());
    const header = await sharp(preview).metadata();
    expect(header).toMatchObject({ format: 'webp', ...size });
    expect([header.exif, header.icc, header.xmp, header.orientation]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is never larger than 60 kB, whatever is in the picture', async () => {
    const noise = randomBytes(1024 * 1024 * 3);
    const { preview } = await pictureOf(await sharp(noise, { raw: { width: 1024, height: 1024, channels: 3 } }).png().toBuffer());
    expect(preview.length).toBeLessThanOrEqual(60_000);
  });

  it('is the same for the same file', async () => {
    const sent = await jpegPicture();
    expect((await pictureOf(sent)).preview).toEqual((await pictureOf(sent)).preview);
  });
});

describe('what the decoder warns of', () => {
  it.each([
    ['a blurred picture', blurredJpeg, [{ code: 'blurry' }]],
    ['a side below 512 px', () => jpegPicture({ widthPx: 640, heightPx: 511 }), [{ code: 'small', widthPx: 640, heightPx: 511 }]],
    ['a ratio above 3', () => jpegPicture({ widthPx: 1600, heightPx: 520 }), [{ code: 'extreme-ratio', widthPx: 1600, heightPx: 520 }]],
  ] as const)('takes %s with a warning', async (_case, make, warnings) => {
    expect((await pictureOf(await make())).warnings).toEqual(warnings);
  });

  it('measures lookalikes as near and other pictures as far', async () => {
    const { dHash } = await pictureOf(await jpegPicture({ seed: 7 }));
    const lookalike = await pictureOf(await lookalikeJpeg({ seed: 7 }));
    expect(hashDistance(dHash, lookalike.dHash)).toBeLessThanOrEqual(4);
    for (const seed of [8, 9, 10, 11]) expect(hashDistance(dHash, (await pictureOf(await jpegPicture({ seed }))).dHash)).toBeGreaterThan(10);
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 0xff;
  return copy;
}

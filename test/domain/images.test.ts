import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkFormat, checkHeader, IMAGE_LIMITS, isSystemFile, trainingSize, warningsOf } from '../../domain/images.js';

const header = (widthPx: number, heightPx: number) => ({ widthPx, heightPx, channels: 3, format: 'jpeg', space: 'srgb', depth: 'uchar', isProgressive: false });

describe('what a header must say', () => {
  it.each([
    [8000, 6250, null],
    [8000, 6251, 'IMG_TOO_MANY_PIXELS'],
    [256, 256, null],
    [255, 256, 'IMG_TOO_SMALL'],
    [256, 255, 'IMG_TOO_SMALL'],
    [2048, 256, null],
    [2049, 256, 'IMG_ASPECT'],
    [256, 2049, 'IMG_ASPECT'],
  ])('judges %i × %i pixels: %s', (widthPx, heightPx, code) => {
    expect(checkHeader(header(widthPx, heightPx))?.code ?? null).toBe(code);
  });

  it.each([
    ['a JPEG that comes row by row', {}, 50_000_000],
    ['a progressive JPEG', { isProgressive: true }, 16_666_666],
    ['a progressive JPEG for print', { isProgressive: true, space: 'cmyk', channels: 4 }, 12_500_000],
    ['an interlaced PNG', { format: 'png', isProgressive: true }, 33_333_333],
    ['an interlaced PNG of 16 bits with alpha', { format: 'png', isProgressive: true, depth: 'ushort', channels: 4 }, 12_500_000],
    ['a WebP', { format: 'webp' }, 25_000_000],
  ])('bounds %s by what its decoder holds at once', (_kind, fields, maxPixels) => {
    expect(checkHeader({ ...header(8001, 6250), ...fields })).toMatchObject({ code: 'IMG_TOO_MANY_PIXELS', maxPixels });
    expect(checkHeader({ ...header(Math.floor(maxPixels / 4000), 4000), ...fields })).toBeNull();
  });

  it.each(['cmyk', 'rgb16', 'b-w', 'grey16'])('lets the colour space %s in: it can be turned into sRGB', (space) => {
    expect(checkHeader({ ...header(512, 512), space, depth: 'ushort', channels: 4 })).toBeNull();
  });

  it.each([{ space: 'lab' }, { depth: 'float' }, { channels: 6 }])('refuses pixels of another kind: %j', (fields) => {
    expect(checkHeader({ ...header(512, 512), ...fields })).toMatchObject({ code: 'IMG_PIXEL_TYPE' });
  });

  it('names what it found in place of a picture', () => {
    expect(checkFormat('gif')).toEqual({ code: 'IMG_FORMAT', found: 'gif' });
    expect(checkFormat('apng')).toEqual({ code: 'IMG_ANIMATED', found: 'apng' });
    expect(checkFormat('webp')).toBeNull();
  });

  it.each(['._cat.jpg', '.DS_Store', '__MACOSX', 'Thumbs.db'])('knows %s as a file of some system', (fileName) => {
    expect(isSystemFile(fileName)).toBe(true);
    expect(isSystemFile(`a${fileName}`)).toBe(false);
  });
});

describe('what may spoil a training', () => {
  it.each([
    [1024, 1024, 500, []],
    [1024, 512, 20, []],
    [1024, 1024, 19.9, ['blurry']],
    [1024, 511, 500, ['small']],
    [1536, 512, 500, []],
    [1537, 512, 500, ['extreme-ratio']],
    [300, 1200, 1, ['blurry', 'small', 'extreme-ratio']],
  ])('warns of %i × %i at sharpness %d: %j', (widthPx, heightPx, sharpness, codes) => {
    expect(warningsOf({ widthPx, heightPx }, sharpness).map(({ code }) => code)).toEqual(codes);
  });
});

describe('the size a picture is trained at', () => {
  it.each([
    [1024, 768, 512, 8, { widthPx: 512, heightPx: 384 }],
    [768, 1024, 512, 8, { widthPx: 384, heightPx: 512 }],
    [1000, 700, 512, 64, { widthPx: 512, heightPx: 384 }],
    [600, 420, 1024, 64, { widthPx: 576, heightPx: 384 }],
    [4096, 512, 512, 64, { widthPx: 512, heightPx: 64 }],
    [4096, 200, 512, 64, null],
    [60, 60, 512, 64, null],
  ])('makes %i × %i fit %i px in multiples of %i', (widthPx, heightPx, maxSidePx, sideMultiplePx, size) => {
    expect(trainingSize({ widthPx, heightPx }, { maxSidePx, sideMultiplePx })).toEqual(size);
  });

  it('keeps every bound for every picture: no side too long, none enlarged, all multiples, the ratio within a multiple', () => {
    const side = fc.integer({ min: IMAGE_LIMITS.minSidePx, max: IMAGE_LIMITS.maxStoredSidePx });
    const bound = fc.constantFrom(512, 768, 1024, 1536);
    fc.assert(
      fc.property(side, side, bound, fc.constantFrom(8, 16, 32, 64), (widthPx, heightPx, maxSidePx, multiple) => {
        const size = trainingSize({ widthPx, heightPx }, { maxSidePx, sideMultiplePx: multiple });
        fc.pre(Math.max(widthPx, heightPx) / Math.min(widthPx, heightPx) <= IMAGE_LIMITS.maxRatio);
        if (size === null) return false;
        const short = Math.min(size.widthPx, size.heightPx);
        const exactShort = (Math.max(size.widthPx, size.heightPx) * Math.min(widthPx, heightPx)) / Math.max(widthPx, heightPx);
        return (
          size.widthPx % multiple === 0 && size.heightPx % multiple === 0 &&
          size.widthPx <= Math.min(widthPx, maxSidePx) && size.heightPx <= Math.min(heightPx, maxSidePx) &&
          (size.widthPx === size.heightPx || widthPx > heightPx === size.widthPx > size.heightPx) &&
          Math.abs(short - exactShort) < multiple
        );
      }),
    );
  });
});

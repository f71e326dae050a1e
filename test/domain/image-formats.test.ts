import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLosslessWebp, isPictureFormat, sniffFormat } from '../../domain/image-formats.js';
import { animatedPng, animatedWebp, FOREIGN_FILES, jpegPicture, pngPicture, webpPicture } from '../support/pictures.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the format of a file', () => {
  it.each(Object.entries(FOREIGN_FILES))('is told by its bytes: %s', (format, bytes) => {
    expect(sniffFormat(bytes)).toBe(format);
  });

  it.each([
    ['jpeg', jpegPicture],
    ['png', pngPicture],
    ['webp', webpPicture],
    ['apng', animatedPng],
    ['animated-webp', animatedWebp],
  ] as const)('is told by its bytes: %s', async (format, make) => {
    expect(sniffFormat(await make())).toBe(format);
  });

  it.each([
    ['an SVG without declaration', Buffer.from('\n <svg viewBox="0 0 1 1">'), 'svg'],
    ['text in another script', Buffer.from('кошка на окне'), 'text'],
    ['a big-endian TIFF', latin('MM\0*\0\0\0\x08'), 'tiff'],
    ['a HEIF sequence', latin('\0\0\0\x18ftypmsf1'), 'heic'],
    ['junk', latin('\xf7\xf8\xf9\xfa\xfb\xfc\xfd'), 'unknown'],
    ['nothing', Buffer.alloc(0), 'unknown'],
    ['a PNG that ends after its signature', latin('\x89PNG\r\n\x1a\n'), 'png'],
    ['a WebP that ends after its header', latin('RIFF\0\0\0\0WEBP'), 'webp'],
  ])('is found for %s', (_case, bytes, format) => {
    expect(sniffFormat(bytes)).toBe(format);
  });

  it('ends on any bytes, also when a PNG or a WebP lies about its lengths', () => {
    const heads = fc.constantFrom(latin('\x89PNG\r\n\x1a\n'), latin('RIFF\0\0\0\0WEBP'), latin('RIFF\0\0\0\0WEBPVP8X'), latin('\0\0\0\x18ftyp'), Buffer.alloc(0));
    fc.assert(fc.property(heads, fc.uint8Array({ maxLength: 200 }), (head, tail) => {
      const bytes = Buffer.concat([head, tail]);
      return typeof sniffFormat(bytes) === 'string' && typeof isLosslessWebp(bytes) === 'boolean';
    }), { numRuns: 2000 });
  });

  it('tells WebP with loss from WebP without', async () => {
    expect(isLosslessWebp(await webpPicture({}, true))).toBe(true);
    expect(isLosslessWebp(await webpPicture({}, false))).toBe(false);
  });

  it('takes three formats and no other', () => {
    expect((['jpeg', 'png', 'webp', 'apng', 'animated-webp', 'gif', 'unknown'] as const).filter(isPictureFormat)).toEqual(['jpeg', 'png', 'webp']);
  });
});

import { deflateSync } from 'node:zlib';
import { jpegPicture, pngBomb, PNG_SIGNATURE, pngChunk, riff, riffChunk, uint24, webpPicture } from './pictures.js';
import { paletteOf, pngFile, rawHeader, rowsOf } from './png-files.js';

const ZEROS = deflateSync(Buffer.alloc(60_000_000), { level: 9 });
const SMALL = { colour: 'rgb', depth: 8, widthPx: 512, heightPx: 512 } as const;

/** Files of some kilobytes that stand for gigabytes, or for hours. */
export const BOMBS: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'a JPEG that says 65535 × 65535': async () => sized(await jpegPicture({ widthPx: 512, heightPx: 512 }), 65_535, 65_535),
  'a JPEG that says 65500 × 65500': async () => sized(await jpegPicture({ widthPx: 512, heightPx: 512 }), 65_500, 65_500),
  'a JPEG that says 7000 × 7000 and holds 512': async () => sized(await jpegPicture({ widthPx: 512, heightPx: 512 }), 7_000, 7_000),
  'a PNG of 16,000 × 16,000': () => pngBomb(),
  'a PNG that says 2,147,483,647 × 2,147,483,647': () => Buffer.concat([PNG_SIGNATURE, rawHeader(0x7fffffff, 0x7fffffff, 8, 2, 0), pngChunk('IDAT', deflateSync(Buffer.alloc(100))), pngChunk('IEND')]),
  'a PNG whose pixels go on for 60 MB': () => Buffer.concat([PNG_SIGNATURE, rawHeader(512, 512, 8, 2, 0), pngChunk('IDAT', ZEROS), pngChunk('IEND')]),
  'a PNG with a text of 60 MB': () => pngFile({ ...SMALL, chunks: [pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), ZEROS]))] }),
  'a PNG with a colour profile of 60 MB': () => pngFile({ ...SMALL, chunks: [pngChunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), ZEROS]))] }),
  'a PNG with 20,000 texts': () => pngFile({ ...SMALL, chunks: Array.from({ length: 20_000 }, (_chunk, at) => pngChunk('tEXt', Buffer.from(`k${at}\0v`, 'latin1'))) }),
  'a PNG in 50,000 pieces': () => Buffer.concat([PNG_SIGNATURE, rawHeader(512, 512, 8, 2, 0), ...Array.from({ length: 50_000 }, () => pngChunk('IDAT')), pngChunk('IDAT', deflateSync(rowsOf(SMALL))), pngChunk('IEND')]),
  'an APNG that says 4,294,967,295 frames': () => pngFile({ ...SMALL, chunks: [pngChunk('acTL', Buffer.alloc(8, 0xff))] }),
  'a PNG with 1,000 palettes': () => pngFile({ colour: 'palette', depth: 8, chunks: Array.from({ length: 1_000 }, () => paletteOf({ colour: 'palette', depth: 8 })).flat() }),
  'a WebP of 38 bytes with 16,383 × 16,383 pixels of one colour': () => plainWebp(16_383, 16_383),
  'a WebP of 38 bytes with 7,000 × 7,000 pixels of one colour': () => plainWebp(7_000, 7_000),
  'a WebP of 38 bytes with 5,000 × 5,000 pixels of one colour': () => plainWebp(5_000, 5_000),
  'a WebP whose canvas is 16,777,216 × 16,777,216': async () => riff([riffChunk('VP8X', Buffer.concat([Buffer.alloc(4), uint24(0xffffff), uint24(0xffffff)])), (await webpPicture()).subarray(12)]),
  'a WebP of 2,000 frames': () => {
    const frame = riffChunk('ANMF', Buffer.concat([uint24(0), uint24(0), uint24(511), uint24(511), uint24(1), Buffer.alloc(1), plainWebp(512, 512).subarray(12)]));
    return riff([riffChunk('VP8X', Buffer.concat([Buffer.from([2, 0, 0, 0]), uint24(511), uint24(511)])), riffChunk('ANIM', Buffer.alloc(6)), ...Array<Buffer>(2_000).fill(frame)]);
  },
  'an interlaced PNG of 50 million pixels': () => Buffer.concat([PNG_SIGNATURE, rawHeader(7_000, 7_000, 16, 6, 1), pngChunk('IDAT', ZEROS), pngChunk('IEND')]),
  'an interlaced PNG of 33 million pixels': () => pngFile({ colour: 'rgb', depth: 8, interlaced: true, widthPx: 5_773, heightPx: 5_773, blank: true }),
  'a PNG of 50 million pixels of 16 bits': () => pngFile({ colour: 'grey', depth: 16, widthPx: 7_000, heightPx: 7_000, blank: true }),
};

/** The size in the frame header of a JPEG. */
function sized(jpeg: Buffer, widthPx: number, heightPx: number): Buffer {
  const copy = Buffer.from(jpeg);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(heightPx, frame + 5);
  copy.writeUInt16BE(widthPx, frame + 7);
  return copy;
}

/** Lossless, without transforms, with prefix codes of one symbol each: no bit is spent on any pixel. */
function plainWebp(widthPx: number, heightPx: number): Buffer {
  const bits: number[] = [];
  const write = (value: number, count: number): void => { for (let bit = 0; bit < count; bit += 1) bits.push((value >> bit) & 1); };
  write(0x2f, 8);
  write(widthPx - 1, 14);
  write(heightPx - 1, 14);
  write(0, 1 + 3); // No alpha, version 0.
  write(0, 1 + 1 + 1); // No transform, no colour cache, no meta prefix codes.
  for (let code = 0; code < 5; code += 1) {
    write(1, 1); // A simple code,
    write(0, 1); // of one symbol,
    write(0, 1); // given in one bit:
    write(code === 1 ? 1 : 0, 1);
  }
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8) + 1);
  bits.forEach((bit, at) => { bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at % 8)); });
  return riff([riffChunk('VP8L', bytes)]);
}

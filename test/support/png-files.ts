import { deflateSync } from 'node:zlib';
import { PNG_SIGNATURE, pngChunk } from './pictures.js';

/** The kinds of pixels a PNG can have, by the number its header gives them. */
export const PNG_COLOURS = { grey: 0, rgb: 2, palette: 3, 'grey-alpha': 4, rgba: 6 } as const;
export type PngColour = keyof typeof PNG_COLOURS;

const CHANNELS: Readonly<Record<PngColour, number>> = { grey: 1, rgb: 3, palette: 1, 'grey-alpha': 2, rgba: 4 };

export interface PngSpec {
  readonly colour: PngColour;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly interlaced?: boolean;
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Put between the header (and palette) and the pixels. */
  readonly chunks?: readonly Buffer[];
  /** Every sample is 0: quick to make, and a picture of any size is some kilobytes. */
  readonly blank?: boolean;
}

const TILE_PX = 32;

/** Tiles of different colours, so that nothing is blurred; the first is the darkest, the last the lightest. */
export function shareAt(x: number, y: number, channel: number): number {
  const tile = Math.floor(x / TILE_PX) * 7 + Math.floor(y / TILE_PX) * 13 + channel * 5;
  return (tile % 17) / 16;
}

/** A PNG of any kind of pixels, written chunk by chunk. */
export function pngFile({ chunks = [], ...spec }: PngSpec): Buffer {
  return Buffer.concat([PNG_SIGNATURE, headerOf(spec), ...paletteOf(spec), ...chunks, pngChunk('IDAT', deflateSync(rowsOf(spec), { level: 1 })), pngChunk('IEND')]);
}

export function headerOf({ widthPx = 512, heightPx = 512, colour, depth, interlaced = false }: PngSpec): Buffer {
  return rawHeader(widthPx, heightPx, depth, PNG_COLOURS[colour], interlaced ? 1 : 0);
}

/** A header that says anything at all. */
export function rawHeader(widthPx: number, heightPx: number, depth: number, colour: number, interlace: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([depth, colour, 0, 0, interlace], 8);
  return pngChunk('IHDR', header);
}

/** From dark green-blue to light red, in as many steps as the depth has. */
export function paletteOf({ colour, depth }: PngSpec): Buffer[] {
  if (colour !== 'palette') return [];
  const last = 2 ** depth - 1;
  return [pngChunk('PLTE', Buffer.from(Array.from({ length: last + 1 }, (_entry, at) => [Math.round((at * 255) / last), 255 - Math.round((at * 255) / last), 128]).flat()))];
}

/** Adam7: where each pass begins and how far its pixels are apart. */
const PASSES = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const;

export function rowsOf(spec: PngSpec): Buffer {
  const { widthPx = 512, heightPx = 512, interlaced = false } = spec;
  const passes = interlaced ? PASSES : ([[0, 0, 1, 1]] as const);
  return Buffer.concat(passes.map(([x0, y0, dx, dy]) => {
    const [columns, rows] = [Math.ceil((widthPx - x0) / dx), Math.ceil((heightPx - y0) / dy)];
    const rowBytes = 1 + Math.ceil((columns * CHANNELS[spec.colour] * spec.depth) / 8);
    const pass = Buffer.alloc(rows * rowBytes);
    if (spec.blank !== true) for (let row = 0; row < rows; row += 1) writeRow(pass.subarray(row * rowBytes + 1, (row + 1) * rowBytes), spec, { columns, x0, dx, y: y0 + row * dy });
    return pass;
  }));
}

function writeRow(row: Buffer, { colour, depth }: PngSpec, { columns, x0, dx, y }: { columns: number; x0: number; dx: number; y: number }): void {
  const channels = CHANNELS[colour];
  const last = 2 ** depth - 1;
  for (let column = 0; column < columns; column += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      const isAlpha = (channels === 2 || channels === 4) && channel === channels - 1;
      const sample = isAlpha ? last : Math.round(shareAt(x0 + column * dx, y, channel) * last);
      const at = column * channels + channel;
      if (depth === 16) row.writeUInt16BE(sample, at * 2);
      else if (depth === 8) row[at] = sample;
      else row[(at * depth) >> 3] = (row[(at * depth) >> 3] ?? 0) | (sample << (8 - depth - ((at * depth) % 8)));
    }
  }
}

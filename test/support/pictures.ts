import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { createChance, type Chance } from '../../sandbox/seeded-random.js';

/**
 * Test pictures, made in memory. Those that are taken in are written by sharp from raw pixels; those that must be refused
 * are put together byte by byte, since the decoder of a test process refuses their formats too.
 */
export interface PictureOptions {
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Different seeds give pictures that do not resemble each other. */
  readonly seed?: number;
}

const DEFAULTS = { widthPx: 640, heightPx: 512, seed: 1 };

export function jpegPicture(options: PictureOptions = {}, quality = 90): Promise<Buffer> {
  return drawn(options).jpeg({ quality }).toBuffer();
}

export function pngPicture(options: PictureOptions = {}): Promise<Buffer> {
  return drawn(options).png().toBuffer();
}

export function webpPicture(options: PictureOptions = {}, lossless = false): Promise<Buffer> {
  return drawn(options).webp({ lossless }).toBuffer();
}

export function cmykJpeg(options: PictureOptions = {}): Promise<Buffer> {
  return drawn(options).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
}

export function sixteenBitPng(options: PictureOptions = {}): Promise<Buffer> {
  return drawn(options).toColourspace('rgb16').png().toBuffer();
}

export function greyPng(options: PictureOptions = {}): Promise<Buffer> {
  return drawn(options).greyscale().toColourspace('b-w').png().toBuffer();
}

/** A phone's portrait: the pixels lie on their side, EXIF says so, and there is a place in it. */
export function rotatedJpeg(options: PictureOptions = {}): Promise<Buffer> {
  return drawn(options)
    .withExif({ IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

/** The left half is clear, and what lies under it is pure red. */
export async function halfTransparentPng({ widthPx, heightPx } = DEFAULTS): Promise<Buffer> {
  const pixels = Buffer.alloc(widthPx * heightPx * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    const isLeft = (at / 4) % widthPx < widthPx / 2;
    pixels.set(isLeft ? [255, 0, 0, 0] : [0, 0, 255, 255], at);
  }
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 4 } }).png().toBuffer();
}

export function blurredJpeg(options: PictureOptions = {}): Promise<Buffer> {
  return drawn(options).blur(30).jpeg().toBuffer();
}

/** The same picture to the eye: smaller, and compressed again. */
export async function lookalikeJpeg(options: PictureOptions = {}): Promise<Buffer> {
  const { widthPx } = { ...DEFAULTS, ...options };
  const original = await pngPicture(options);
  return sharp(original).resize({ width: Math.round(widthPx * 0.9) }).jpeg({ quality: 60 }).toBuffer();
}

export async function truncatedJpeg(options: PictureOptions = {}): Promise<Buffer> {
  const whole = await jpegPicture(options);
  return whole.subarray(0, Math.floor(whole.length * 0.6));
}

export async function truncatedPng(options: PictureOptions = {}): Promise<Buffer> {
  const whole = await pngPicture(options);
  return whole.subarray(0, Math.floor(whole.length * 0.6));
}

/** 31 kB that decode to a quarter of a billion pixels. */
export function pngBomb(sidePx = 16_000): Buffer {
  const rowBytes = 1 + Math.ceil(sidePx / 8);
  return Buffer.concat([PNG_SIGNATURE, pngHeader(sidePx, sidePx), pngChunk('IDAT', deflateSync(Buffer.alloc(rowBytes * sidePx))), pngChunk('IEND')]);
}

/** A PNG whose `acTL` chunk says that it moves; a decoder that does not know APNG shows its first frame. */
export async function animatedPng(options: PictureOptions = {}): Promise<Buffer> {
  const still = await pngPicture(options);
  const afterHeader = PNG_SIGNATURE.length + 25;
  const control = Buffer.alloc(8);
  control.writeUInt32BE(2, 0);
  return Buffer.concat([still.subarray(0, afterHeader), pngChunk('acTL', control), still.subarray(afterHeader)]);
}

/** Three frames of one WebP each. */
export async function animatedWebp({ widthPx, heightPx } = DEFAULTS): Promise<Buffer> {
  const size = Buffer.concat([uint24(widthPx - 1), uint24(heightPx - 1)]);
  const frames = await Promise.all([1, 2, 3].map((seed) => webpPicture({ widthPx, heightPx, seed })));
  return riff([
    riffChunk('VP8X', Buffer.concat([Buffer.from([0x02, 0, 0, 0]), size])),
    riffChunk('ANIM', Buffer.alloc(6)),
    ...frames.map((frame) => riffChunk('ANMF', Buffer.concat([uint24(0), uint24(0), size, uint24(100), Buffer.from([0]), frame.subarray(12)]))),
  ]);
}

const ftyp = (brand: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0mif1${brand}`, 'latin1'), Buffer.alloc(200)]);

/** Files that are no picture the yard takes, by the format their bytes have. */
export const FOREIGN_FILES = {
  gif: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  svg: Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="16000" height="16000"><rect width="9" height="9"/></svg>'),
  heic: ftyp('heic'),
  avif: ftyp('avif'),
  tiff: Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), Buffer.alloc(64)]),
  bmp: Buffer.concat([Buffer.from('BM', 'latin1'), Buffer.alloc(64, 1)]),
  pdf: Buffer.from('%PDF-1.7\n1 0 obj\n'),
  zip: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(64)]),
  video: ftyp('isom'),
  html: Buffer.from('<!DOCTYPE html><html><body>not found</body></html>'),
  text: Buffer.from('a text that was given the name of a picture'),
  unknown: Buffer.alloc(512),
} as const;

/** Scenes are drawn this small and enlarged with hard edges: drawing pixel by pixel would take longer than what is tested. */
const SCENE_WIDTH_PX = 160;
const SCENE_HEIGHT_PX = 128;

/** Scenes of soft slopes, discs and bars: edges at every scale and a composition of their own, as photographs have. */
function drawn(options: PictureOptions): Sharp {
  const { widthPx, heightPx, seed } = { ...DEFAULTS, ...options };
  const chance = chanceOf(seed);
  const discs = Array.from({ length: 14 }, () => ({
    x: chance() * SCENE_WIDTH_PX, y: chance() * SCENE_HEIGHT_PX, r: (0.04 + chance() * 0.16) * SCENE_WIDTH_PX, colour: colourOf(chance),
  }));
  const [from, to] = [colourOf(chance), colourOf(chance)];
  const barPx = 2 + Math.floor(chance() * 6);
  const slope = chance() * 2 - 1;
  const pixels = Buffer.alloc(SCENE_WIDTH_PX * SCENE_HEIGHT_PX * 3);
  for (let y = 0; y < SCENE_HEIGHT_PX; y += 1) {
    for (let x = 0; x < SCENE_WIDTH_PX; x += 1) {
      const disc = discs.findLast((other) => (other.x - x) ** 2 + (other.y - y) ** 2 < other.r ** 2);
      const t = (x / SCENE_WIDTH_PX + y / SCENE_HEIGHT_PX) / 2;
      const stripe = Math.floor((x + slope * y) / barPx) % 2 === 0 ? 0 : 24;
      for (let channel = 0; channel < 3; channel += 1) {
        const ground = (from[channel] ?? 0) * (1 - t) + (to[channel] ?? 0) * t;
        pixels[(y * SCENE_WIDTH_PX + x) * 3 + channel] = Math.min(255, Math.max(0, (disc?.colour[channel] ?? ground) - stripe));
      }
    }
  }
  return sharp(pixels, { raw: { width: SCENE_WIDTH_PX, height: SCENE_HEIGHT_PX, channels: 3 } }).resize({ width: widthPx, height: heightPx, fit: 'fill', kernel: 'nearest' });
}

const chanceOf = (seed: number): Chance => createChance(seed * 0x9e3779b1);

const colourOf = (chance: Chance): readonly number[] => [chance() * 255, chance() * 255, chance() * 255].map(Math.floor);

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** One bit a pixel, grey. */
function pngHeader(widthPx: number, heightPx: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header[8] = 1;
  return pngChunk('IHDR', header);
}

export function pngChunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

export function riff(chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...chunks]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from('RIFF', 'latin1'), length, body]);
}

export function riffChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type, 'latin1'), length, data, Buffer.alloc(data.length % 2)]);
}

export function uint24(value: number): Buffer {
  return Buffer.from([value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff]);
}

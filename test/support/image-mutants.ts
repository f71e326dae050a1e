import { crc32 } from 'node:zlib';
import { createChance } from '../../sandbox/seeded-random.js';

/** Whole numbers from 0 up to below `bound`; the same for the same seed. */
export type Dice = (bound: number) => number;

export function diceOf(seed: number): Dice {
  const chance = createChance(seed * 0x9e3779b1);
  return (bound) => Math.floor(chance() * bound);
}

/** A part of a file that has a length of its own. */
interface Part {
  readonly from: number;
  readonly to: number;
  /** Where its length stands, and how. */
  readonly lengthAt: number;
  readonly lengthBytes: 'u16be' | 'u32be' | 'u32le';
}

type Mutator = (file: Buffer, dice: Dice, other: Buffer) => Buffer;

const EXTREMES = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff] as const;

/** What is done to a file; the format is looked at only to reach deeper than its first check. */
export const MUTATORS: Readonly<Record<string, Mutator>> = {
  'bits turned over': (file, dice) => changed(file, (copy) => { for (let times = 1 + dice(8); times > 0; times -= 1) flip(copy, dice(copy.length), dice(8)); }),
  'bits turned over, sums right': (file, dice) => withSums(changed(file, (copy) => { for (let times = 1 + dice(8); times > 0; times -= 1) flip(copy, dice(copy.length), dice(8)); })),
  'bits of the head turned over, sums right': (file, dice) => withSums(changed(file, (copy) => { for (let times = 1 + dice(4); times > 0; times -= 1) flip(copy, 8 + dice(Math.min(56, copy.length)), dice(8)); })),
  'bytes replaced': (file, dice) => changed(file, (copy) => { for (let times = 1 + dice(20); times > 0; times -= 1) copy[dice(copy.length)] = dice(256); }),
  'a stretch of one byte': (file, dice) => withSums(changed(file, (copy) => { const at = dice(copy.length); copy.fill(dice(2) * 255, at, Math.min(copy.length, at + dice(64))); })),
  'cut off': (file, dice) => file.subarray(0, dice(file.length)),
  'a part taken out': (file, dice) => { const at = dice(file.length); return Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + dice(200))]); },
  'a part doubled': (file, dice) => { const at = dice(file.length); const to = at + 1 + dice(400); return Buffer.concat([file.subarray(0, to), file.subarray(at)]); },
  'noise put in': (file, dice) => { const at = dice(file.length); return Buffer.concat([file.subarray(0, at), noise(dice, 1 + dice(100)), file.subarray(at)]); },
  'noise behind it': (file, dice) => Buffer.concat([file, noise(dice, 1 + dice(1000))]),
  'a length that lies': (file, dice) => withLength(file, dice),
  'a chunk doubled': (file, dice) => onPart(file, dice, ({ from, to }) => Buffer.concat([file.subarray(0, to), file.subarray(from)])),
  'a chunk left out': (file, dice) => onPart(file, dice, ({ from, to }) => Buffer.concat([file.subarray(0, from), file.subarray(to)])),
  'a chunk a hundred times': (file, dice) => onPart(file, dice, ({ from, to }) => Buffer.concat([file.subarray(0, to), ...(to - from > 5_000 ? [] : Array<Buffer>(100).fill(file.subarray(from, to))), file.subarray(to)])),
  'a chunk at another place': (file, dice) => onPart(file, dice, ({ from, to }) => { const rest = Buffer.concat([file.subarray(0, from), file.subarray(to)]); const at = dice(rest.length); return Buffer.concat([rest.subarray(0, at), file.subarray(from, to), rest.subarray(at)]); }),
  'the tail of another file': (file, dice, other) => Buffer.concat([file.subarray(0, dice(file.length)), other.subarray(dice(other.length))]),
  'the head of another format': (file, dice, other) => Buffer.concat([other.subarray(0, 4 + dice(30)), file.subarray(4 + dice(30))]),
};

function changed(file: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(file);
  if (copy.length > 0) change(copy);
  return copy;
}

function flip(bytes: Buffer, at: number, bit: number): void {
  if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
}

const noise = (dice: Dice, length: number): Buffer => Buffer.from(Array.from({ length }, () => dice(256)));

function onPart(file: Buffer, dice: Dice, change: (part: Part) => Buffer): Buffer {
  const parts = partsOf(file);
  const part = parts[dice(parts.length)];
  return part === undefined ? file.subarray(0, file.length >> 1) : change(part);
}

function withLength(file: Buffer, dice: Dice): Buffer {
  return onPart(file, dice, ({ lengthAt, lengthBytes }) => changed(file, (copy) => {
    const value = dice(2) === 0 ? (EXTREMES[dice(EXTREMES.length)] ?? 0) : dice(2 * copy.length);
    if (lengthBytes === 'u16be') copy.writeUInt16BE(value & 0xffff, lengthAt);
    else if (lengthBytes === 'u32be') copy.writeUInt32BE(value, lengthAt);
    else copy.writeUInt32LE(value, lengthAt);
  }));
}

function partsOf(file: Buffer): Part[] {
  if (file.readUInt8(0) === 0x89) return pngChunks(file);
  if (file.readUInt8(0) === 0xff) return jpegSegments(file);
  return file.subarray(0, 4).toString('latin1') === 'RIFF' ? riffChunks(file) : [];
}

function pngChunks(file: Buffer): Part[] {
  const parts: Part[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const to = at + 12 + file.readUInt32BE(at);
    parts.push({ from: at, to: Math.min(to, file.length), lengthAt: at, lengthBytes: 'u32be' });
    at = to;
  }
  return parts;
}

function jpegSegments(file: Buffer): Part[] {
  const parts: Part[] = [];
  for (let at = 2; at + 4 <= file.length && file[at] === 0xff; ) {
    const to = at + 2 + file.readUInt16BE(at + 2);
    parts.push({ from: at, to: Math.min(to, file.length), lengthAt: at + 2, lengthBytes: 'u16be' });
    if (file[at + 1] === 0xda) break;
    at = to;
  }
  return parts;
}

function riffChunks(file: Buffer): Part[] {
  const parts: Part[] = [];
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    const to = at + 8 + size + (size % 2);
    parts.push({ from: at, to: Math.min(to, file.length), lengthAt: at + 4, lengthBytes: 'u32le' });
    at = to;
  }
  return parts;
}

/** A PNG whose checksums are those of what it holds, so that the change reaches what lies behind them. */
function withSums(file: Buffer): Buffer {
  if (file[0] !== 0x89) return file;
  return changed(file, (copy) => {
    for (const { from, to } of pngChunks(copy)) if (to - from >= 12) copy.writeUInt32BE(crc32(copy.subarray(from + 4, to - 4)), to - 4);
  });
}

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDecoderPool, type DecoderPool } from '../../../activities/images/decoder-pool.js';
import { BOMBS } from '../../support/image-bombs.js';
import { diceOf, MUTATORS } from '../../support/image-mutants.js';
import { animatedWebp, cmykJpeg, FOREIGN_FILES, greyPng, jpegPicture, rotatedJpeg, webpPicture } from '../../support/pictures.js';
import { pngFile } from '../../support/png-files.js';

const MUTANTS = 10_000;
/** Of the processor: no file may take longer, however busy the machine is. */
const LONGEST_MS = 5_000;
const HIGHEST_KILOBYTES = 512 * 1024;
/** As small as pictures may be: most mutants are through in some milliseconds. */
const SIZE = { widthPx: 256, heightPx: 256 };

async function seedFiles(): Promise<Buffer[]> {
  const png = (['grey', 'rgb', 'palette', 'grey-alpha', 'rgba'] as const).flatMap((colour) => [false, true].map((interlaced) => pngFile({ ...SIZE, colour, depth: 8, interlaced })));
  const deep = [pngFile({ ...SIZE, colour: 'rgba', depth: 16 }), pngFile({ ...SIZE, colour: 'grey', depth: 1 }), pngFile({ ...SIZE, colour: 'palette', depth: 4 }), await greyPng(SIZE)];
  const lossy = [await jpegPicture(SIZE), await jpegPicture({ ...SIZE, seed: 2 }, 30), await cmykJpeg(SIZE), await rotatedJpeg(SIZE), await webpPicture(SIZE), await webpPicture(SIZE, true), await animatedWebp({ ...SIZE, seed: 1 })];
  return [...png, ...deep, ...lossy, ...lossy, ...Object.values(FOREIGN_FILES)];
}

let pool: DecoderPool;
let watch: NodeJS.Timeout;
let highestKilobytes = 0;
const unhandled: unknown[] = [];
const note = (reason: unknown): void => { unhandled.push(reason); };

async function measure(): Promise<void> {
  for (const pid of pool.pids()) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    highestKilobytes = Math.max(highestKilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }
}

beforeAll(() => {
  process.on('unhandledRejection', note);
  pool = createDecoderPool({ processes: 2, limits: { memoryBytes: 500_000_000, cpuMs: LONGEST_MS } });
  watch = setInterval(() => void measure(), 20);
});
afterAll(async () => {
  clearInterval(watch);
  await pool.stop();
  process.off('unhandledRejection', note);
});

/** What became of a file, in one word. */
async function verdictOn(bytes: Buffer): Promise<string> {
  const decoding = await pool.inspect(bytes);
  if (decoding.kind === 'died') return `died: ${decoding.how}`;
  return decoding.result.kind === 'refused' ? decoding.result.problem.code : 'fit';
}

describe('whatever file comes', () => {
  it(`has its verdict, ${MUTANTS} times, and no decoder dies of one`, async () => {
    const seeds = await seedFiles();
    const names = Object.keys(MUTATORS);
    const counts = new Map<string, number>();
    const wrong: unknown[] = [];
    const judge = async (number: number): Promise<void> => {
      const dice = diceOf(number);
      const name = names[number % names.length] ?? '';
      const [file, other] = [seeds[dice(seeds.length)] ?? Buffer.alloc(1), seeds[dice(seeds.length)] ?? Buffer.alloc(1)];
      const verdict = await verdictOn(MUTATORS[name]?.(file, dice, other) ?? file);
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (!/^(fit|IMG_[A-Z_]+)$/.test(verdict)) wrong.push({ number, name, verdict });
    };
    const lane = async (first: number): Promise<void> => {
      for (let number = first; number < MUTANTS; number += 4) await judge(number);
    };
    const before = new Set(pool.pids());
    await Promise.all([0, 1, 2, 3].map(lane));
    await measure();

    process.stdout.write(`${JSON.stringify({ mutants: MUTANTS, ...Object.fromEntries(counts), highestMegabytes: Math.round(highestKilobytes / 1024) })}\n`);

    expect(wrong).toEqual([]);
    expect(unhandled).toEqual([]);
    expect(before.size).toBe(0);
    expect(highestKilobytes).toBeLessThan(HIGHEST_KILOBYTES);
    // The mutants reach every check, not only the first.
    for (const verdict of ['fit', 'IMG_CORRUPT', 'IMG_FORMAT', 'IMG_ANIMATED']) expect([verdict, (counts.get(verdict) ?? 0) > 10]).toEqual([verdict, true]);
  }, 600_000);

  const TOO_LARGE = 'IMG_TOO_MANY_PIXELS';
  it.each([
    ['a JPEG that says 65535 × 65535', 'IMG_CORRUPT'],
    ['a JPEG that says 65500 × 65500', TOO_LARGE],
    ['a JPEG that says 7000 × 7000 and holds 512', 'IMG_CORRUPT'],
    ['a PNG of 16,000 × 16,000', TOO_LARGE],
    ['a PNG that says 2,147,483,647 × 2,147,483,647', 'IMG_CORRUPT'],
    ['a PNG whose pixels go on for 60 MB', 'fit'],
    ['a PNG with a text of 60 MB', 'fit'],
    ['a PNG with a colour profile of 60 MB', 'fit'],
    ['a PNG with 20,000 texts', 'fit'],
    ['a PNG in 50,000 pieces', 'fit'],
    ['an APNG that says 4,294,967,295 frames', 'IMG_ANIMATED'],
    ['a PNG with 1,000 palettes', 'IMG_CORRUPT'],
    ['a WebP of 38 bytes with 16,383 × 16,383 pixels of one colour', TOO_LARGE],
    ['a WebP of 38 bytes with 7,000 × 7,000 pixels of one colour', TOO_LARGE],
    ['a WebP of 38 bytes with 5,000 × 5,000 pixels of one colour', 'fit'],
    ['a WebP whose canvas is 16,777,216 × 16,777,216', 'IMG_CORRUPT'],
    ['a WebP of 2,000 frames', 'IMG_ANIMATED'],
    ['an interlaced PNG of 50 million pixels', TOO_LARGE],
    ['an interlaced PNG of 33 million pixels', 'fit'],
    ['a PNG of 50 million pixels of 16 bits', 'fit'],
  ])('bears %s: %s', async (name, verdict) => {
    const bytes = await BOMBS[name]?.();
    highestKilobytes = 0;
    expect(await verdictOn(bytes ?? Buffer.alloc(0))).toBe(verdict);
    await measure();
    expect(highestKilobytes).toBeLessThan(HIGHEST_KILOBYTES);
  }, 120_000);
});

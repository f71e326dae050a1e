import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { differenceHash, findLookalike, hashDistance, laplacianVariance } from '../../domain/image-likeness.js';

const picture = (widthPx: number, heightPx: number, at: (x: number, y: number) => number) => ({
  widthPx, heightPx, pixels: Uint8Array.from({ length: widthPx * heightPx }, (_, index) => at(index % widthPx, Math.floor(index / widthPx))),
});

describe('the difference hash', () => {
  it('has a bit for each cell that is darker than its right neighbour', () => {
    expect(differenceHash(picture(90, 80, (x) => x))).toBe('ffffffffffffffff');
    expect(differenceHash(picture(90, 80, (x) => 255 - x))).toBe('0000000000000000');
    expect(differenceHash(picture(90, 80, (x, y) => (y < 40 ? x : 255 - x)))).toBe('ffffffff00000000');
  });

  it('does not follow faint noise on an even surface', () => {
    expect(differenceHash(picture(90, 80, (x, y) => 100 + ((x * 7 + y * 3) % 2)))).toBe(differenceHash(picture(90, 80, (x, y) => 100 + ((x * 3 + y * 5) % 2))));
  });

  it('is the same at half the size', () => {
    const scene = (scale: number) => picture(180 / scale, 160 / scale, (x, y) => 128 + 100 * Math.sin((x * scale) / 20) * Math.cos((y * scale) / 30));
    expect(hashDistance(differenceHash(scene(1)), differenceHash(scene(2)))).toBeLessThanOrEqual(4);
  });

  it('counts the bits in which two differ', () => {
    expect(hashDistance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(hashDistance('8000000000000001', '0000000000000000')).toBe(2);
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 0, max: 63 }), (bits, flip) => {
      const hex = (value: bigint): string => value.toString(16).padStart(16, '0');
      return hashDistance(hex(bits), hex(bits)) === 0 && hashDistance(hex(bits), hex(bits ^ (1n << BigInt(flip)))) === 1;
    }));
  });

  it('finds a lookalike up to a distance of 4', () => {
    const others = [{ dHash: 'ffffffffffffffff', fileName: 'far' }, { dHash: '000000000000001f', fileName: 'five' }, { dHash: '000000000000000f', fileName: 'four' }];
    expect(findLookalike('0000000000000000', others)?.fileName).toBe('four');
    expect(findLookalike('0000000000000000', others.slice(0, 2))).toBeNull();
  });
});

describe('the blur measure', () => {
  it('is 0 on an even surface, low on a slope and high on edges', () => {
    expect(laplacianVariance(picture(64, 64, () => 90))).toBe(0);
    expect(laplacianVariance(picture(64, 64, (x) => x))).toBeCloseTo(0);
    expect(laplacianVariance(picture(64, 64, (x) => (Math.floor(x / 8) % 2 === 0 ? 0 : 200)))).toBeGreaterThan(1000);
  });

  it('is 0 on what is too small to have edges', () => {
    expect(laplacianVariance(picture(2, 2, (x) => x * 255))).toBe(0);
  });
});

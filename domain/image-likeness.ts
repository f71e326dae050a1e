/** Brightness of a picture's pixels, one byte each, row by row. */
export interface GreyPicture {
  readonly pixels: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

const HASH_COLUMNS = 9;
const HASH_ROWS = 8;

/** Up to this distance two pictures are the same to the eye; scaling, recompression and brightness stay below, a crop of 10 % does not. */
const NEAR_DUPLICATE_MAX_DISTANCE = 4;

/**
 * The 64-bit difference hash as 16 hex digits: the picture is averaged to 9 × 8 cells, and each bit says whether
 * a cell is darker than its right neighbour. Each side must be at least 9 px.
 */
export function differenceHash(grey: GreyPicture): string {
  const cells = averageCells(grey);
  let hex = '';
  for (let row = 0; row < HASH_ROWS; row += 1) {
    let byte = 0;
    for (let column = 0; column < HASH_COLUMNS - 1; column += 1) {
      const at = row * HASH_COLUMNS + column;
      byte = byte * 2 + ((cells[at] ?? 0) < (cells[at + 1] ?? 0) ? 1 : 0);
    }
    hex += byte.toString(16).padStart(2, '0');
  }
  return hex;
}

function averageCells({ pixels, widthPx, heightPx }: GreyPicture): number[] {
  const cells: number[] = [];
  for (let row = 0; row < HASH_ROWS; row += 1) {
    const [top, bottom] = [Math.floor((row * heightPx) / HASH_ROWS), Math.floor(((row + 1) * heightPx) / HASH_ROWS)];
    for (let column = 0; column < HASH_COLUMNS; column += 1) {
      const [left, right] = [Math.floor((column * widthPx) / HASH_COLUMNS), Math.floor(((column + 1) * widthPx) / HASH_COLUMNS)];
      let sum = 0;
      for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) sum += pixels[y * widthPx + x] ?? 0;
      // Rounded, or noise far below what is seen would decide the bits of an even surface.
      cells.push(Math.round(sum / ((bottom - top) * (right - left))));
    }
  }
  return cells;
}

/** In how many of the 64 bits two difference hashes differ. */
export function hashDistance(a: string, b: string): number {
  let differing = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  let distance = 0;
  for (; differing > 0n; differing >>= 1n) distance += Number(differing & 1n);
  return distance;
}

/** Variance of the Laplacian: how much edges stand out. Comparable only between pictures of about one size. */
export function laplacianVariance({ pixels, widthPx, heightPx }: GreyPicture): number {
  let sum = 0;
  let sumOfSquares = 0;
  const count = (widthPx - 2) * (heightPx - 2);
  if (count <= 0) return 0;
  const at = (index: number): number => pixels[index] ?? 0;
  for (let y = 1; y < heightPx - 1; y += 1) {
    for (let x = 1; x < widthPx - 1; x += 1) {
      const here = y * widthPx + x;
      const laplacian = at(here - 1) + at(here + 1) + at(here - widthPx) + at(here + widthPx) - 4 * at(here);
      sum += laplacian;
      sumOfSquares += laplacian * laplacian;
    }
  }
  const mean = sum / count;
  return sumOfSquares / count - mean * mean;
}

/** The first of `others` that looks the same as `dHash`. */
export function findLookalike<Other extends { readonly dHash: string }>(dHash: string, others: readonly Other[]): Other | null {
  return others.find((other) => hashDistance(dHash, other.dHash) <= NEAR_DUPLICATE_MAX_DISTANCE) ?? null;
}

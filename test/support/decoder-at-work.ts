import { readFile } from 'node:fs/promises';
import type { DecoderPool } from '../../activities/images/decoder-pool.js';
import { eventually } from './eventually.js';
import { pngFile } from './png-files.js';

/** Within the limits, held in memory as a whole, and work for a second. */
export const HEAVY_PICTURE = pngFile({ colour: 'rgb', depth: 8, interlaced: true, widthPx: 5700, heightPx: 5700, blank: true });
export const HEAVY_IN_WORK_BYTES = 190e6;

export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // It has ended.
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** The process that is in the middle of the heavy picture. */
export function decoderAtWork(pool: Pick<DecoderPool, 'pids'>, deadlineMs = 30_000): Promise<number> {
  return eventually(async () => {
    for (const pid of pool.pids()) if ((await residentBytes(pid)) > HEAVY_IN_WORK_BYTES) return pid;
    throw new Error('Expected a decoder to be at work.');
  }, deadlineMs, 2);
}

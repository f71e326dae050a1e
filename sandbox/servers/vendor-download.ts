import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunProgram } from './run-program.js';
import { failureOf } from './sources.js';

const FIRST_BYTE_LIMIT_MS = 15_000;
const STALL_LIMIT_MS = 30_000;
const MEBIBYTE = 1024 ** 2;

/**
 * Runs one of the download programs beside this file, whose work is done by the vendor's own client, and stops it when nothing
 * arrives: offline machines must find out soon.
 *
 * @returns why it failed, or undefined
 */
export async function vendorDownload(
  script: readonly [file: string, ...args: string[]],
  folder: string,
  env: Readonly<Record<string, string>>,
  run: RunProgram,
  progress: (detail: string) => void,
): Promise<string | undefined> {
  const watch = watchGrowth(folder, progress);
  const [file, ...rest] = script;
  const args = ['--import', 'tsx', fileURLToPath(new URL(file, import.meta.url)), folder, ...rest];
  try {
    return await failureOf(run, process.execPath, args, { env, reasonToStop: watch.reasonToStop });
  } finally {
    watch.stop();
  }
}

function watchGrowth(folder: string, progress: (detail: string) => void): { reasonToStop: () => string | undefined; stop: () => void } {
  let sizeBytes = 0;
  let grewAt = Date.now();
  const look = async (): Promise<void> => {
    const now = await folderSize(folder);
    if (now === sizeBytes) return;
    sizeBytes = now;
    grewAt = Date.now();
    progress(`${Math.round(now / MEBIBYTE)} MiB`);
  };
  const timer = setInterval(() => void look(), 500);
  return {
    reasonToStop: () => {
      const limitMs = sizeBytes === 0 ? FIRST_BYTE_LIMIT_MS : STALL_LIMIT_MS;
      return Date.now() - grewAt > limitMs ? `nothing arrived for ${limitMs / 1000} s` : undefined;
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}

async function folderSize(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []); // It may be gone: the download has ended.
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).then((entry) => entry.size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

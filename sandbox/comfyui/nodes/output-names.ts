import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isWithin } from '../folders.js';
import { PythonError } from '../running-job.js';

export interface OutputPlace {
  dir: string;
  /** Relative to the output folder. */
  subfolder: string;
  base: string;
  counter: number;
}

/**
 * Where ComfyUI writes a file of this prefix, with its counter rule: the counter is one more than the largest *first number* after
 * the prefix. In `lora_20_steps_00001_` that number is the step count, so the third run of one prefix overwrites the second.
 */
export function outputPlace(prefix: string, outputDir: string): OutputPlace {
  const expanded = path.normalize(expandMacros(prefix));
  const base = path.basename(expanded);
  const subfolder = path.dirname(expanded) === '.' ? '' : path.dirname(expanded);
  const dir = path.join(outputDir, subfolder);
  if (path.isAbsolute(subfolder) || !isWithin(outputDir, dir)) {
    throw new PythonError('Exception', '**** ERROR: Saving image outside the output folder is not allowed.');
  }
  mkdirSync(dir, { recursive: true });
  const numbers = readdirSync(dir)
    .filter((name) => name.startsWith(`${base}_`))
    .map((name) => Number.parseInt(name.slice(base.length + 1).split('_')[0] ?? '', 10) || 0);
  return { dir, subfolder, base, counter: Math.max(0, ...numbers) + 1 };
}

export function paddedCounter(counter: number): string {
  return String(counter).padStart(5, '0');
}

function expandMacros(prefix: string): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  return prefix
    .replaceAll('%year%', String(now.getFullYear()))
    .replaceAll('%month%', two(now.getMonth() + 1))
    .replaceAll('%day%', two(now.getDate()))
    .replaceAll('%hour%', two(now.getHours()))
    .replaceAll('%minute%', two(now.getMinutes()))
    .replaceAll('%second%', two(now.getSeconds()));
}

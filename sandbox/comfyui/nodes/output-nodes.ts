import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { loraFile } from '../lora-file.js';
import { PythonError } from '../running-job.js';
import type { LossMap, NodeResult, NodeRun, TrainedLora } from './node-run.js';
import { textInput } from './node-run.js';
import { outputPlace, paddedCounter } from './output-names.js';

const DEFAULT_KEPT_PART = 0.6;

/** Writes the LoRA; leaves no word of it in outputs, frames or history. */
export async function saveLora(run: NodeRun): Promise<NodeResult> {
  const { job } = run;
  const place = outputPlace(textInput(run, 'prefix'), run.folders.pathOf('output'));
  const steps = run.inputs['steps'];
  const middle = typeof steps === 'number' ? `_${steps}_steps` : '';
  const name = `${place.base}${middle}_${paddedCounter(place.counter)}_.safetensors`;
  const behaviour = job.scenario?.behaviour;
  if (behaviour?.kind === 'no-file') return { outputs: [] };

  const whole = loraFile(run.inputs['lora'] as TrainedLora);
  const bytes = behaviour?.kind === 'truncated' ? whole.subarray(0, Math.floor(whole.length * (behaviour.keep ?? DEFAULT_KEPT_PART))) : whole;
  await writeFile(path.join(place.dir, name), bytes);
  job.record.file = {
    path: path.posix.join(place.subfolder, name),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
  };
  return { outputs: [] };
}

const PLOT = { widthPx: 800, heightPx: 500 };

/** The curve as black dots on white. From raw pixels: a process that also takes in pictures refuses to read drawings. */
function plotOf(losses: readonly number[], low: number, high: number): Uint8Array {
  const pixels = new Uint8Array(PLOT.widthPx * PLOT.heightPx).fill(255);
  for (let x = 0; x < PLOT.widthPx; x += 1) {
    const loss = losses[Math.floor((x / PLOT.widthPx) * losses.length)] ?? low;
    const y = Math.round((1 - (loss - low) / (high - low)) * (PLOT.heightPx - 1));
    pixels[y * PLOT.widthPx + x] = 0;
  }
  return pixels;
}

/** Draws the loss into `temp/`; fails the whole prompt on a NaN or constant loss, as the real node does. */
export async function lossGraph(run: NodeRun): Promise<NodeResult> {
  const { losses } = run.inputs['loss'] as LossMap;
  if (losses.some(Number.isNaN)) throw new PythonError('ValueError', 'cannot convert float NaN to integer');
  const low = Math.min(...losses);
  const high = Math.max(...losses);
  if (high === low) throw new PythonError('ZeroDivisionError', 'float division by zero');

  const place = outputPlace(textInput(run, 'filename_prefix'), run.folders.pathOf('temp'));
  const filename = `${place.base}_${paddedCounter(place.counter)}_.png`;
  await writeFile(path.join(place.dir, filename), await sharp(plotOf(losses, low, high), { raw: { width: PLOT.widthPx, height: PLOT.heightPx, channels: 1 } }).png().toBuffer());
  return { outputs: [], ui: { images: [{ filename, subfolder: place.subfolder, type: 'temp' }] } };
}

import { createHash } from 'node:crypto';
import { createChance, type Chance } from '../seeded-random.js';
import { loraModules, normModules, unetFamilyOf } from './lora-modules.js';
import type { TrainedLora } from './nodes/node-run.js';

/** Values per matrix: keeps a file at a few megabytes whatever its rank. */
const MATRIX_VALUES = 8192;
const NOTICE = 'Simulated: written by the ComfyUI stand-in of Trainyard. Nothing was trained; the weights are pseudo-random.';

/** Random values made per file; tensors are copied from stretches of them, as a file's million values take too long one by one. */
const POOL_VALUES = 65_536;

type Content = 'random' | 'one' | 'zero' | 'nan';

interface Tensor {
  name: string;
  shape: number[];
  content: Content;
}

/**
 * A LoRA file in safetensors layout with ComfyUI's key names. The weights follow from `seedText` alone.
 * Unlike the real `SaveLoRA`, which writes no `__metadata__`, it says there that it is simulated.
 */
export function loraFile(lora: TrainedLora): Buffer {
  const tensors = tensorsOf(lora);
  const bytesPerValue = lora.dtype === 'fp32' ? 4 : 2;
  const header: Record<string, unknown> = { __metadata__: { simulated: 'true', notice: NOTICE } };
  let offset = 0;
  for (const tensor of tensors) {
    const end = offset + valuesOf(tensor) * bytesPerValue;
    header[tensor.name] = { dtype: lora.dtype === 'fp32' ? 'F32' : 'BF16', shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = JSON.stringify(header);
  const headerBytes = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const file = Buffer.alloc(8 + headerBytes.length + offset);
  file.writeBigUInt64LE(BigInt(headerBytes.length), 0);
  headerBytes.copy(file, 8);

  const data = file.subarray(8 + headerBytes.length);
  const random = chanceOf(lora.seedText);
  const pool = encoded(
    // Never zero, so that no check for empty weights can pass or fail by chance.
    Array.from({ length: POOL_VALUES }, () => (random() < 0.5 ? -1 : 1) * (0.0005 + random() * 0.02)),
    lora.dtype,
  );
  let at = 0;
  for (const tensor of tensors) {
    const size = valuesOf(tensor) * bytesPerValue;
    fillTensor(data.subarray(at, at + size), tensor.content, { pool, random, dtype: lora.dtype });
    at += size;
  }
  return file;
}

function tensorsOf(lora: TrainedLora): Tensor[] {
  const family = unetFamilyOf(lora.checkpoint);
  const width = Math.max(32, Math.floor(MATRIX_VALUES / lora.rank / 8) * 8);
  const down = lora.flaw === 'nan' ? 'nan' : 'random';
  const up = lora.flaw === 'zero-weights' ? 'zero' : down;
  const tensors: Tensor[] = [];
  for (const module of loraModules(family)) {
    const key = `diffusion_model.${module}`;
    tensors.push({ name: `${key}.lora_up.weight`, shape: [width, lora.rank], content: up });
    tensors.push({ name: `${key}.lora_down.weight`, shape: [lora.rank, width], content: down });
    tensors.push({ name: `${key}.alpha`, shape: [], content: 'one' });
  }
  for (const module of normModules(family)) {
    const key = `diffusion_model.${module}`;
    tensors.push({ name: `${key}.diff`, shape: [width], content: up });
    tensors.push({ name: `${key}.diff_b`, shape: [width], content: up });
  }
  return tensors;
}

interface Source {
  pool: Buffer;
  random: () => number;
  dtype: TrainedLora['dtype'];
}

function fillTensor(target: Buffer, content: Content, { pool, random, dtype }: Source): void {
  if (content === 'zero') return;
  if (content !== 'random') {
    target.fill(encoded([content === 'one' ? 1 : Number.NaN], dtype));
    return;
  }
  const bytesPerValue = pool.length / POOL_VALUES;
  const start = Math.floor(random() * (POOL_VALUES - target.length / bytesPerValue)) * bytesPerValue;
  pool.copy(target, 0, start, start + target.length);
}

function valuesOf(tensor: Tensor): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

function encoded(values: number[], dtype: TrainedLora['dtype']): Buffer {
  const singles = Buffer.from(new Float32Array(values).buffer);
  if (dtype === 'fp32') return singles;
  const halves = Buffer.alloc(values.length * 2);
  // bf16 is the upper half of a little-endian single.
  for (let index = 0; index < values.length; index += 1) singles.copy(halves, index * 2, index * 4 + 2, index * 4 + 4);
  return halves;
}

/** Follows from the text. */
function chanceOf(seedText: string): Chance {
  return createChance(createHash('sha256').update(seedText).digest().readUInt32LE(0));
}

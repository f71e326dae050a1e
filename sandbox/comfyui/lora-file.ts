import { createHash } from 'node:crypto';
import { loraModules, normModules, unetFamilyOf } from './lora-modules.js';
import type { TrainedLora } from './nodes/node-run.js';

/** Values per matrix: keeps a file at a few megabytes whatever its rank. */
const MATRIX_VALUES = 8192;
const NOTICE = 'Simulated: written by the ComfyUI stand-in of Trainyard. Nothing was trained; the weights are pseudo-random.';

interface Tensor {
  name: string;
  shape: number[];
  fill: (random: () => number) => number;
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

  const random = pseudoRandom(lora.seedText);
  let at = 8 + headerBytes.length;
  for (const tensor of tensors) {
    for (let count = valuesOf(tensor); count > 0; count -= 1) {
      writeValue(file, at, tensor.fill(random), lora.dtype);
      at += bytesPerValue;
    }
  }
  return file;
}

function tensorsOf(lora: TrainedLora): Tensor[] {
  const family = unetFamilyOf(lora.checkpoint);
  const width = Math.max(32, Math.floor(MATRIX_VALUES / lora.rank / 8) * 8);
  const trained = weightFill(lora);
  const learned = lora.flaw === 'zero-weights' ? () => 0 : trained;
  const tensors: Tensor[] = [];
  for (const module of loraModules(family)) {
    const key = `diffusion_model.${module}`;
    tensors.push({ name: `${key}.lora_up.weight`, shape: [width, lora.rank], fill: learned });
    tensors.push({ name: `${key}.lora_down.weight`, shape: [lora.rank, width], fill: trained });
    tensors.push({ name: `${key}.alpha`, shape: [], fill: () => 1 });
  }
  for (const module of normModules(family)) {
    const key = `diffusion_model.${module}`;
    tensors.push({ name: `${key}.diff`, shape: [width], fill: learned });
    tensors.push({ name: `${key}.diff_b`, shape: [width], fill: learned });
  }
  return tensors;
}

function weightFill(lora: TrainedLora): (random: () => number) => number {
  if (lora.flaw === 'nan') return () => Number.NaN;
  // Never zero, so that no check for empty weights can pass or fail by chance.
  return (random) => (random() < 0.5 ? -1 : 1) * (0.0005 + random() * 0.02);
}

function valuesOf(tensor: Tensor): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

function writeValue(file: Buffer, at: number, value: number, dtype: TrainedLora['dtype']): void {
  if (dtype === 'fp32') {
    file.writeFloatLE(value, at);
    return;
  }
  SINGLE.setFloat32(0, value);
  file.writeUInt16LE(SINGLE.getUint16(0), at);
}

/** bf16 is the upper half of a single. */
const SINGLE = new DataView(new ArrayBuffer(4));

/** Numbers in [0, 1) that follow from the text (mulberry32). */
function pseudoRandom(seedText: string): () => number {
  let state = createHash('sha256').update(seedText).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

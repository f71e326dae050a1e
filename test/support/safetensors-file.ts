export interface TensorDraft {
  readonly name: string;
  readonly dtype: 'F16' | 'BF16' | 'F32' | 'F64';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** A file in safetensors layout with exactly these numbers. */
export function safetensorsFile(tensors: readonly TensorDraft[], metadata?: Readonly<Record<string, string>>): Buffer {
  const parts = tensors.map((tensor) => Buffer.concat(tensor.values.map((value) => ENCODE[tensor.dtype](value))));
  let at = 0;
  const entries = tensors.map(({ name, dtype, shape }, index) => {
    const start = at;
    at += parts[index]?.byteLength ?? 0;
    return [name, { dtype, shape, data_offsets: [start, at] }] as const;
  });
  const json = Buffer.from(JSON.stringify({ ...(metadata === undefined ? {} : { __metadata__: metadata }), ...Object.fromEntries(entries) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  return Buffer.concat([length, json, ...parts]);
}

/** A small LoRA of two modules; every number of a half is the one given. */
export function loraFile(options: {
  readonly rank: number;
  readonly up?: number;
  readonly down?: number;
  readonly diff?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}): Buffer {
  const { rank, up = 0.25, down = 0.5, diff = 0.125, metadata } = options;
  const tensors = ['to_q', 'to_k'].flatMap((module): TensorDraft[] => [
    { name: `diffusion_model.${module}.lora_up.weight`, dtype: 'BF16', shape: [8, rank], values: filled(8 * rank, up) },
    { name: `diffusion_model.${module}.lora_down.weight`, dtype: 'BF16', shape: [rank, 8], values: filled(8 * rank, down) },
    { name: `diffusion_model.${module}.alpha`, dtype: 'BF16', shape: [], values: [1] },
    { name: `diffusion_model.${module}.diff_b`, dtype: 'F32', shape: [2], values: filled(2, diff) },
  ]);
  return safetensorsFile(tensors, metadata);
}

function filled(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}

const ENCODE: Record<TensorDraft['dtype'], (value: number) => Buffer> = {
  F64: (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  },
  F32: (value) => single(value),
  // The upper half of a single is a BF16; truncation is close enough here.
  BF16: (value) => single(value).subarray(2),
  F16: (value) => {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(half(value));
    return bytes;
  },
};

function single(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function half(value: number): number {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0;
  if (Number.isNaN(value)) return 0x7e00;
  if (!Number.isFinite(value)) return sign | 0x7c00;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | Math.round((size / 2 ** exponent - 1) * 1024);
}

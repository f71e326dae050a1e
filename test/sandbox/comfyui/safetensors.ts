export interface ReadTensor {
  dtype: string;
  shape: number[];
  values: number[];
}

export interface ReadLora {
  tensors: Map<string, ReadTensor>;
  metadata: Record<string, string>;
  sizeBytes: number;
}

/** Reads a safetensors file strictly: offsets gapless, sizes matching shapes, nothing left over. */
export function readLora(file: Buffer): ReadLora {
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString('utf8')) as Record<string, Record<string, unknown>>;
  const data = file.subarray(8 + headerLength);
  const tensors = new Map<string, ReadTensor>();
  let expected = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = entry as unknown as { dtype: string; shape: number[]; data_offsets: [number, number] };
    const width = dtype === 'F32' ? 4 : 2;
    const count = shape.reduce((product, size) => product * size, 1);
    if (offsets[0] !== expected || offsets[1] - offsets[0] !== count * width) throw new Error(`Offsets of ${name} do not fit its shape.`);
    expected = offsets[1];
    const bytes = data.subarray(...offsets);
    tensors.set(name, { dtype, shape, values: Array.from({ length: count }, (_, index) => valueAt(bytes, index, width)) });
  }
  if (expected !== data.length) throw new Error(`Expected ${expected} bytes of tensors, found ${data.length}.`);
  return { tensors, metadata: (header['__metadata__'] ?? {}) as Record<string, string>, sizeBytes: file.length };
}

function valueAt(bytes: Buffer, index: number, width: number): number {
  if (width === 4) return bytes.readFloatLE(index * 4);
  const single = Buffer.alloc(4);
  single.writeUInt16BE(bytes.readUInt16LE(index * 2), 0);
  return single.readFloatBE(0);
}

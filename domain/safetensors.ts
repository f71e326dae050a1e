/** One tensor of a safetensors file; `start` and `end` count bytes from the beginning of the data part. */
export interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** Bytes before the data part: the eight of the length and the header itself. */
  readonly sizeBytes: number;
  /** In the order of their data. */
  readonly tensors: readonly Tensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

export type HeaderReading = { readonly kind: 'ok'; readonly header: SafetensorsHeader } | { readonly kind: 'invalid'; readonly problem: string };

/** The format starts with the header's length as an unsigned 64-bit little-endian number. */
export const LENGTH_BYTES = 8;
/** The format's own limit. */
const HEADER_MAX_BYTES = 100_000_000;

const BITS_OF_DTYPE: Readonly<Record<string, number>> = {
  BOOL: 8, U8: 8, I8: 8, F8_E4M3: 8, F8_E5M2: 8, I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, I64: 64, U64: 64, F64: 64,
};

/** How long the header is, from the first eight bytes of a file; null when the file cannot hold such a header. */
export function headerLengthOf(firstBytes: Uint8Array, fileSizeBytes: number): number | null {
  if (firstBytes.byteLength < LENGTH_BYTES) return null;
  const view = new DataView(firstBytes.buffer, firstBytes.byteOffset, LENGTH_BYTES);
  const length = view.getBigUint64(0, true);
  if (length < 2n || length > BigInt(HEADER_MAX_BYTES) || length > BigInt(Math.max(0, fileSizeBytes - LENGTH_BYTES))) return null;
  return Number(length);
}

/**
 * Reads a header and checks it against the size of its file: known dtypes, shapes that fit their bytes,
 * and data that covers the rest of the file without gap or overlap.
 */
export function readHeader(json: Uint8Array, fileSizeBytes: number): HeaderReading {
  const entries = parseObject(json);
  if (entries === null) return { kind: 'invalid', problem: 'the header is not a JSON object' };
  const { __metadata__: metadata = {}, ...described } = entries;
  if (!isTextRecord(metadata)) return { kind: 'invalid', problem: '__metadata__ is not a map of texts' };

  const tensors: Tensor[] = [];
  for (const [name, description] of Object.entries(described)) {
    const tensor = tensorFrom(name, description);
    if (tensor === null) return { kind: 'invalid', problem: `tensor "${name}" is not described as the format wants it` };
    tensors.push(tensor);
  }
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);

  const sizeBytes = LENGTH_BYTES + json.byteLength;
  const problem = layoutProblem(tensors, fileSizeBytes - sizeBytes);
  return problem === null ? { kind: 'ok', header: { sizeBytes, tensors, metadata } } : { kind: 'invalid', problem };
}

/** The bytes before the data part of the same tensors with other metadata; what follows them in the file stays as it is. */
export function buildHeader(header: SafetensorsHeader, metadata: Readonly<Record<string, string>>): Uint8Array {
  const described: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, dtype, shape, start, end } of header.tensors) described[name] = { dtype, shape, data_offsets: [start, end] };
  const json = new TextEncoder().encode(JSON.stringify(described));
  // Readers map the data into memory: padding with spaces keeps it aligned to eight bytes.
  const padded = Math.ceil(json.byteLength / LENGTH_BYTES) * LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

function layoutProblem(tensors: readonly Tensor[], dataBytes: number): string | null {
  let position = 0;
  for (const tensor of tensors) {
    const bits = BITS_OF_DTYPE[tensor.dtype];
    if (bits === undefined) return `tensor "${tensor.name}" has the unknown dtype ${tensor.dtype}`;
    const expected = (tensor.shape.reduce((product, side) => product * side, 1) * bits) / 8;
    if (tensor.end - tensor.start !== expected) return `tensor "${tensor.name}" takes ${tensor.end - tensor.start} bytes, its shape needs ${expected}`;
    if (tensor.start !== position) return `the data of tensor "${tensor.name}" starts at ${tensor.start}, expected ${position}`;
    position = tensor.end;
  }
  return position === dataBytes ? null : `the tensors take ${position} bytes, the file holds ${dataBytes}`;
}

function tensorFrom(name: string, description: unknown): Tensor | null {
  if (typeof description !== 'object' || description === null) return null;
  const { dtype, shape, data_offsets: offsets } = description as Record<string, unknown>;
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets)) return null;
  const [start, end, ...rest] = offsets;
  if (start === undefined || end === undefined || rest.length > 0 || end < start) return null;
  return { name, dtype, shape, start, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && Number(item) >= 0);
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string');
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | null {
  const text = new TextDecoder().decode(bytes);
  // What is not UTF-8 decodes to this character, and no tensor is named with it.
  if (text.includes('\uFFFD')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

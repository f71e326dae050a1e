import type { SafetensorsHeader, Tensor } from './safetensors.js';

/** What the numbers of a file are like, by tensor. */
export interface ScanResult {
  /** Tensors that hold a NaN or an infinity. */
  readonly notNumbers: readonly string[];
  /** Tensors with at least one value that is not zero. Integers count as values, whatever they mean. */
  readonly nonZero: ReadonlySet<string>;
  /** Bytes of the data part that never came. */
  readonly missingBytes: number;
}

export interface TensorScan {
  /** Takes the next bytes of the data part, in order; pieces may be cut anywhere. */
  push(bytes: Uint8Array): void;
  result(): ScanResult;
}

/** Bytes a number takes, and its exponent bits in the highest two of them: all set means NaN or infinity. */
const FLOATS: Readonly<Record<string, { readonly bytes: number; readonly exponent: number }>> = {
  BF16: { bytes: 2, exponent: 0x7f80 },
  F16: { bytes: 2, exponent: 0x7c00 },
  F32: { bytes: 4, exponent: 0x7f80 },
  F64: { bytes: 8, exponent: 0x7ff0 },
};

/** Looks at every number of a file as its bytes come by, in bounded memory. */
export function createTensorScan(header: SafetensorsHeader): TensorScan {
  const tensors = header.tensors.filter((tensor) => tensor.end > tensor.start);
  const notNumbers = new Set<string>();
  const nonZero = new Set<string>();
  const cut = new Uint8Array(8);
  let cutBytes = 0;
  let index = 0;
  let position = 0;

  function scanWithin(tensor: Tensor, bytes: Uint8Array): void {
    const float = FLOATS[tensor.dtype];
    if (float === undefined) {
      if (bytes.some((byte) => byte !== 0)) nonZero.add(tensor.name);
      return;
    }
    let rest = bytes;
    if (cutBytes > 0) {
      const wanted = Math.min(float.bytes - cutBytes, rest.byteLength);
      cut.set(rest.subarray(0, wanted), cutBytes);
      cutBytes += wanted;
      rest = rest.subarray(wanted);
      if (cutBytes < float.bytes) return;
      look(tensor, cut.subarray(0, float.bytes), float);
      cutBytes = 0;
    }
    const whole = rest.byteLength - (rest.byteLength % float.bytes);
    look(tensor, rest.subarray(0, whole), float);
    cutBytes = rest.byteLength - whole;
    cut.set(rest.subarray(whole), 0);
  }

  function look(tensor: Tensor, bytes: Uint8Array, float: { bytes: number; exponent: number }): void {
    const seen = float.bytes === 2 ? lookAtHalves(bytes, float.exponent) : lookAtWords(bytes, float);
    if (seen.notNumber) notNumbers.add(tensor.name);
    if (seen.nonZero) nonZero.add(tensor.name);
  }

  return {
    push(bytes) {
      let rest = bytes;
      while (rest.byteLength > 0) {
        const tensor = tensors[index];
        if (tensor === undefined) return;
        const piece = rest.subarray(0, tensor.end - position);
        scanWithin(tensor, piece);
        position += piece.byteLength;
        rest = rest.subarray(piece.byteLength);
        if (position === tensor.end) index += 1;
      }
    },
    result: () => ({ notNumbers: [...notNumbers], nonZero, missingBytes: (tensors.at(-1)?.end ?? 0) - position }),
  };
}

interface Seen {
  notNumber: boolean;
  nonZero: boolean;
}

function lookAtHalves(bytes: Uint8Array, exponent: number): Seen {
  let any = 0;
  let notNumber = false;
  for (let i = 0; i < bytes.byteLength; i += 2) {
    const value = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8);
    any |= value;
    if ((value & exponent) === exponent) notNumber = true;
  }
  return { notNumber, nonZero: (any & 0x7fff) !== 0 };
}

function lookAtWords(bytes: Uint8Array, float: { bytes: number; exponent: number }): Seen {
  let low = 0;
  let high = 0;
  let notNumber = false;
  for (let i = 0; i < bytes.byteLength; i += float.bytes) {
    const last = i + float.bytes;
    const top = (bytes[last - 2] ?? 0) | ((bytes[last - 1] ?? 0) << 8);
    high |= top;
    if ((top & float.exponent) === float.exponent) notNumber = true;
    for (let j = i; j < last - 2; j += 1) low |= bytes[j] ?? 0;
  }
  return { notNumber, nonZero: low !== 0 || (high & 0x7fff) !== 0 };
}

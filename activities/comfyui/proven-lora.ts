import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { effectProblem, loraShapeProblem } from '../../domain/lora-weights.js';
import { buildHeader, headerLengthOf, LENGTH_BYTES, readHeader, type HeaderReading, type SafetensorsHeader } from '../../domain/safetensors.js';
import { createTensorScan } from '../../domain/tensor-scan.js';

export type LoraProof =
  | { readonly kind: 'proven'; readonly header: SafetensorsHeader; readonly sha256: string }
  | { readonly kind: 'corrupt'; readonly problem: string }
  | { readonly kind: 'without-effect'; readonly problem: 'not-a-number' | 'all-zero' };

const PIECE_BYTES = 1024 * 1024;

/** Reads a fetched file once, from its first to its last number, and says whether it is the LoRA that was ordered. */
export async function proveLora(path: string, sizeBytes: number, expectedRank: number): Promise<LoraProof> {
  const reading = await headerOf(path, sizeBytes);
  if (reading.kind === 'invalid') return { kind: 'corrupt', problem: reading.problem };
  const { header } = reading;
  const shape = loraShapeProblem(header, expectedRank);
  if (shape !== null) return { kind: 'corrupt', problem: shape };

  const hash = createHash('sha256');
  const scan = createTensorScan(header);
  let position = 0;
  for await (const piece of piecesOf(path, 0)) {
    hash.update(piece);
    const inHeader = Math.max(0, Math.min(piece.byteLength, header.sizeBytes - position));
    scan.push(piece.subarray(inHeader));
    position += piece.byteLength;
  }
  const result = scan.result();
  if (result.missingBytes > 0) return { kind: 'corrupt', problem: `${result.missingBytes} bytes of the tensors are missing` };
  const effect = effectProblem(header, result);
  if (effect !== null) return { kind: 'without-effect', problem: effect };
  return { kind: 'proven', header, sha256: hash.digest('hex') };
}

/** The same tensors with more metadata in the header, as a stream; nothing but the header changes. */
export async function* withMetadata(path: string, header: SafetensorsHeader, metadata: Readonly<Record<string, string>>): AsyncGenerator<Uint8Array> {
  yield buildHeader(header, { ...header.metadata, ...metadata });
  yield* piecesOf(path, header.sizeBytes);
}

async function headerOf(path: string, sizeBytes: number): Promise<HeaderReading> {
  const file = await open(path, 'r');
  try {
    const first = new Uint8Array(LENGTH_BYTES);
    const { bytesRead } = await file.read(first, 0, LENGTH_BYTES, 0);
    const length = headerLengthOf(first.subarray(0, bytesRead), sizeBytes);
    if (length === null) return { kind: 'invalid', problem: `${sizeBytes} bytes that do not begin as a safetensors file` };
    const json = new Uint8Array(length);
    await file.read(json, 0, length, LENGTH_BYTES);
    return readHeader(json, sizeBytes);
  } finally {
    await file.close();
  }
}

async function* piecesOf(path: string, start: number): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path, { start, highWaterMark: PIECE_BYTES })) yield piece as Uint8Array;
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { effectProblem, loraShapeProblem } from '../../domain/lora-weights.js';
import { buildHeader, headerLengthOf, LENGTH_BYTES, readHeader, type HeaderReading, type SafetensorsHeader } from '../../domain/safetensors.js';
import { createTensorScan, type ScanResult } from '../../domain/tensor-scan.js';
import { loraFile, safetensorsFile, type TensorDraft } from '../support/safetensors-file.js';

function read(file: Uint8Array): HeaderReading {
  const length = headerLengthOf(file, file.byteLength);
  if (length === null) return { kind: 'invalid', problem: 'no header' };
  return readHeader(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length), file.byteLength);
}

function headerOf(file: Uint8Array): SafetensorsHeader {
  const reading = read(file);
  if (reading.kind !== 'ok') throw new Error(reading.problem);
  return reading.header;
}

function scanOf(file: Uint8Array, pieceBytes = file.byteLength): ScanResult {
  const header = headerOf(file);
  const scan = createTensorScan(header);
  const data = file.subarray(header.sizeBytes);
  for (let at = 0; at < data.byteLength; at += pieceBytes) scan.push(data.subarray(at, at + pieceBytes));
  return scan.result();
}

const one = (tensor: Partial<TensorDraft>): TensorDraft => ({ name: 't', dtype: 'F32', shape: [2], values: [1, 2], ...tensor });

describe('a safetensors header', () => {
  it('is refused when the file is shorter than its tensors', () => {
    const file = loraFile({ rank: 4 });
    expect(read(file.subarray(0, file.byteLength - 1))).toEqual({ kind: 'invalid', problem: expect.stringContaining('the file holds') });
  });

  it('is refused when it is longer than its file, empty, or not JSON', () => {
    const file = loraFile({ rank: 4 });
    expect(headerLengthOf(file, 100)).toBeNull();
    expect(headerLengthOf(file.subarray(0, 7), 7)).toBeNull();
    expect(headerLengthOf(new Uint8Array(8), 8)).toBeNull();
    expect(headerLengthOf(new Uint8Array(8).fill(0xff), 1e9)).toBeNull();
    expect(readHeader(new TextEncoder().encode('<html>'), 100).kind).toBe('invalid');
    expect(readHeader(new TextEncoder().encode('[1]'), 100).kind).toBe('invalid');
    expect(readHeader(Uint8Array.of(0x7b, 0xff, 0x7d), 100).kind).toBe('invalid');
  });

  it.each([
    ['an unknown dtype', { t: { dtype: 'F7', shape: [1], data_offsets: [0, 4] } }],
    ['a shape that does not fit its bytes', { t: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }],
    ['a gap', { t: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }],
    ['an overlap', { t: { dtype: 'F32', shape: [1], data_offsets: [0, 4] }, u: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }],
    ['offsets that go backwards', { t: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }],
    ['a negative shape', { t: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }],
    ['metadata that is not text', { __metadata__: { rank: 4 } }],
  ])('is refused for %s', (_, entries) => {
    const json = new TextEncoder().encode(JSON.stringify(entries));
    expect(readHeader(json, LENGTH_BYTES + json.byteLength + 4).kind).toBe('invalid');
  });

  it('keeps tensors and data when metadata is added, and stays aligned', () => {
    const file = loraFile({ rank: 4, metadata: { simulated: 'yes' } });
    const header = headerOf(file);
    const rebuilt = buildHeader(header, { ...header.metadata, 'trainyard.trigger_word': 'tyrdcats' });
    const renewed = headerOf(Buffer.concat([rebuilt, file.subarray(header.sizeBytes)]));
    expect(renewed.tensors).toEqual(header.tensors);
    expect(renewed.metadata).toEqual({ simulated: 'yes', 'trainyard.trigger_word': 'tyrdcats' });
    expect(rebuilt.byteLength % 8).toBe(0);
  });
});

describe('the numbers of a file', () => {
  it.each([
    ['F32', NaN], ['F32', Infinity], ['F64', NaN], ['F64', -Infinity], ['BF16', NaN], ['BF16', Infinity], ['F16', NaN], ['F16', -Infinity],
  ] as const)('are refused when one of %s is %d', (dtype, bad) => {
    for (const at of [0, 1, 2]) {
      const values = [0.5, 0.5, 0.5];
      values[at] = bad;
      expect(scanOf(safetensorsFile([one({ dtype, shape: [3], values })])).notNumbers).toEqual(['t']);
    }
  });

  it.each(['F32', 'F64', 'BF16', 'F16'] as const)('tell zeros, the negative one too, from the smallest of %s', (dtype) => {
    expect(scanOf(safetensorsFile([one({ dtype, values: [0, -0] })])).nonZero.has('t')).toBe(false);
    expect(scanOf(safetensorsFile([one({ dtype, values: [0, dtype === 'F16' ? 6e-8 : 1e-39] })])).nonZero.has('t')).toBe(true);
  });

  it('are judged alike wherever the stream is cut', () => {
    const file = safetensorsFile([
      one({ name: 'a', dtype: 'BF16', shape: [3], values: [0, 0, 1] }),
      one({ name: 'b', dtype: 'F64', shape: [2], values: [0, NaN] }),
      one({ name: 'empty', shape: [0], values: [] }),
      one({ name: 'c', values: [0, 0] }),
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (pieceBytes) => {
        const { notNumbers, nonZero, missingBytes } = scanOf(file, pieceBytes);
        return notNumbers.join() === 'b' && nonZero.has('a') && !nonZero.has('c') && missingBytes === 0;
      }),
    );
  });

  it('are known to be incomplete when the stream ends early', () => {
    const header = headerOf(safetensorsFile([one({})]));
    const scan = createTensorScan(header);
    scan.push(new Uint8Array(3));
    expect(scan.result().missingBytes).toBe(5);
  });
});

describe('a LoRA', () => {
  it('is refused without tensors, without pairs and with another rank', () => {
    expect(loraShapeProblem(headerOf(safetensorsFile([])), 4)).toBe('the file holds no tensor');
    expect(loraShapeProblem(headerOf(safetensorsFile([one({})])), 4)).toContain('none of the 1 tensors');
    expect(loraShapeProblem(headerOf(loraFile({ rank: 8 })), 4)).toContain('expected rank 4');
    expect(loraShapeProblem(headerOf(loraFile({ rank: 4 })), 4)).toBeNull();
  });

  it.each([
    ['all-zero', { up: 0 }],
    ['all-zero', { down: 0 }],
    ['not-a-number', { up: NaN }],
    ['not-a-number', { diff: Infinity }],
    [null, {}],
  ])('is told %s for %j', (problem, values) => {
    const file = loraFile({ rank: 4, ...values });
    expect(effectProblem(headerOf(file), scanOf(file))).toBe(problem);
  });
});

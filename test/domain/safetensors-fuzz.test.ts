import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildHeader, headerLengthOf, LENGTH_BYTES, readHeader } from '../../domain/safetensors.js';
import { mangledText } from '../support/mangle.js';

const GOOD = {
  __metadata__: { format: 'pt' },
  'lora_unet_x.lora_up.weight': { dtype: 'F16', shape: [4, 2], data_offsets: [0, 16] },
  'lora_unet_x.lora_down.weight': { dtype: 'F32', shape: [2, 2], data_offsets: [16, 32] },
};
const text = new TextEncoder();

describe('whatever stands at the beginning of a model file', () => {
  it('is read as a header that fits the file, or said to be none, 10,000 times', () => {
    let sound = 0;
    fc.assert(
      fc.property(mangledText(GOOD), fc.oneof(fc.constant(32), fc.nat(200), fc.constant(Number.MAX_SAFE_INTEGER)), (json, dataBytes) => {
        const bytes = text.encode(json);
        const fileSizeBytes = LENGTH_BYTES + bytes.byteLength + dataBytes;
        const reading = readHeader(bytes, fileSizeBytes);
        if (reading.kind === 'invalid') {
          expect(reading.problem).not.toBe('');
          return;
        }
        sound += 1;
        for (const { start, end } of reading.header.tensors) expect(start >= 0 && start <= end && end <= dataBytes).toBe(true);
        const again = buildHeader(reading.header, {});
        expect(headerLengthOf(again, fileSizeBytes + again.byteLength)).not.toBeNull();
      }),
      { numRuns: 10_000 },
    );
    expect(sound).toBeGreaterThan(10);
  });

  it('tells a length that the file cannot have, 10,000 times', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 16 }), fc.maxSafeNat(), (bytes, fileSizeBytes) => {
        const length = headerLengthOf(bytes, fileSizeBytes);
        expect(length === null || (Number.isSafeInteger(length) && length <= fileSizeBytes - LENGTH_BYTES)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });
});

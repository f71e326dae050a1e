import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RECIPES_FOLDER } from '../../recipes/load.js';
import { recipeSchema } from '../../recipes/schema.js';
import { mangledValue } from '../support/mangle.js';

const GOOD: unknown = JSON.parse(readFileSync(join(RECIPES_FOLDER, 'sd15-lora.json'), 'utf8'));

describe('whatever somebody writes into a recipe', () => {
  it('is a recipe or a list of what is wrong with it, 10,000 times', () => {
    const seen = { sound: 0, refused: 0 };
    fc.assert(
      fc.property(mangledValue(GOOD), (value) => {
        const parsed = recipeSchema.safeParse(value);
        seen[parsed.success ? 'sound' : 'refused'] += 1;
        if (!parsed.success) expect(parsed.error.issues.every(({ message }) => message !== '')).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    expect(seen.sound).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { clamp, plain, safe } from '../../../bot/views/safe.js';

/** Without half of a surrogate pair. */
function isWhole(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

describe('user text', () => {
  it('shows Markdown, mentions, timestamps and links as they were typed', () => {
    expect(safe('**a** _b_ `c` ||d|| [x](y)')).toBe('\\*\\*a\\*\\* \\_b\\_ \\`c\\` \\|\\|d\\|\\| \\[x](y)');
    expect(safe('@everyone <@1> <t:1:R>')).toBe('\\@everyone \\<\\@1> \\<t:1:R>');
    expect(safe('https://a.example')).not.toContain('://');
    expect(safe('# big')).toBe('\\# big');
  });

  it('loses what cannot be seen', () => {
    expect(plain('a\u202Eb\u200Bc\nd\u0000')).toBe('a b c d');
  });

  it('never exceeds its length and never cuts through a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 50 }), (text, length) => {
        const cut = clamp(text, length);
        expect(cut.length).toBeLessThanOrEqual(Math.max(length, 1));
        if (isWhole(text)) expect(isWhole(cut)).toBe(true);
      }),
    );
  });
});

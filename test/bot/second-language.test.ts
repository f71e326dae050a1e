import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BODIES, bodiesOfTheSources, type Body } from '../support/every-body.js';
import { pseudoTexts } from '../support/pseudo-texts.js';

const [OPEN, CLOSE] = ['⟦', '⟧'];
const texts = pseudoTexts(OPEN, CLOSE);
/** What people read of a component, and have read out to them. */
const READ = new Set(['content', 'label', 'placeholder', 'description', 'title']);

function readable(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(readable);
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => (typeof value === 'string' ? (READ.has(name) ? [value] : []) : readable(value)));
}

/** What stands outside of the marks; what a clamp has cut off its closing mark is inside. */
function outside(text: string): string {
  let depth = 0;
  let left = '';
  for (const character of text) {
    if (character === OPEN) depth += 1;
    else if (character === CLOSE) depth = Math.max(0, depth - 1);
    else if (depth === 0) left += character;
    if (character === CLOSE && depth === 0) left += ' ';
  }
  return left;
}

/** Words of three Latin letters or more that no language has said and no user has typed. */
function untranslated(body: Body, state: unknown): string[] {
  const typed = JSON.stringify(state, (_key, value: unknown) => (typeof value === 'string' ? value.replace(/[\\"]/g, '') : value)).toLowerCase();
  return readable(body)
    .map((text) => outside(text).replace(/<t:\d+:\w>|<@\d+>|https?:\S+|\\/g, ' '))
    .flatMap((text) => text.match(/[A-Za-z]{3,}/g) ?? [])
    .filter((word) => !typed.includes(word.toLowerCase()));
}

describe('a second language', () => {
  it('is asked for by every view and form there is', async () => {
    expect((await bodiesOfTheSources()).sort()).toEqual(Object.keys(BODIES).sort());
  });

  it.each(Object.entries(BODIES))('says every word of %s', (_name, states) => {
    fc.assert(
      fc.property(states, (make) => {
        // What somebody typed must not look like the end of what a language says.
        fc.pre(!/[⟦⟧]/.test(JSON.stringify(make.state)));
        expect(untranslated(make(texts), make.state)).toEqual([]);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('is noticed when a view says a word of its own', () => {
    const body = { custom_id: 'x', title: `${OPEN}Übersetzt${CLOSE} Delete Tilda`, components: [] };
    expect(untranslated(body, { name: 'Tilda' })).toEqual(['Delete']);
  });
});

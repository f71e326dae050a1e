import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textsFor } from '../../bot/texts/texts.js';
import * as any from '../support/any-state.js';
import { problemsOfModal, problemsOfView } from '../support/discord-validation.js';
import { BODIES, bodiesOfTheSources, type Body } from '../support/every-body.js';

/**
 * Every body that the bot and its workers can send, over any state there can be, held against Discord's public schema and against
 * the rules the schema lacks. A view or form without a row here fails the first test.
 */

function problemsOf(body: Body): string[] {
  return 'custom_id' in body ? problemsOfModal(body) : problemsOfView(body);
}

describe('every body that can be sent', () => {
  it('has a row here', async () => {
    expect((await bodiesOfTheSources()).sort()).toEqual(Object.keys(BODIES).sort());
  });

  it.each(Object.keys(BODIES))('%s: is one that Discord takes, whatever the names, captions, counts and the language', (name) => {
    const states = BODIES[name];
    if (states === undefined) throw new Error(`Expected a row for ${name}.`);
    fc.assert(
      fc.property(states, any.anyLocale, (make, locale) => {
        const body = make(textsFor(locale));
        expect(problemsOf(body)).toEqual([]);
        expect(JSON.stringify(body)).not.toMatch(/undefined|NaN|\[object|Infinity/);
      }),
      { numRuns: 40, endOnFailure: false },
    );
  });
});

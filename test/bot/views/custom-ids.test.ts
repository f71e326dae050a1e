import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { COMPONENTS } from '../../../bot/components/index.js';
import {
  againRoute, cancelAskRoute, cancelRoute, createFormRoute, createRoute, deleteRoute, downloadRoute, historyRoute, imagesRoute, listRoute, openRoute, parseCustomId,
  quoteRoute, refreshRoute, startRoute, uploadFormRoute, uploadRoute, viewRoute, type Route,
} from '../../../bot/views/custom-ids.js';

const id = fc.uuid();
const number = fc.nat();

const MANGLED_IDS = 10_000;

/** Ids of each component with the parts that routes are made of, noise, and now and then another version or name. */
const mangledId = fc
  .record({
    version: fc.oneof({ weight: 9, arbitrary: fc.constant('v1') }, { weight: 1, arbitrary: fc.constantFrom('v0', 'v11', 'V1', '', 'v1 ') }),
    route: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...COMPONENTS.keys()) }, { weight: 1, arbitrary: fc.string() }),
    args: fc.array(fc.oneof({ weight: 6, arbitrary: fc.oneof(id, number.map(String)) }, { weight: 1, arbitrary: fc.constantFrom('', '-1', '1e9', '01', ' 1', '9'.repeat(17), 'x'.repeat(65), '../x', '__proto__') }, { weight: 1, arbitrary: fc.string() }), { maxLength: 4 }),
  })
  .map(({ version, route, args }) => [version, route, ...args].join(':'));

/** What our routes write: an id or a whole number. Anything else between the colons was made up. */
const ARGUMENT = /^[A-Za-z0-9_-]{1,64}$/;

/** Round trip and length, for whatever arguments a route takes. */
function holds<Args>(route: Route<Args>, args: fc.Arbitrary<Args>): void {
  fc.assert(
    fc.property(args, (given) => {
      const text = route.format(given);
      const parsed = parseCustomId(text);
      expect(text.length).toBeLessThanOrEqual(100);
      expect(parsed).toMatchObject({ kind: 'ours', route: route.name });
      expect(parsed.kind === 'ours' ? route.parse(parsed.args) : null).toEqual(given);
    }),
  );
}

describe('custom ids', () => {
  it('come back as they were written and fit into Discord’s 100 characters', () => {
    for (const route of [startRoute]) holds(route, fc.record({ quoteId: id }));
    for (const route of [againRoute, cancelAskRoute, refreshRoute]) holds(route, fc.record({ runId: id }));
    for (const route of [quoteRoute, deleteRoute, viewRoute, uploadRoute, uploadFormRoute]) holds(route, fc.record({ datasetId: id }));
    for (const route of [openRoute, createRoute, createFormRoute]) holds(route, fc.constant({}));
    holds(downloadRoute, fc.record({ loraId: id }));
    holds(listRoute, fc.record({ page: number }));
    holds(historyRoute, fc.record({ beforeSeq: number }));
    holds(imagesRoute, fc.record({ datasetId: id, page: number }));
    holds(cancelRoute, fc.record({ runId: id, points: fc.nat(Number.MAX_SAFE_INTEGER), attempt: fc.nat(3), atSeconds: fc.nat(9_999_999_999) }));
  });

  it('refuse to be made of what would not come back', () => {
    expect(() => startRoute.format({ quoteId: 'a:b' })).toThrow(RangeError);
    expect(() => startRoute.format({ quoteId: 'x'.repeat(100) })).toThrow(RangeError);
  });

  it('are never read from what somebody made up', () => {
    const tally = { ours: 0, bound: 0, refused: 0 };
    fc.assert(
      fc.property(mangledId, (text) => {
        const parsed = parseCustomId(text);
        if (parsed.kind !== 'ours') return;
        tally.ours += 1;
        const run = COMPONENTS.get(parsed.route)?.bind(parsed.args) ?? null;
        tally[run === null ? 'refused' : 'bound'] += 1;
        if (run !== null) expect({ text, madeUp: parsed.args.filter((arg) => !ARGUMENT.test(arg)) }).toEqual({ text, madeUp: [] });
      }),
      { numRuns: MANGLED_IDS },
    );
    expect(tally.ours).toBeGreaterThan(MANGLED_IDS / 2);
    expect(Math.min(tally.bound, tally.refused)).toBeGreaterThan(MANGLED_IDS / 100);
    expect(cancelRoute.parse(['run', '-1', '1', '1'])).toBeNull();
    expect(cancelRoute.parse(['run', '1', '1'])).toBeNull();
    expect(imagesRoute.parse(['id', 'x'])).toBeNull();
    expect(startRoute.parse(['a', 'b'])).toBeNull();
  });

  it('of another version are known as such', () => {
    expect(parseCustomId('v0:start:x')).toEqual({ kind: 'other-version' });
    expect(parseCustomId('train:create')).toEqual({ kind: 'foreign' });
  });
});

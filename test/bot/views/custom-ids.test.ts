import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { COMPONENTS } from '../../../bot/components/index.js';
import {
  againRoute, cancelAskRoute, cancelRoute, createFormRoute, createRoute, deleteRoute, downloadRoute, historyRoute, imagesRoute, listRoute, openRoute, parseCustomId,
  quoteRoute, refreshRoute, startRoute, uploadFormRoute, uploadRoute, viewRoute, type Route,
} from '../../../bot/views/custom-ids.js';

const id = fc.uuid();
const number = fc.nat();

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
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseCustomId(text);
        if (parsed.kind === 'ours') COMPONENTS.get(parsed.route)?.bind(parsed.args);
      }),
    );
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

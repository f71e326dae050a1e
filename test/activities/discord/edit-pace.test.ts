import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEditPace } from '../../../activities/discord/edit-pace.js';

const news = { isNews: true, isOldMessage: false };
const progress = { isNews: false, isOldMessage: false };
const oldNews = { isNews: true, isOldMessage: true };

/** Edits as fast as the pace lets them, from second 0; returns when each went out. */
function editTimes(count: number, kind: typeof news): number[] {
  const pace = createEditPace();
  let now = 0;
  return Array.from({ length: count }, () => {
    now = pace.earliestAt('c', kind, now);
    pace.edited('c', now);
    return now;
  });
}

const mostWithin = (times: readonly number[], windowMs: number): number => Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));

describe('the pace of edits', () => {
  it('complaint 5: keeps below three edits in six seconds of messages older than an hour', () => {
    expect(mostWithin(editTimes(30, oldNews), 6_000)).toBe(3);
  });

  it('complaint 4: keeps below five in five seconds of others', () => {
    expect(mostWithin(editTimes(30, news), 5_000)).toBe(4);
  });

  it('leaves room for a change of state beside any progress', () => {
    const pace = createEditPace();
    for (let at = 0; at < 10; at += 1) if (pace.earliestAt('c', progress, 0) === 0) pace.edited('c', 0);
    expect(pace.earliestAt('c', progress, 0)).toBeGreaterThan(0);
    expect(pace.earliestAt('c', news, 0)).toBe(0);
  });

  it('holds a channel back as long as Discord says, and no other one', () => {
    const pace = createEditPace();
    pace.heldBack('c', 9_000);
    pace.heldBack('c', 4_000);
    expect(pace.earliestAt('c', news, 1_000)).toBe(9_000);
    expect(pace.earliestAt('d', news, 1_000)).toBe(1_000);
    expect(pace.earliestAt('c', news, 9_500)).toBe(9_500);
  });

  it('never keeps an edit waiting for longer than a window', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ afterMs: fc.nat(3_000), isNews: fc.boolean(), isOldMessage: fc.boolean() }), { maxLength: 60 }), (edits) => {
        const pace = createEditPace();
        let now = 0;
        for (const { afterMs, ...edit } of edits) {
          now += afterMs;
          const at = pace.earliestAt('c', edit, now);
          expect(at - now).toBeLessThanOrEqual(6_200);
          if (at === now) pace.edited('c', now);
        }
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { isDueAfter, isSweepLate, longestHeldMs } from '../../domain/settling.js';
import type { Unfinished } from '../../domain/settling.js';
import { readSettings } from '../../domain/settings.js';

const MINUTE = 60_000;

describe('the pace of the sweeps', () => {
  it('gives the points of a terminated run back within six minutes by the settings as they come', () => {
    const read = readSettings({}, ['SETTLE_INTERVAL', 'SETTLE_GRACE']);
    if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
    const { SETTLE_INTERVAL: intervalMs, SETTLE_GRACE: graceMs } = read.values;
    expect(intervalMs).toBe(2 * MINUTE);
    expect(longestHeldMs({ graceMs, intervalMs })).toBeLessThanOrEqual(6 * MINUTE);
    // With the grace of two minutes it once had, a run terminated as soon as it was open waited longer.
    expect(longestHeldMs({ graceMs: 2 * MINUTE, intervalMs })).toBeGreaterThan(6 * MINUTE);
  });

  it('acts for points on every sighting from the second on, and for a notice ever more rarely', () => {
    const due = (unfinished: Unfinished) => Array.from({ length: 40 }, (_, times) => times).filter((times) => isDueAfter(times, unfinished));
    expect(due('points')).toEqual(Array.from({ length: 38 }, (_, times) => times + 2));
    expect(due('notice')).toEqual([2, 4, 8, 16, 32]);
  });

  it('calls sweeps late when three are missing', () => {
    const sweptAt = new Date('2026-03-01T12:00:00Z');
    const late = (afterMs: number) => isSweepLate({ intervalMs: 2 * MINUTE, sweptAt, now: new Date(sweptAt.getTime() + afterMs) });
    expect([late(0), late(6 * MINUTE), late(6 * MINUTE + 1)]).toEqual([false, false, true]);
  });
});

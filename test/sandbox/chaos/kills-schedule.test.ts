import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fateOf, scheduleOf } from '../../../sandbox/chaos/kills/schedule.js';

const HEARTBEAT_MS = 5_000;
const seeds = fc.nat(1_000_000);
const counts = fc.integer({ min: 1, max: 60 });

describe('the schedule of a soak', () => {
  it('is another one for another seed', () => {
    expect(scheduleOf(1, 20, HEARTBEAT_MS)).not.toEqual(scheduleOf(2, 20, HEARTBEAT_MS));
  });

  it('follows from its seed alone', () => {
    fc.assert(fc.property(seeds, counts, (seed, kills) => {
      expect(scheduleOf(seed, kills, HEARTBEAT_MS)).toEqual(scheduleOf(seed, kills, HEARTBEAT_MS));
    }), { numRuns: 25 });
  });

  it('goes on as it began when more kills are wanted', () => {
    const short = scheduleOf(7, 20, HEARTBEAT_MS);
    expect(scheduleOf(7, 300, HEARTBEAT_MS).slice(0, short.length)).toEqual(short);
  });

  it('kills as often as it is told, half a second to five seconds apart, and freezes for a quarter to three heartbeats', () => {
    fc.assert(fc.property(seeds, counts, (seed, kills) => {
      const acts = scheduleOf(seed, kills, HEARTBEAT_MS);
      expect(acts.filter(({ kind }) => kind === 'kill')).toHaveLength(kills);
      expect(acts.filter(({ pauseMs }) => pauseMs < 500 || pauseMs > 5_000)).toEqual([]);
      expect(acts.filter(({ kind, frozenMs }) => kind === 'stop' && (frozenMs < HEARTBEAT_MS / 4 || frozenMs > HEARTBEAT_MS * 3))).toEqual([]);
    }), { numRuns: 25 });
  });

  it('meets every part of a yard, kills and stops alike, and never kills the memory of Discord', () => {
    const acts = scheduleOf(3, 300, HEARTBEAT_MS);
    const victims = (kind: string): string[] => [...new Set(acts.filter((act) => act.kind === kind).map(({ victim }) => victim))].sort();
    const parts = ['bot', 'comfyui-node-a', 'comfyui-node-b', 'discord', 'gpu', 'images', 'mongo', 'temporal', 'web', 'yard'];
    expect(victims('kill')).toEqual(parts);
    expect(victims('restart')).not.toContain('discord-stand-in');
    expect(new Set(acts.filter(({ kind }) => kind === 'stop').map(({ victim }) => victim)).size).toBeGreaterThan(5);
    expect(acts.filter(({ kind }) => kind === 'restart').length).toBeGreaterThan(10);
  });

  it('waits for a training with more than half of the kills', () => {
    const kills = scheduleOf(4, 300, HEARTBEAT_MS).filter(({ kind }) => kind === 'kill');
    expect(kills.filter(({ inTraining }) => inTraining).length).toBeGreaterThan(150);
  });
});

describe('the fate of a run', () => {
  it('follows from the seed and its number, and most runs are left alone', () => {
    const fates = Array.from({ length: 200 }, (_, number) => fateOf(5, number));
    expect(fates).toEqual(Array.from({ length: 200 }, (_, number) => fateOf(5, number)));
    expect(new Set(fates)).toEqual(new Set(['left-alone', 'owner-cancels', 'operator-cancels', 'terminated', 'job-forgotten']));
    expect(fates.filter((fate) => fate === 'left-alone').length).toBeGreaterThan(100);
  });
});

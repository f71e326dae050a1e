import { describe, expect, it } from '@jest/globals';
import { createJudge, type Judge, type Reading } from '../../../activities/comfyui/judge.js';

const LIMITS = { firstStepMs: 1000, stallMs: 400, lostAfterReads: 3 };
const RUNNING: Reading = { kind: 'job', job: { id: 'p', status: 'in_progress' } };
const ABSENT: Reading = { kind: 'absent' };
const SILENCE: Reading = { kind: 'no-contact' };

function judge(hearsSince: number | null = 0): Judge {
  return createJudge(LIMITS, 0, () => hearsSince);
}

/** Reads the same thing every 50 ms and answers with the first judgement that is not to go on. */
function readUntil(of: Judge, reading: Reading, from: number, to: number): { at: number; kind: string } | null {
  for (let now = from; now <= to; now += 50) {
    const { kind } = of.read(reading, now);
    if (kind !== 'go-on') return { at: now, kind };
  }
  return null;
}

describe('the judgement on a followed job', () => {
  it('is lost only after absences in a row', () => {
    const of = judge();
    expect([ABSENT, ABSENT, RUNNING, ABSENT, SILENCE, ABSENT].map((reading, i) => of.read(reading, i).kind)).toEqual(Array(6).fill('go-on'));
    expect(of.read(ABSENT, 7).kind).toBe('lost');
  });

  it('is stalled without a first step in its limit, and without a further one in the shorter limit', () => {
    const waiting = judge();
    expect(readUntil(waiting, RUNNING, 50, 2000)).toEqual({ at: 1000, kind: 'stalled' });
    const stepped = judge();
    stepped.progressed(1, 100);
    expect(readUntil(stepped, RUNNING, 150, 2000)).toEqual({ at: 500, kind: 'stalled' });
  });

  it('is not stalled while nobody listens, nor before a new socket has had its time', () => {
    expect(readUntil(judge(null), RUNNING, 50, 5000)).toBeNull();
    expect(readUntil(judge(2000), RUNNING, 50, 5000)).toEqual({ at: 2200, kind: 'stalled' });
  });

  it('is not stalled while it waits behind other work, but is when the node works on nothing', () => {
    expect(readUntil(judge(), { kind: 'queued-behind' }, 50, 5000)).toBeNull();
    expect(readUntil(judge(), { kind: 'job', job: { id: 'p', status: 'pending' } }, 50, 5000)?.kind).toBe('stalled');
  });

  it('is gone after silence of the node, which does not count as a stall when the node is back', () => {
    expect(readUntil(judge(), SILENCE, 50, 5000)).toEqual({ at: 400, kind: 'node-gone' });
    const back = judge();
    back.progressed(1, 0);
    expect(readUntil(back, SILENCE, 50, 350)).toBeNull();
    expect(back.read(RUNNING, 390).kind).toBe('go-on');
    expect(readUntil(back, RUNNING, 400, 5000)).toEqual({ at: 800, kind: 'stalled' });
  });

  it.each(['completed', 'failed', 'cancelled'] as const)('is ended when the job is %s', (status) => {
    expect(judge().read({ kind: 'job', job: { id: 'p', status } }, 1).kind).toBe('ended');
  });
});

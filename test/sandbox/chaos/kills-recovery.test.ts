import { describe, expect, it } from '@jest/globals';
import type { RunRow } from '../../../models/runs-schema.js';
import { isAffected, notice, percentile, recoveryMsOf, type Outage, type Recovery } from '../../../sandbox/chaos/kills/recovery.js';
import type { Act, Victim } from '../../../sandbox/chaos/kills/schedule.js';

/** What the measure reads of a row. */
function rowOf(changes: Partial<RunRow> = {}): RunRow {
  const claim = { attempt: 1, nodeId: 'node-a', promptId: 'p', activityAttempt: 1 };
  return { runId: 'run', open: true, status: 'training', attempt: 1, claim, progress: { phase: 'training', step: 10, totalSteps: 100 }, progressAt: null, artifact: null, end: null, ...changes } as RunRow;
}

function recoveryFrom(victim: Victim, from: number, changes: Partial<Recovery> = {}): Recovery {
  const act: Act = { index: 0, kind: 'kill', victim, pauseMs: 500, frozenMs: 0, inTraining: true };
  return { act, outage: outageOf(victim, from, null), waiting: new Map([['run', null]]), answered: true, lastTold: '', recoveredAt: null, ...changes };
}

function outageOf(victim: Victim, from: number, until: number | null): Outage {
  return { victim, from, until };
}

describe('a run hit by a kill', () => {
  it('has not moved on while it is read as it was', () => {
    const recovery = recoveryFrom('gpu', 1_000);
    for (const at of [1_100, 1_300, 1_500]) notice(recovery, { row: rowOf(), at });
    expect([...recovery.waiting.keys()]).toEqual(['run']);
  });

  it('has not moved on by what a read tells that began before the kill, or by what the first read after it shows', () => {
    const recovery = recoveryFrom('gpu', 1_000);
    notice(recovery, { row: rowOf(), at: 900 });
    notice(recovery, { row: rowOf({ progress: { phase: 'training', step: 20, totalSteps: 100 } }), at: 1_100 });
    expect(recovery.waiting.size).toBe(1);
  });

  it('has not moved on because its card or its cancel did', () => {
    const recovery = recoveryFrom('gpu', 1_000);
    notice(recovery, { row: rowOf(), at: 1_100 });
    notice(recovery, { row: rowOf({ cancelling: 'owner', revision: 9 }), at: 1_200 });
    expect(recovery.waiting.size).toBe(1);
  });

  it.each<[string, Partial<RunRow>]>([
    ['a further step', { progress: { phase: 'training', step: 11, totalSteps: 100 } }],
    ['another attempt', { attempt: 2, claim: null }],
    ['its end', { open: false, status: 'failed' }],
  ])('has moved on with %s', (_sign, changes) => {
    const recovery = recoveryFrom('gpu', 1_000);
    notice(recovery, { row: rowOf(), at: 1_100 });
    notice(recovery, { row: rowOf(changes), at: 1_200 });
    expect(recovery.waiting.size).toBe(0);
  });

  it('is one the victim was at work for', () => {
    expect(isAffected('comfyui-node-a', rowOf())).toBe(true);
    expect(isAffected('comfyui-node-b', rowOf())).toBe(false);
    expect(isAffected('gpu', rowOf({ status: 'queued' }))).toBe(false);
    expect(isAffected('mongo', rowOf({ status: 'ending' }))).toBe(true);
    expect(isAffected('mongo', rowOf({ open: false, status: 'succeeded' }))).toBe(false);
  });
});

describe('the time of a recovery', () => {
  const own = outageOf('gpu', 1_000, 3_000);

  it('is not there before the last run has moved on', () => {
    expect(recoveryMsOf(recoveryFrom('gpu', 1_000), [])).toBeNull();
  });

  it('lasts from the kill to the last sign of life', () => {
    expect(recoveryMsOf(recoveryFrom('gpu', 1_000, { outage: own, recoveredAt: 9_000 }), [own])).toBe(8_000);
  });

  it('stands still while another needed part is down, each moment once, and before its own part served only while a server is', () => {
    const others = [outageOf('mongo', 2_000, 5_000), outageOf('temporal', 4_000, 6_000), outageOf('yard', 1_000, 2_000), outageOf('yard', 6_500, 7_000), outageOf('web', 6_000, 9_000)];
    expect(recoveryMsOf(recoveryFrom('gpu', 1_000, { outage: own, recoveredAt: 9_000 }), [own, ...others])).toBe(3_500);
  });

  it('of a server goes on while the other one is down, until it serves', () => {
    const server = outageOf('mongo', 1_000, 3_000);
    const others = [outageOf('temporal', 500, 4_000)];
    expect(recoveryMsOf(recoveryFrom('mongo', 1_000, { outage: server, recoveredAt: 9_000 }), [server, ...others])).toBe(7_000);
  });

  it('ends where the same part is hit once more before it serves, and is the later one’s from there', () => {
    const first = outageOf('gpu', 1_000, 8_000);
    const second = outageOf('gpu', 6_000, 8_000);
    const both = [first, second];
    expect(recoveryMsOf(recoveryFrom('gpu', 1_000, { outage: first, recoveredAt: 8_000 }), both)).toBe(5_000);
    expect(recoveryMsOf(recoveryFrom('gpu', 6_000, { outage: second, recoveredAt: 8_000 }), both)).toBe(2_000);
  });
});

describe('a percentile', () => {
  it('is the value at the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1), percentile([], 0.5)]).toEqual([50, 99, 100, 0]);
  });
});

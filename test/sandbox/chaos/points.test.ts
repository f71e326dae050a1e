import { describe, expect, it } from '@jest/globals';
import { CASES } from '../../../sandbox/chaos/points/cases.js';
import { coveringCases } from '../../../sandbox/chaos/points/covering.js';
import { runPointsChaos } from '../../../sandbox/chaos/points/run.js';
import { EFFECTS, ruleOf } from '../../../sandbox/chaos/points/table.js';

const COVERING = 20;
/** Twenty processes start anew, on a machine that may be busy with other things. */
const LONG_MS = 20 * 60_000;

describe('the table of crash points', () => {
  it('has every effect before it is sent and before its reply, with a worker, the bot, a node, MongoDB and Temporal as the victim', () => {
    for (const effect of EFFECTS) {
      const kills = CASES.filter((each) => each.effect === effect && each.deed === 'kill').map(({ side, victim }) => `${side} ${victim}`);
      expect(kills.sort()).toEqual(['before', 'after'].flatMap((side) => [effect.worker, 'bot', 'node', 'mongo', 'temporal'].map((victim) => `${side} ${victim}`)).sort());
    }
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });

  it('freezes each kind of worker across a retry', () => {
    const frozen = CASES.filter(({ deed }) => deed === 'freeze').map(({ victim }) => victim);
    expect([...new Set(frozen)].sort()).toEqual(['discord', 'gpu', 'images', 'yard']);
  });

  it('knows no call that it has no row for, and tells effects from looks', () => {
    const mongo = (name: string, detail = '') => ruleOf('yard', { hop: 'mongodb', name, detail });
    expect(mongo('insert points_entries', 'hold')?.kind).toBe('effect');
    expect(mongo('insert points_entries', 'of a new kind')).toBeUndefined();
    expect(mongo('find runs')?.kind).toBe('read');
    expect(mongo('drop runs')).toBeUndefined();
    const comfyui = (name: string) => ruleOf('gpu', { hop: 'comfyui', name, detail: '' });
    expect(comfyui('POST /queue')?.kind).toBe('read');
    expect(comfyui('POST /interrupt')).toBeUndefined();
  });
});

describe('the covering cases', () => {
  it('have every caller, every way out, every victim and both sides', () => {
    const chosen = coveringCases(COVERING);
    const callers = new Set(chosen.map(({ effect }) => `${effect.caller} ${effect.hop}`));
    expect(chosen).toHaveLength(COVERING);
    for (const caller of ['bot', 'yard', 'images', 'gpu', 'discord']) for (const hop of ['mongodb', 'temporal']) expect(callers).toContain(`${caller} ${hop}`);
    for (const way of ['bot discord', 'discord discord', 'gpu comfyui']) expect(callers).toContain(way);
    expect(new Set(chosen.map(({ victim }) => victim))).toEqual(new Set(['yard', 'images', 'gpu', 'discord', 'bot', 'node', 'mongo', 'temporal']));
    expect(new Set(chosen.map(({ side }) => side))).toEqual(new Set(['before', 'after']));
  });

  it('are survived without help, and no call of any play lacks a row, nor any row its call', async () => {
    const lines: string[] = [];
    const report = await runPointsChaos({ only: null, say: (line) => lines.push(line) }, coveringCases(COVERING), []);
    const { held, broken, unreached, withoutRow, withoutCall } = report;
    try {
      expect({ held, broken, unreached, withoutRow, withoutCall }).toEqual({ held: COVERING, broken: [], unreached: [], withoutRow: [], withoutCall: [] });
    } catch (error) {
      process.stderr.write(`${lines.join('\n')}\n`);
      throw error;
    }
  }, LONG_MS);
});

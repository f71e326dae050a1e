import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../bench/options.js';

describe('the options of the benchmark', () => {
  it.each([
    ['a measurement that does not exist', ['--only', 'start,speed'], 'Expected --only to list some of history, start, memory, discord, clicks, got "start,speed".'],
    ['no measurement at all', ['--only', ''], 'Expected --only to list some of history, start, memory, discord, clicks, got "".'],
    ['a time without a unit', ['--long', '600'], 'Expected --long to be a time from 20s to 60m, got "600".'],
    ['a long training as short as the short one', ['--long', '10s'], 'Expected --long to be a time from 20s to 60m, got "10s".'],
    ['a training nobody waits for', ['--long', '61m'], 'Expected --long to be a time from 20s to 60m, got "61m".'],
  ])('refuses %s', (_what, args, problem) => {
    expect(readOptions(args)).toEqual({ kind: 'problem', problem });
  });

  it('refuses an option it does not know, by name', () => {
    expect(readOptions(['--fast'])).toEqual({ kind: 'problem', problem: expect.stringContaining("'--fast'") });
  });

  it('measures everything, with a minute for the long training, unless told otherwise', () => {
    expect(readOptions([])).toEqual({ kind: 'ok', options: { json: false, only: ['history', 'start', 'memory', 'discord'], longMs: 60_000 } });
  });

  it('reads what it is told', () => {
    expect(readOptions(['--json', '--only', 'history, memory', '--long', '10m'])).toEqual({ kind: 'ok', options: { json: true, only: ['history', 'memory'], longMs: 600_000 } });
  });
});

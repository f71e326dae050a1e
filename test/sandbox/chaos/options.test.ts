import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../../sandbox/chaos/options.js';

describe('the command line of chaos', () => {
  it.each([
    [[], 'Expected what to attack, one at a time.'],
    [['--ledger', '--points'], 'one at a time'],
    [['--ledger', '--sequences', 'many'], 'whole number from 1, got "many"'],
    [['--ledger', '--sequences', '0'], 'whole number from 1, got "0"'],
    [['--ledger', '--seed', '-1'], 'seed'],
    [['--ledger', '--loud'], 'loud'],
    [['--ledger', '--only', 'hold'], '--only does not go with --ledger'],
    [['--points', '--seed', '1'], '--seed does not go with --points'],
    [['--kills', 'all'], 'whole number from 1, got "all"'],
    [['--kills'], 'kills'],
  ])('%j is answered with what was expected and how to use it', (args, sentence) => {
    const outcome = readOptions(args, 1);
    expect(outcome).toEqual({ kind: 'problem', problem: expect.stringContaining(sentence) });
    expect(outcome).toEqual({ kind: 'problem', problem: expect.stringContaining('npm run chaos -- --ledger') });
  });

  it.each([
    [['--ledger', '--json'], { kind: 'ledger', sequences: 100_000, seed: 41, json: true }],
    [['--ledger', '--sequences', '10', '--seed', '7'], { kind: 'ledger', sequences: 10, seed: 7, json: false }],
    [['--points'], { kind: 'points', only: null, json: false }],
    [['--points', '--only', 'hold', '--json'], { kind: 'points', only: 'hold', json: true }],
    [['--kills', '300', '--json'], { kind: 'kills', kills: 300, seed: 41, json: true }],
  ])('%j says what is attacked, how long, and from which seed', (args, options) => {
    expect(readOptions(args, 41)).toEqual({ kind: 'ok', options });
  });
});

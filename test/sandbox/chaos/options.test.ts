import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../../sandbox/chaos/options.js';

describe('the command line of chaos', () => {
  it.each([
    [[], 'Expected what to attack.'],
    [['--ledger', '--sequences', 'many'], 'whole number from 1, got "many"'],
    [['--ledger', '--sequences', '0'], 'whole number from 1, got "0"'],
    [['--ledger', '--seed', '-1'], 'seed'],
    [['--ledger', '--loud'], 'loud'],
  ])('%j is answered with what was expected and how to use it', (args, sentence) => {
    const outcome = readOptions(args, 1);
    expect(outcome).toEqual({ kind: 'problem', problem: expect.stringContaining(sentence) });
    expect(outcome).toEqual({ kind: 'problem', problem: expect.stringContaining('npm run chaos -- --ledger') });
  });

  it('attacks the ledger with a hundred thousand sequences, repeatable by the seed it is given', () => {
    expect(readOptions(['--ledger', '--json'], 41)).toEqual({ kind: 'ok', options: { kind: 'ledger', sequences: 100_000, seed: 41, json: true } });
    expect(readOptions(['--ledger', '--sequences', '10', '--seed', '7'], 41)).toEqual({ kind: 'ok', options: { kind: 'ledger', sequences: 10, seed: 7, json: false } });
  });
});

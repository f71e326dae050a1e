import { parseArgs } from 'node:util';

/** What is attacked, and how long. */
export interface LedgerChaos {
  readonly kind: 'ledger';
  readonly sequences: number;
  readonly seed: number;
  readonly json: boolean;
}

export type ChaosOptions = LedgerChaos;
export type OptionsOutcome = { readonly kind: 'ok'; readonly options: ChaosOptions } | { readonly kind: 'problem'; readonly problem: string };

const USAGE = 'npm run chaos -- --ledger [--sequences 100000] [--seed 1] [--json]';
const DEFAULT_SEQUENCES = 100_000;
const WHOLE = /^\d{1,9}$/;

/** Reads the command line; `seed` is used when none is given, and is told so that the run can be repeated. */
export function readOptions(args: readonly string[], seed: number): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ledger: { type: 'boolean', default: false }, sequences: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    if (!values.ledger) return problem('Expected what to attack.');
    const sequences = values.sequences ?? String(DEFAULT_SEQUENCES);
    const given = values.seed ?? String(seed);
    if (!WHOLE.test(sequences) || Number(sequences) < 1) return problem(`Expected --sequences to be a whole number from 1, got "${sequences}".`);
    if (!WHOLE.test(given)) return problem(`Expected --seed to be a whole number, got "${given}".`);
    return { kind: 'ok', options: { kind: 'ledger', sequences: Number(sequences), seed: Number(given), json: values.json } };
  } catch (error) {
    const sentence = sentenceOfParseArgs(error);
    if (sentence === null) throw error;
    return problem(sentence);
  }
}

function sentenceOfParseArgs(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null;
  return String(error.code).startsWith('ERR_PARSE_ARGS') ? String(error.message) : null;
}

function problem(sentence: string): OptionsOutcome {
  return { kind: 'problem', problem: `${sentence} Use: ${USAGE}` };
}

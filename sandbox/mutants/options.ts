import { parseArgs } from 'node:util';

export interface MutantOptions {
  readonly seed: number;
  /** Generic mutants; the named ones are always tried. */
  readonly count: number;
  /** Only mutants whose name or file holds this text. */
  readonly only: string | null;
  readonly json: boolean;
}

export type OptionsOutcome = { readonly kind: 'ok'; readonly options: MutantOptions } | { readonly kind: 'problem'; readonly problem: string };

const USAGE = 'npm run mutants -- [--seed 1] [--count 20] [--only text] [--json]';
const WHOLE = /^\d{1,9}$/;

/** Reads the command line; `seed` is used when none is given. */
export function readOptions(args: readonly string[], seed: number): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { seed: { type: 'string' }, count: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const { only = null, json } = values;
    const givenSeed = values.seed ?? String(seed);
    const count = values.count ?? '20';
    for (const [name, value] of [['seed', givenSeed], ['count', count]] as const) {
      if (!WHOLE.test(value)) return problem(`Expected --${name} to be a whole number, got "${value}".`);
    }
    return { kind: 'ok', options: { seed: Number(givenSeed), count: Number(count), only, json } };
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) throw error;
    if (!String(error.code).startsWith('ERR_PARSE_ARGS')) throw error;
    return problem(String(error.message));
  }
}

function problem(sentence: string): OptionsOutcome {
  return { kind: 'problem', problem: `${sentence} Use: ${USAGE}` };
}

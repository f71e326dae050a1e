import { parseArgs } from 'node:util';

/** Random sequences of ledger operations on a database whose primary steps down. */
export interface LedgerChaos {
  readonly kind: 'ledger';
  readonly sequences: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Every row of the table of crash points, or those whose name holds `only`. */
export interface PointsChaos {
  readonly kind: 'points';
  readonly only: string | null;
  readonly json: boolean;
}

/** Concurrent runs while random processes are killed, frozen and started again. */
export interface KillsChaos {
  readonly kind: 'kills';
  readonly kills: number;
  readonly seed: number;
  readonly json: boolean;
}

export type ChaosOptions = LedgerChaos | PointsChaos | KillsChaos;
export type OptionsOutcome = { readonly kind: 'ok'; readonly options: ChaosOptions } | { readonly kind: 'problem'; readonly problem: string };

const USAGE = [
  'npm run chaos -- --ledger [--sequences 100000] [--seed 1] [--json]',
  'npm run chaos -- --points [--only text] [--json]',
  'npm run chaos -- --kills 300 [--seed 1] [--json]',
].join(' | ');
const DEFAULT_SEQUENCES = '100000';
const WHOLE = /^\d{1,9}$/;
/** Which options go with which attack. */
const OPTIONS_OF = { ledger: ['sequences', 'seed'], points: ['only'], kills: ['seed'] } as const;

/** Reads the command line; `seed` is used when none is given, and is told so that the run can be repeated. */
export function readOptions(args: readonly string[], seed: number): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ledger: { type: 'boolean' },
        points: { type: 'boolean' },
        kills: { type: 'string' },
        sequences: { type: 'string' },
        only: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const attacks = (['ledger', 'points', 'kills'] as const).filter((name) => values[name] !== undefined);
    const [attack] = attacks;
    if (attack === undefined || attacks.length > 1) return problem('Expected what to attack, one at a time.');
    const foreign = (['sequences', 'only', 'seed'] as const).find((name) => values[name] !== undefined && !(OPTIONS_OF[attack] as readonly string[]).includes(name));
    if (foreign !== undefined) return problem(`--${foreign} does not go with --${attack}.`);
    const { json } = values;
    if (attack === 'points') return { kind: 'ok', options: { kind: 'points', only: values.only ?? null, json } };

    const given = values.seed ?? String(seed);
    if (!WHOLE.test(given)) return problem(`Expected --seed to be a whole number, got "${given}".`);
    const [name, count] = attack === 'ledger' ? ['sequences', values.sequences ?? DEFAULT_SEQUENCES] : ['kills', values.kills ?? ''];
    if (!WHOLE.test(count) || Number(count) < 1) return problem(`Expected --${name} to be a whole number from 1, got "${count}".`);
    if (attack === 'ledger') return { kind: 'ok', options: { kind: 'ledger', sequences: Number(count), seed: Number(given), json } };
    return { kind: 'ok', options: { kind: 'kills', kills: Number(count), seed: Number(given), json } };
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

import { parseArgs } from 'node:util';

export const MEASUREMENTS = ['history', 'start', 'memory', 'discord', 'clicks'] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

/** Takes minutes and tells nothing of speed: only when it is asked for by name. */
const USUAL = MEASUREMENTS.filter((name) => name !== 'clicks');

export interface BenchOptions {
  readonly json: boolean;
  readonly only: readonly Measurement[];
  /** How long the long training takes. */
  readonly longMs: number;
}

export type OptionsOutcome = { readonly kind: 'ok'; readonly options: BenchOptions } | { readonly kind: 'problem'; readonly problem: string };

/** Below, the long training would not be longer than the short one; above, nobody waits for it. */
const LONG_MIN_MS = 20_000;
const LONG_MAX_MS = 3_600_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000 };

export function readOptions(args: readonly string[]): OptionsOutcome {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    // parseArgs throws a sentence about the argument it does not know.
    return { kind: 'problem', problem: error instanceof Error ? error.message : String(error) };
  }
  const only = given.only.split(',').map((name) => name.trim());
  if (!only.every(isMeasurement)) return { kind: 'problem', problem: `Expected --only to list some of ${MEASUREMENTS.join(', ')}, got "${given.only}".` };
  const longMs = durationMs(given.long);
  if (longMs === undefined || longMs < LONG_MIN_MS || longMs > LONG_MAX_MS) return { kind: 'problem', problem: `Expected --long to be a time from 20s to 60m, got "${given.long}".` };
  return { kind: 'ok', options: { json: given.json, only, longMs } };
}

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: USUAL.join(',') }, long: { type: 'string', default: '60s' } },
  });
  return values;
}

function isMeasurement(name: string): name is Measurement {
  return MEASUREMENTS.some((known) => known === name);
}

function durationMs(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)(s|m)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs;
}

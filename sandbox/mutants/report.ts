import type { Verdict } from './trial.js';

export interface NamedResult {
  readonly name: string;
  readonly file: string;
  readonly verdict: Verdict;
}

export interface ControlResult {
  readonly name: string;
  readonly green: boolean;
  readonly verdict: Verdict;
}

export interface GenericResult {
  /** File, line and operator. */
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly verdict: Verdict;
  /** Why surviving is no hole; null where nobody has said so. */
  readonly reason: string | null;
}

export interface MutantsReport {
  readonly seed: number;
  readonly named: Counts;
  /** `stillborn`: drawn as well, and refused by the compiler. */
  readonly generic: Counts & { readonly stillborn: number };
  /** Changes that are no defects; `green` is what they must be. */
  readonly controls: readonly { readonly name: string; readonly green: boolean }[];
  readonly survivors: readonly { readonly name: string; readonly change: string; readonly reason: string | null }[];
  /** Mutants that say nothing: they no longer apply, or their tests are red without them. */
  readonly unclear: readonly { readonly name: string; readonly why: string }[];
  /** Every defect was seen, every control passed, every survivor has its reason. */
  readonly held: boolean;
}

/** A mutant whose tests ran into the limit of time is among the killed. */
export interface Counts {
  readonly tried: number;
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
}

interface Results {
  readonly seed: number;
  readonly named: readonly NamedResult[];
  readonly controls: readonly ControlResult[];
  readonly generic: readonly GenericResult[];
  readonly stillborn: number;
}

export function reportOf({ seed, named, controls, generic, stillborn }: Results): MutantsReport {
  const survivors = [
    ...named.filter(({ verdict }) => verdict.kind === 'survived').map(({ name, file }) => ({ name, change: file, reason: null })),
    ...generic.filter(({ verdict }) => verdict.kind === 'survived').map(({ name, before, after, reason }) => ({ name, change: `${before} → ${after}`, reason })),
  ];
  const unclear = [...named, ...controls, ...generic].flatMap(({ name, verdict }) => (verdict.kind === 'unclear' ? [{ name, why: verdict.why }] : []));
  const held = unclear.length === 0 && controls.every(({ green }) => green) && survivors.every(({ reason }) => reason !== null);
  return {
    seed,
    named: countsOf(named),
    generic: { ...countsOf(generic), stillborn },
    controls: controls.map(({ name, green }) => ({ name, green })),
    survivors,
    unclear,
    held,
  };
}

function countsOf(results: readonly { readonly verdict: Verdict }[]): Counts {
  const count = (...kinds: Verdict['kind'][]): number => results.filter(({ verdict }) => kinds.includes(verdict.kind)).length;
  return { tried: results.length, killed: count('killed', 'timed-out'), timedOut: count('timed-out'), survived: count('survived') };
}

export function summaryOf({ seed, named, generic, controls, survivors, unclear }: MutantsReport): string {
  return [
    `${named.killed} of ${named.tried} named mutants turned the tests red.`,
    `${generic.killed} of ${generic.tried} generic mutants of seed ${seed} did, ${generic.timedOut} of them by the limit of time; ${generic.stillborn} more did not compile.`,
    `${controls.filter(({ green }) => green).length} of ${controls.length} changes that are no defects stayed green.`,
    ...survivors.map(({ name, change, reason }) => `survived: ${name} · ${change} · ${reason ?? 'NO REASON IS KNOWN'}`),
    ...unclear.map(({ name, why }) => `unclear: ${name} · ${why}`),
  ].join('\n');
}

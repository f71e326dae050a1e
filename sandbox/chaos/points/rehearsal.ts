import type { SeenCall } from './executioner.js';
import { PLAYS, type PlayName } from './plays.js';
import { playRound } from './round.js';
import type { PointsSeat } from './seat.js';
import { EFFECTS, ruleOf } from './table.js';

/** What the table says, held against what the yard does. */
export interface Rehearsal {
  /** Calls that were made and have no row. */
  readonly withoutRow: readonly string[];
  /** Rows of effects that nobody made. */
  readonly withoutCall: readonly string[];
  /** Promises that were broken although nobody was killed. */
  readonly wrong: readonly string[];
}

/** Every play once, and nobody is killed. */
export async function rehearse(seat: PointsSeat, say: (line: string) => void): Promise<Rehearsal> {
  const wrong: string[] = [];
  for (const play of Object.keys(PLAYS) as PlayName[]) {
    const outcome = await playRound(seat, { play, restart: null }, [], true);
    say(`rehearsed ${play} in ${outcome.seconds} s`);
    wrong.push(...outcome.wrong.map((what) => `${play}: ${what}`));
  }
  const calls = [...seat.executioner.seen.values()];
  return { withoutRow: callsWithoutRow(seat.executioner.seen), withoutCall: rowsWithoutCall(calls), wrong };
}

export function callsWithoutRow(seen: ReadonlyMap<string, SeenCall>): string[] {
  return [...seen].filter(([, { caller, call }]) => ruleOf(caller, call) === undefined).map(([key]) => key);
}

function rowsWithoutCall(seen: readonly SeenCall[]): string[] {
  const made = new Set(seen.map(({ caller, call }) => ruleOf(caller, call)));
  return EFFECTS.filter((effect) => !made.has(effect)).map(({ name }) => name);
}

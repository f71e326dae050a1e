import { drawPictures } from '../../demo/pictures/draw-pictures.js';
import { playRound, type RoundOutcome } from './round.js';
import { CASES, type CrashCase } from './cases.js';
import { chooseRound } from './choose-round.js';
import { openSeat, type PointsSeat } from './seat.js';

export interface PointsOptions {
  /** Only cases whose name holds this text. */
  readonly only: string | null;
  readonly say: (line: string) => void;
}

export interface BrokenCase {
  readonly name: string;
  readonly reasons: readonly string[];
}

export interface PointsReport {
  readonly cases: number;
  readonly held: number;
  readonly broken: readonly BrokenCase[];
  /** Points that no call passed, so that nobody was killed there. */
  readonly unreached: readonly string[];
  readonly kills: number;
  readonly seconds: number;
}

/** A point that is not passed in so many rounds of the play that should pass it. */
const ROUNDS_WITHOUT = 4;
const PICTURES = 4;

/** Kills at every point of the table, several in one run; the cases of a round that breaks are tried again each alone. */
export async function runPointsChaos({ only, say }: PointsOptions, cases: readonly CrashCase[] = CASES): Promise<PointsReport> {
  const wanted = cases.filter(({ name }) => only === null || name.includes(only));
  const startedAt = Date.now();
  const waiting = new Set(wanted);
  const missed = new Map<CrashCase, number>();
  const suspects: CrashCase[][] = [];
  const broken: BrokenCase[] = [];
  const unreached: string[] = [];
  let held = 0;
  let kills = 0;
  const pictures = (await drawPictures()).slice(0, PICTURES);
  let seat: PointsSeat | null = null;

  const play = async (some: readonly CrashCase[], alone: boolean): Promise<RoundOutcome> => {
    seat ??= await openSeat(pictures, say);
    const outcome = await playRound(seat, chooseRound(some), some, alone);
    kills += outcome.fired.length;
    if (outcome.wrong.length > 0) {
      // Whatever broke may still be broken; the next round starts in a yard where nothing ever happened.
      await seat.close();
      seat = null;
    }
    return outcome;
  };

  try {
    while (waiting.size > 0) {
      const { play: name, fired, wrong, seconds } = await play([...waiting], false);
      for (const each of fired) waiting.delete(each);
      if (wrong.length === 0) held += fired.length;
      else if (fired.length > 0) suspects.push([...fired]);
      say(`${name}: ${fired.length} points in ${seconds} s${wrong.length === 0 ? '' : `, BROKEN: ${wrong.join(' | ')}`}; ${held} held, ${waiting.size} left`);
      for (const each of fired) say(`  ${wrong.length === 0 ? 'held' : 'suspect'}: ${each.name}`);
      if (fired.length > 0) continue;
      for (const each of waiting) {
        if (chooseRound([each]).play !== name) continue;
        missed.set(each, (missed.get(each) ?? 0) + 1);
        if ((missed.get(each) ?? 0) < ROUNDS_WITHOUT) continue;
        waiting.delete(each);
        unreached.push(each.name);
      }
    }
    for (const some of suspects) {
      const brokenBefore = broken.length;
      for (const each of some) {
        const { fired, wrong } = await play([each], true);
        if (fired.length === 0) unreached.push(each.name);
        else if (wrong.length === 0) held += 1;
        else broken.push({ name: each.name, reasons: wrong });
        say(`alone, ${fired.length === 0 ? 'not reached' : wrong.length === 0 ? 'held' : `BROKEN (${wrong.join(' | ')})`}: ${each.name}`);
      }
      if (broken.length === brokenBefore) say(`  these held each alone, and not together: ${some.map(({ name }) => name).join('; ')}`);
    }
  } finally {
    // TypeScript does not see that `play` gives it a value.
    await (seat as PointsSeat | null)?.close();
  }
  return { cases: wanted.length, held, broken, unreached, kills, seconds: Math.round((Date.now() - startedAt) / 1000) };
}

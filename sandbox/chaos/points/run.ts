import { drawPictures } from '../../demo/pictures/draw-pictures.js';
import type { Picture } from '../../demo/player.js';
import { CASES, type CrashCase } from './cases.js';
import { chooseRound } from './choose-round.js';
import { GONE, playGone, type Gone } from './gone.js';
import { callsWithoutRow, rehearse } from './rehearsal.js';
import { playRound, type RoundOutcome } from './round.js';
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
  /** Calls that were made and are not in the table, and effects of the table that nobody made. */
  readonly withoutRow: readonly string[];
  readonly withoutCall: readonly string[];
  readonly kills: number;
  readonly seconds: number;
}

/** A point that is not passed in so many rounds of the play that should pass it. */
const ROUNDS_WITHOUT = 4;
const PICTURES = 4;

/**
 * Plays everything once to hold the table against the calls, then kills at every point of it, several in one run; the cases of a
 * round that breaks are tried again each alone.
 */
export async function runPointsChaos({ only, say }: PointsOptions, cases: readonly CrashCase[] = CASES, gone: readonly Gone[] = GONE): Promise<PointsReport> {
  const isWanted = ({ name }: { readonly name: string }): boolean => only === null || name.includes(only);
  const wanted = cases.filter(isWanted);
  const away = gone.filter(isWanted);
  const startedAt = Date.now();
  const stage = createStage((await drawPictures()).slice(0, PICTURES), say);
  try {
    const { withoutCall, wrong } = await rehearse(await stage.seat(), say);
    const late = await sendAwayEach(stage, away, say);
    const together = await killTogether(stage, wanted, say);
    const alone = await killAlone(stage, together.suspects, say);
    const broken = [...late, ...alone.broken, ...(wrong.length === 0 ? [] : [{ name: 'nobody is killed', reasons: wrong }])];
    const unreached = [...together.unreached, ...alone.unreached];
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    const held = away.length - late.length + together.held + alone.held;
    return { cases: wanted.length + away.length, held, broken, unreached, withoutRow: stage.withoutRow(), withoutCall, kills: stage.kills(), seconds };
  } finally {
    await stage.close();
  }
}

type Stage = ReturnType<typeof createStage>;

function createStage(pictures: readonly Picture[], say: (line: string) => void) {
  let seat: PointsSeat | null = null;
  let kills = 0;
  const withoutRow = new Set<string>();
  const note = (): void => {
    for (const each of seat === null ? [] : callsWithoutRow(seat.executioner.seen)) withoutRow.add(each);
  };
  const close = async (): Promise<void> => {
    note();
    await seat?.close();
    seat = null;
  };
  const open = async (): Promise<PointsSeat> => {
    seat ??= await openSeat(pictures, say);
    return seat;
  };
  return {
    seat: open,
    close,
    kills: () => kills,
    withoutRow: () => {
      note();
      return [...withoutRow].sort();
    },
    async play(cases: readonly CrashCase[], alone: boolean): Promise<RoundOutcome> {
      const outcome = await playRound(await open(), chooseRound(cases), cases, alone);
      kills += outcome.fired.length;
      // Whatever broke may still be broken; the next round starts in a yard where nothing ever happened.
      if (outcome.wrong.length > 0) await close();
      return outcome;
    },
  };
}

async function sendAwayEach(stage: Stage, gone: readonly Gone[], say: (line: string) => void): Promise<readonly BrokenCase[]> {
  const broken: BrokenCase[] = [];
  for (const each of gone) {
    const reasons = await playGone(await stage.seat(), each);
    say(`${reasons.length === 0 ? 'held' : `BROKEN (${reasons.join(' | ')})`}: ${each.name}`);
    if (reasons.length === 0) continue;
    broken.push({ name: each.name, reasons });
    await stage.close();
  }
  return broken;
}

interface Together {
  readonly held: number;
  readonly unreached: readonly string[];
  /** The cases of the rounds that broke. */
  readonly suspects: readonly (readonly CrashCase[])[];
}

async function killTogether(stage: Stage, cases: readonly CrashCase[], say: (line: string) => void): Promise<Together> {
  const waiting = new Set(cases);
  const missed = new Map<CrashCase, number>();
  const suspects: CrashCase[][] = [];
  const unreached: string[] = [];
  let held = 0;
  while (waiting.size > 0) {
    const { play, fired, wrong, seconds } = await stage.play([...waiting], false);
    for (const each of fired) waiting.delete(each);
    if (wrong.length === 0) held += fired.length;
    else suspects.push([...fired]);
    say(`${play}: ${fired.length} points in ${seconds} s; ${held} held, ${waiting.size} left${wrong.length === 0 ? '' : `, BROKEN: ${wrong.join(' | ')}`}`);
    for (const each of fired) say(`  ${wrong.length === 0 ? 'held' : 'suspect'}: ${each.name}`);
    if (fired.length > 0) continue;
    for (const each of waiting) {
      if (chooseRound([each]).play !== play) continue;
      missed.set(each, (missed.get(each) ?? 0) + 1);
      if ((missed.get(each) ?? 0) < ROUNDS_WITHOUT) continue;
      waiting.delete(each);
      unreached.push(each.name);
    }
  }
  return { held, unreached, suspects };
}

/** Which of the cases of a broken round break it by themselves. */
async function killAlone(stage: Stage, suspects: Together['suspects'], say: (line: string) => void) {
  const broken: BrokenCase[] = [];
  const unreached: string[] = [];
  let held = 0;
  for (const each of suspects.flat()) {
    const { fired, wrong } = await playUntilReached(stage, each);
    if (fired.length === 0) unreached.push(each.name);
    else if (wrong.length === 0) held += 1;
    else broken.push({ name: each.name, reasons: wrong });
    say(`alone, ${fired.length === 0 ? 'not reached' : wrong.length === 0 ? 'held' : `BROKEN (${wrong.join(' | ')})`}: ${each.name}`);
  }
  return { broken, unreached, held };
}

/** Which calls a play makes is not all in our hands: a point that is missed is tried again. */
async function playUntilReached(stage: Stage, each: CrashCase): Promise<RoundOutcome> {
  for (let round = 1; ; round += 1) {
    const outcome = await stage.play([each], true);
    if (outcome.fired.length > 0 || round === ROUNDS_WITHOUT) return outcome;
  }
}

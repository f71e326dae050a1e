import { setTimeout as delay } from 'node:timers/promises';
import type { CrashCase } from './cases.js';
import type { RoundChoice } from './choose-round.js';
import { PLAYS, type PlayName, type Played } from './plays.js';
import { CALLERS } from './points-yard.js';
import type { PointsSeat } from './seat.js';
import { wrongWith } from './verdict.js';

export interface RoundOutcome {
  readonly play: PlayName;
  /** The cases that were carried out. */
  readonly fired: readonly CrashCase[];
  /** Which promises were broken. */
  readonly wrong: readonly string[];
  readonly seconds: number;
}

const LIMITS = { kills: 20, nodeKills: 5, atOnce: 4 } as const;
/** A job has three attempts: more nodes than these killed under it may fail a run. */
const SURVIVED_NODE_KILLS = 2;
const ALONE = { kills: 1, nodeKills: 1, atOnce: 1 } as const;
/** What a round takes at most without any kill, and what each kill may add: a step on a dead worker is asked for again after 20 s. */
const ROUND_MS = 90_000;
const PER_KILL_MS = 30_000;
const SERVES_MS = 90_000;
const LOOK_EVERY_MS = 100;

/** Plays the same with each person at once, kills on the way, and looks at every run when all is over. */
export async function playRound(seat: PointsSeat, { play, restart }: RoundChoice, cases: readonly CrashCase[], alone: boolean): Promise<RoundOutcome> {
  const { yard, executioner, pictures } = seat;
  const startedAt = Date.now();
  const over = new AbortController();
  executioner.arm(cases, alone ? ALONE : LIMITS, { part: (name) => yard.yard.part(name), nodes: yard.access.nodes });
  if (restart !== null) yard.yard.kill(restart, 'SIGKILL');
  const watchdog = setInterval(() => {
    if (Date.now() - startedAt > ROUND_MS + PER_KILL_MS * executioner.fired()) over.abort(new Error('the round took too long'));
  }, LOOK_EVERY_MS);
  const wrong: string[] = [];
  try {
    const people = alone ? seat.people.slice(0, 1) : seat.people;
    const played = await Promise.allSettled(people.map(({ person, datasetId }) => PLAYS[play]({ access: yard.access, person, datasetId, pictures, over: over.signal })));
    const stillDown = await untilAllServe(seat);
    const fired = executioner.disarm();
    if (stillDown.length > 0) wrong.push(`these parts do not serve: ${stillDown.join(', ')}`);
    for (const each of played) {
      if (each.status === 'rejected') wrong.push(`the play did not come to its end: ${String(each.reason)}`);
      else wrong.push(...(await wrongWith(yard.access, expectedAfter(each.value, fired))));
    }
    return { play, fired, wrong, seconds: Math.round((Date.now() - startedAt) / 1000) };
  } finally {
    clearInterval(watchdog);
    executioner.disarm();
  }
}

function expectedAfter(played: Played, fired: readonly CrashCase[]): Played {
  const nodeKills = fired.filter(({ victim }) => victim === 'node').length;
  return nodeKills > SURVIVED_NODE_KILLS ? { ...played, mayEnd: [...played.mayEnd, 'failed'] } : played;
}

/** @returns what does not serve in time */
async function untilAllServe({ yard }: PointsSeat): Promise<string[]> {
  const names = [...CALLERS, 'comfyui-node-a', 'comfyui-node-b', 'mongo', 'temporal'];
  const deadline = Date.now() + SERVES_MS;
  for (;;) {
    const down = names.filter((name) => !yard.yard.part(name).isReady);
    if (down.length === 0 || Date.now() > deadline) return down;
    await delay(LOOK_EVERY_MS);
  }
}

import type { PersonName } from '../../discord/people.js';
import { createChance } from '../../seeded-random.js';
import { conduct } from './conductor.js';
import { areAllClosed, inquest } from './inquest.js';
import { createObserver, type Observer } from './observer.js';
import { factsOf, isClean, reportOf, type KillsReport, type Played } from './report.js';
import { fateOf, scheduleOf } from './schedule.js';
import { sit, until, within, type AskedRun, type Errand } from './seat.js';
import { createDatasets, HEARTBEAT_MS, openOwnYard, SHUTDOWN_GRACE_MS, WELCOME_POINTS, type OwnYard } from './yard-of-its-own.js';

export interface KillsOptions {
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** A line of a part; left out when absent. */
  readonly line?: (label: string, text: string) => void;
}

const PEOPLE: readonly PersonName[] = ['mira', 'jonas', 'olga'];
const DATASETS_EACH = 2;
const SEATS = PEOPLE.length * DATASETS_EACH;
const STEPS = { least: 300, most: 900 };
/** After a kill: the heartbeat that has to be missed, and this. */
const MARGIN_MS = 15_000;
/** The longest freeze is three heartbeats, 60 s with those of a yard in use: then the limit after a stop is 75 s. */
const LIMITS_MS = { kill: HEARTBEAT_MS + MARGIN_MS, stop: 3 * HEARTBEAT_MS + MARGIN_MS, restart: HEARTBEAT_MS + MARGIN_MS + SHUTDOWN_GRACE_MS };
/** How long the yard may take for what is left once nothing is killed any more. */
const QUIET_MS = 60_000;
/** Runs that are still missing when the last kill is done are asked for in peace, within this. */
const REST_MS = 300_000;

/** Keeps a yard under fire while people train, lets it come to rest, then holds all that knows of the runs against the promises. */
export async function runKillsChaos({ kills, seed, say, line = () => undefined }: KillsOptions): Promise<{ held: boolean; report: KillsReport }> {
  const startedAt = Date.now();
  const own = await openOwnYard(say, line);
  const observer = createObserver(own.access);
  try {
    const played = await play(own, observer, { kills, seed, say });
    const findings = await inquest(own.access, played.asked, WELCOME_POINTS);
    const report = reportOf(played, findings, { seed, limitsMs: LIMITS_MS, heartbeatMs: HEARTBEAT_MS, elapsedMs: Date.now() - startedAt });
    const held = isClean(report);
    if (!held) for (const fact of [...factsOf(played, findings, LIMITS_MS), `Repeat it with: npm run chaos -- --kills ${kills} --seed ${seed}`]) say(fact);
    return { held, report };
  } finally {
    await observer.close();
    await own.close();
  }
}

async function play({ yard, access }: OwnYard, observer: Observer, { kills, seed, say }: Pick<KillsOptions, 'kills' | 'seed' | 'say'>): Promise<Played> {
  const schedule = scheduleOf(seed, kills, HEARTBEAT_MS);
  const wantedRuns = Math.ceil(kills / 3);
  const asked: AskedRun[] = [];
  const over = new AbortController();
  let isUnderFire = true;
  let number = 0;
  const started = (): number => asked.filter((run) => run.accepted).length;
  const hasEnough = (): boolean => started() >= wantedRuns;
  const isAhead = (part: number): boolean => started() + SEATS < part * wantedRuns;
  const next = (): Errand | null => (!isUnderFire && hasEnough() ? null : errandOf(seed, number++));

  const seats: Promise<void>[] = [];
  try {
    for (const person of PEOPLE) {
      for (const datasetId of await createDatasets(access, person, DATASETS_EACH)) {
        seats.push(sit({ access, observer, person, datasetId, next, over: over.signal, asked: (run) => asked.push(run) }));
      }
    }
    say(`${seats.length} people are seated; ${schedule.length} acts follow, seed ${seed}.`);
    const conducted = await conduct({ yard, access, observer, say, isAhead, over: over.signal }, schedule);
    isUnderFire = false;
    await within(REST_MS, until(hasEnough, over.signal));
    const allServe = (): boolean => Object.values(yard.state.parts).every(({ isReady }) => isReady);
    await within(QUIET_MS, until(allServe, over.signal));
    say(`The faults are over, ${observer.openRuns().length} runs are open.`);
    const quietFrom = Date.now();
    await within(QUIET_MS, Promise.all(seats).then(() => areAllClosed(access, observer, asked, over.signal)));
    say(`At rest after ${((Date.now() - quietFrom) / 1000).toFixed(1)} s.`);
    return { ...conducted, asked, observer };
  } finally {
    over.abort();
    await Promise.allSettled(seats);
  }
}

function errandOf(seed: number, number: number): Errand {
  const random = createChance(seed + 104_729 * (number + 1));
  const steps = STEPS.least + Math.floor(random() * (STEPS.most - STEPS.least));
  return { number, fate: fateOf(seed, number), steps, card: random() < 0.5 ? 'here' : 'dm' };
}

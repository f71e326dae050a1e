import { setTimeout as delay } from 'node:timers/promises';
import type { Access } from '../../demo/player.js';
import type { Part } from '../../yard/part.js';
import type { Yard } from '../../yard/yard.js';
import type { Observer } from './observer.js';
import { untilAnswered } from './probes.js';
import { isAffected, notice, type Outage, type Recovery } from './recovery.js';
import type { Act } from './schedule.js';
import { clock, until, within } from './seat.js';

export interface ConductorParts {
  readonly yard: Yard;
  readonly access: Access;
  readonly observer: Observer;
  readonly say: (line: string) => void;
  /** Whether so few runs were started that the next act, as a part of all, has to wait for more. */
  readonly isAhead: (part: number) => boolean;
  readonly over: AbortSignal;
}

/** What was done, and what came of it. */
export interface Conducted {
  readonly recoveries: readonly Recovery[];
  readonly outages: readonly Outage[];
  /** SIGKILLs at which at least one run was open, and at which at least one was in its training. */
  readonly killsWithOpenRun: number;
  readonly killsDuringTraining: number;
  /** The acts, one line each, with their time. */
  readonly log: readonly string[];
}

const LOOK_EVERY_MS = 50;
/** A yard in which no run trains for so long, or that does not keep up, gets its kill all the same; the report then tells. */
const MOMENT_MS = 120_000;

/** Carries out a schedule: every act at its pause after the one before, at a moment with an open run. */
export async function conduct(parts: ConductorParts, schedule: readonly Act[]): Promise<Conducted> {
  const { observer, yard, say, isAhead, over } = parts;
  const recoveries: Recovery[] = [];
  const outages: Outage[] = [];
  const log: string[] = [];
  const thaws: Promise<void>[] = [];
  let killsWithOpenRun = 0;
  let killsDuringTraining = 0;
  observer.onSighting((sighting) => {
    for (const recovery of recoveries) if (recovery.recoveredAt === null) notice(recovery, sighting);
  });

  for (const act of schedule) {
    await delay(act.pauseMs);
    await within(MOMENT_MS, until(() => isMoment(act) && !isAhead((act.index + 1) / schedule.length), over));
    if (over.aborted) break;
    const part = yard.part(act.victim);
    await until(() => part.pid !== undefined, over);
    if (act.kind === 'kill') {
      killsWithOpenRun += isMoment({ inTraining: false }) ? 1 : 0;
      killsDuringTraining += isMoment({ inTraining: true }) ? 1 : 0;
    }
    const line = `${clock()} ${act.kind} ${act.victim}${act.kind === 'stop' ? ` for ${(act.frozenMs / 1000).toFixed(1)} s` : ''}`;
    log.push(line);
    say(`${act.index + 1}/${schedule.length} ${line}; ${counts(observer)}`);
    thaws.push(strike(part, act));
  }
  await Promise.all(thaws);
  return { recoveries, outages, killsWithOpenRun, killsDuringTraining, log };

  function isMoment({ inTraining }: Pick<Act, 'inTraining'>): boolean {
    const open = observer.openRuns();
    return inTraining ? open.some(({ status }) => status === 'training') : open.length > 0;
  }

  /** Resolves when a stopped part goes on. Its recovery is watched meanwhile and after. */
  async function strike(part: Part, act: Act): Promise<void> {
    const { pid, restarts } = part;
    const affected = observer.openRuns().filter((row) => isAffected(act.victim, row));
    const outage: Outage = { victim: act.victim, from: Date.now(), until: null };
    const recovery: Recovery = { act, outage, waiting: new Map(affected.map(({ runId }) => [runId, null])), answered: false, lastTold: 'nothing', recoveredAt: null };
    outages.push(outage);
    recoveries.push(recovery);
    part.kill(act.kind === 'kill' ? 'SIGKILL' : act.kind === 'stop' ? 'SIGSTOP' : 'SIGTERM');
    if (act.kind === 'stop') {
      await delay(act.frozenMs);
      // Killed meanwhile, another process has taken its place, and that one is not frozen.
      if (part.pid === pid) part.kill('SIGCONT');
    }
    void watch(recovery, () => part.isReady && (act.kind === 'stop' || part.restarts > restarts));
  }

  async function watch(recovery: Recovery, serves: () => boolean): Promise<void> {
    while (!serves() && !over.aborted) await delay(LOOK_EVERY_MS);
    recovery.outage.until = Date.now();
    void untilAnswered(parts.access, observer, recovery.act.victim, over).then(() => {
      recovery.answered = true;
      recovery.lastTold = 'its answer';
    });
    while (!(recovery.answered && recovery.waiting.size === 0) && !over.aborted) await delay(LOOK_EVERY_MS);
    if (!over.aborted) recovery.recoveredAt = Date.now();
  }
}

function counts(observer: Observer): string {
  const by = new Map<string, number>();
  for (const { status } of observer.openRuns()) by.set(status, (by.get(status) ?? 0) + 1);
  return [...by].map(([status, count]) => `${count} ${status}`).join(', ');
}

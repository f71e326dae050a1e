import type { RunRow } from '../../../models/runs-schema.js';
import type { Sighting } from './observer.js';
import type { Act, Victim } from './schedule.js';

/** A time in which a part did not serve, from the signal to its next *ready*, or to its SIGCONT. */
export interface Outage {
  readonly victim: Victim;
  readonly from: number;
  until: number | null;
}

/** One act and what had to come back after it. */
export interface Recovery {
  readonly act: Act;
  readonly outage: Outage;
  /** Each run the victim was at work for, as it was first read after the act (null before that); gone from here once it has moved on. */
  readonly waiting: Map<string, RunRow | null>;
  /** Whether it was answered by what the victim does and no row shows. */
  answered: boolean;
  /** What had to be waited for longest. */
  lastTold: string;
  /** When the last affected run had moved on and the part served. */
  recoveredAt: number | null;
}

const TRAINS: readonly RunRow['status'][] = ['staging', 'training', 'collecting'];
const MOVES: readonly RunRow['status'][] = ['checking', ...TRAINS, 'ending'];
/** Parts without which no other one gets up. */
const SERVERS: readonly Victim[] = ['mongo', 'temporal'];
/** Parts without which no run moves on. */
const NEEDED: readonly Victim[] = ['mongo', 'temporal', 'yard', 'gpu', 'comfyui-node-a', 'comfyui-node-b', 'images'];

/** Whether the victim was at work for this run when it was hit; a run that waits for a free node needs none of them. */
export function isAffected(victim: Victim, row: RunRow): boolean {
  if (!row.open) return false;
  switch (victim) {
    case 'mongo':
    case 'temporal':
      return MOVES.includes(row.status);
    case 'gpu':
      return TRAINS.includes(row.status);
    case 'comfyui-node-a':
    case 'comfyui-node-b':
      return TRAINS.includes(row.status) && `comfyui-${row.claim?.nodeId ?? ''}` === victim;
    case 'yard':
      return row.status === 'checking' || row.status === 'ending';
    case 'images':
      return row.status === 'checking';
    case 'discord':
    case 'bot':
    case 'web':
    case 'discord-stand-in':
      return false;
  }
}

/** A sign of life of the run itself: state, attempt, claim, step, file or end. Cards and cancel requests are none. */
export function hasMoved(before: RunRow, now: RunRow): boolean {
  return signOf(before) !== signOf(now);
}

function signOf({ status, attempt, claim, progress, progressAt, artifact, end }: RunRow): string {
  return JSON.stringify([status, attempt, claim, progress, progressAt, artifact === null, end === null]);
}

/** Takes one sighting into account. A read that began before the act says nothing about what came after it. */
export function notice(recovery: Recovery, { row, at }: Sighting): void {
  const { act, waiting, outage } = recovery;
  const before = waiting.get(row.runId);
  if (at < outage.from || before === undefined) return;
  if (before === null && isAffected(act.victim, row)) waiting.set(row.runId, row);
  else if (before === null || !isAffected(act.victim, row) || hasMoved(before, row)) {
    waiting.delete(row.runId);
    recovery.lastTold = `run ${row.runId}, ${before?.status ?? '?'} to ${row.status}`;
  }
}

/**
 * Milliseconds from the act to the moment when its part served, every affected run had moved on and what the part answers was
 * answered, without the time that is another act's own: from a later hit on the same part, or while MongoDB or Temporal is down,
 * without which no worker gets up; and, once the part served, while any part is down that runs need. null while it lasts.
 */
export function recoveryMsOf({ act, outage, recoveredAt }: Recovery, outages: readonly Outage[]): number | null {
  if (recoveredAt === null) return null;
  const servesAt = outage.until ?? recoveredAt;
  const spans = outages.filter((other) => other !== outage).flatMap((other): Span[] => {
    const isLaterHit = other.victim === act.victim && other.from > outage.from;
    if (isLaterHit || (SERVERS.includes(other.victim) && !SERVERS.includes(act.victim))) return [{ from: outage.from, other }];
    return NEEDED.includes(other.victim) || other.victim === act.victim ? [{ from: servesAt, other }] : [];
  });
  return recoveredAt - outage.from - coveredMs(spans, recoveredAt);
}

/** An outage, as far as it counts: after a moment. */
interface Span {
  readonly from: number;
  readonly other: Outage;
}

/** How much of the time before the end is covered by outages, each moment once. */
function coveredMs(counted: readonly Span[], end: number): number {
  const spans = counted
    .map(({ from, other }): [number, number] => [Math.max(other.from, from), Math.min(other.until ?? end, end)])
    .filter(([start, stop]) => stop > start)
    .sort(([first], [second]) => first - second);
  let covered = 0;
  let coveredUntil = 0;
  for (const [start, stop] of spans) {
    covered += Math.max(0, stop - Math.max(start, coveredUntil));
    coveredUntil = Math.max(coveredUntil, stop);
  }
  return covered;
}

/** The share of values at or below which lies the given part: `part` 0.5 is the median. Nearest rank; 0 without values. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

import { setTimeout as delay } from 'node:timers/promises';
import { createRuns } from '../../../models/runs.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { Access } from '../../demo/player.js';

/** A run as it was read last, and when the read that saw it so began. */
export interface Sighting {
  readonly row: RunRow;
  readonly at: number;
}

/** Reads the rows of all runs that are not over, again and again, as well as the database lets it. */
export interface Observer {
  /** From now on the run is watched. */
  follow(runId: string): void;
  /** The last sighting; undefined while there is no row. */
  see(runId: string): Sighting | undefined;
  /** Runs whose row was open when it was read last. */
  openRuns(): readonly RunRow[];
  /** Ended, with its last card and its news out. */
  isDone(runId: string): boolean;
  /** Called with each sighting. */
  onSighting(look: (sighting: Sighting) => void): void;
  /** What changed in a run, and when. */
  timelineOf(runId: string): readonly string[];
  close(): Promise<void>;
}

const READ_EVERY_MS = 200;
/** An ended run is looked at until its card and its news are out. */
const isFinished = (row: RunRow): boolean => !row.open && row.notice === 'delivered' && (row.card === null || row.card.lost || row.card.renderedRevision >= row.revision);

export function createObserver(access: Access): Observer {
  const runs = createRuns(access.mongo);
  const followed = new Set<string>();
  const sightings = new Map<string, Sighting>();
  const timelines = new Map<string, string[]>();
  const looks: ((sighting: Sighting) => void)[] = [];
  const over = new AbortController();

  async function look(runId: string): Promise<void> {
    const at = Date.now();
    const row = await runs.read(runId);
    if (row === null) return;
    note(runId, sightings.get(runId)?.row, row);
    const sighting = { row, at };
    sightings.set(runId, sighting);
    if (isFinished(row)) followed.delete(runId);
    for (const tell of looks) tell(sighting);
  }

  function note(runId: string, before: RunRow | undefined, row: RunRow): void {
    const line = lineOf(row);
    if (before !== undefined && lineOf(before) === line) return;
    timelines.set(runId, [...(timelines.get(runId) ?? []), `${new Date().toISOString().slice(11, 23)} ${line}`]);
  }

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      // A database that is down is one of the faults: the last sighting stands meanwhile.
      await Promise.allSettled([...followed].map(look));
      await delay(READ_EVERY_MS);
    }
  }
  const watching = watch();

  return {
    follow: (runId) => {
      followed.add(runId);
    },
    see: (runId) => sightings.get(runId),
    openRuns: () => [...sightings.values()].map(({ row }) => row).filter((row) => row.open),
    isDone(runId) {
      const sighting = sightings.get(runId);
      return sighting !== undefined && isFinished(sighting.row);
    },
    onSighting: (tell) => {
      looks.push(tell);
    },
    timelineOf: (runId) => timelines.get(runId) ?? [],
    async close() {
      over.abort();
      await watching;
    },
  };
}

function lineOf({ status, attempt, claim, notice, end, cancelling, lastFailure }: RunRow): string {
  const parts = [status, `attempt ${attempt}`, claim === null ? '' : `${claim.nodeId} try ${claim.activityAttempt}`, cancelling === null ? '' : `cancelled by ${cancelling}`, lastFailure === null ? '' : `after ${lastFailure.type}`, end === null ? '' : `notice ${notice}`];
  return parts.filter((part) => part !== '').join(', ');
}

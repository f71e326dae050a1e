import { expectedDurationMs } from '../domain/expected-time.js';
import { estimateEndMs, estimateStartMs } from '../domain/remaining-time.js';
import type { Nodes } from './nodes.js';
import type { Runs } from './runs.js';
import type { RunRow } from './runs-schema.js';

export interface OutlookParts {
  readonly runs: Pick<Runs, 'countWaiting' | 'runsOnNodes' | 'finishedPaces'>;
  readonly nodes: Pick<Nodes, 'seenSince'>;
}

/** What a run that waits has before it. All null for one that does not wait. */
export interface QueueOutlook {
  /** Runs before it, about: fairness orders at dispatch. */
  readonly ahead: number | null;
  /** About when it gets a node, rounded; null when nothing is known of that, or when it should get one at once. */
  readonly startsAt: Date | null;
  readonly hasNode: boolean | null;
}

const NOT_WAITING: QueueOutlook = { ahead: null, startsAt: null, hasNode: null };
/** A worker that has not reported for this long does not count as there: three of its rounds. */
const NODE_SEEN_WITHIN_MS = 180_000;
const PACES = 20;
/** A guess to the second would be a different one at every look. */
const ROUNDED_TO_MS = 5 * 60_000;

export async function queueOutlookOf(run: RunRow, { runs, nodes }: OutlookParts, now: Date): Promise<QueueOutlook> {
  if (!run.open || run.status !== 'queued') return NOT_WAITING;
  const nowMs = now.getTime();
  const [ahead, seen, training, paces] = await Promise.all([
    runs.countWaiting(run.queue, run.createdAt),
    nodes.seenSince(run.queue, new Date(nowMs - NODE_SEEN_WITHIN_MS)),
    runs.runsOnNodes(run.queue),
    runs.finishedPaces(run.recipeId, PACES),
  ]);
  // The runs ahead are taken to be like this one.
  const expectedMs = expectedDurationMs(paces, run.settings);
  const fit = seen.filter(({ state }) => state === 'idle' || state === 'busy');
  const freeAt = fit.flatMap(({ nodeId, state }) => {
    if (state === 'idle') return [nowMs];
    const current = training.find(({ claim }) => claim?.nodeId === nodeId);
    const endMs = current === undefined ? null : (estimateEndMs(current) ?? (expectedMs === null ? null : current.attemptStartedAt.getTime() + expectedMs));
    return endMs === null ? [] : [endMs];
  });
  const startMs = ahead > 0 && expectedMs === null ? null : estimateStartMs({ nowMs, ahead, nodesFreeAtMs: freeAt, expectedMs: expectedMs ?? 0 });
  const startsAt = startMs === null || startMs - nowMs < ROUNDED_TO_MS / 5 ? null : new Date(Math.ceil(startMs / ROUNDED_TO_MS) * ROUNDED_TO_MS);
  return { ahead, startsAt, hasNode: fit.length > 0 };
}

import { log } from '@temporalio/activity';
import { troubleKey } from '../../domain/troubles.js';
import type { Trouble } from '../../domain/troubles.js';
import type { NodeRow, Nodes } from '../../models/nodes.js';
import type { Runs } from '../../models/runs.js';
import type { Troubles } from '../../models/troubles.js';

export interface OperatorsDependencies {
  readonly troubles: Pick<Troubles, 'note' | 'countUntold'>;
  readonly nodes: Pick<Nodes, 'all'>;
  readonly runs: Pick<Runs, 'longestWaiting'>;
  readonly namespaceId: string;
  readonly nodeReportIntervalMs: number;
}

export interface NoteTroublesRequest {
  readonly found: readonly Trouble[];
  /** What Temporal gave no answer about: while there is any, no trouble of a workflow is over. */
  readonly skipped: readonly string[];
}

export interface NotedTroubles {
  /** Troubles of nodes and queues. Sweeps that began in an older version have noted theirs without naming them. */
  readonly added?: readonly Trouble[];
  /** How much operators have yet to hear. */
  readonly untold: number;
}

/** Three reports have not come: a worker that restarts misses one. */
const REPORTS_MISSED = 3;
/** A node nobody has heard of for a week was taken away, and not by accident. */
const NODE_FORGOTTEN_MS = 7 * 24 * 3_600_000;
/** A training of usual size is over sooner: whoever waits longer may wait for a node that does not come. */
const LONG_WAIT_MS = 3_600_000;

export type OperatorsActivities = ReturnType<typeof createOperatorsActivities>;

export function createOperatorsActivities(deps: OperatorsDependencies) {
  return {
    /**
     * Adds nodes that are out and queues that wait long to what the sweep found, and keeps all of it on record.
     * Repeating it changes nothing more.
     */
    async noteTroubles({ found, skipped }: NoteTroublesRequest): Promise<NotedTroubles> {
      const now = new Date();
      const added = [...(await nodesOut(deps, now)), ...(await queuesWaiting(deps, now))];
      const { began, ended } = await deps.troubles.note([...found, ...added], (trouble) => skipped.length > 0 && 'workflowId' in trouble, now);
      for (const trouble of began) log.warn('operators are needed', { trouble });
      for (const trouble of ended) log.info('a trouble is over', { key: troubleKey(trouble) });
      return { added, untold: await deps.troubles.countUntold() };
    },
  };
}

async function nodesOut({ nodes, nodeReportIntervalMs }: OperatorsDependencies, now: Date): Promise<Trouble[]> {
  const patienceMs = REPORTS_MISSED * nodeReportIntervalMs;
  const outSince = ({ seenAt, state, stateSince }: NodeRow): Date | null => {
    const ageMs = now.getTime() - seenAt.getTime();
    if (ageMs > NODE_FORGOTTEN_MS) return null;
    if (ageMs > patienceMs) return seenAt;
    const takesTrainings = state === 'idle' || state === 'busy';
    return !takesTrainings && now.getTime() - stateSince.getTime() > patienceMs ? stateSince : null;
  };
  return (await nodes.all()).flatMap((node): Trouble[] => {
    const since = outSince(node);
    if (since === null) return [];
    return [{ kind: 'node-out', nodeId: node.nodeId, seenAt: since.toISOString(), ...(node.problem === null ? {} : { problem: node.problem }) }];
  });
}

async function queuesWaiting({ runs, namespaceId }: OperatorsDependencies, now: Date): Promise<Trouble[]> {
  const waiting = await runs.longestWaiting(namespaceId, new Date(now.getTime() - LONG_WAIT_MS));
  return waiting.map(({ queue, runId, since }) => ({ kind: 'queue-waiting', queue, runId, since: since.toISOString() }));
}

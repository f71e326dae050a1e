import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionStatusName } from '@temporalio/client';
import { KEEP_CARDS, SETTLE_RUN, settleRunIdOf, trainRunIdOf } from '../../domain/workflow-names.js';
import type { PointsLedger } from '../../models/points-ledger.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { Sightings } from '../../models/sightings.js';

export interface TemporalDependencies {
  readonly client: Client;
  readonly runs: Pick<Runs, 'read' | 'unsettled'>;
  readonly ledger: Pick<PointsLedger, 'openHolds'>;
  readonly sightings: Pick<Sightings, 'seenDead' | 'forget'>;
  readonly namespaceId: string;
  /** The `yard` queue, on which `settleRun` and the keeper of the cards run. */
  readonly yardQueue: string;
  /** The workflow id of the one keeper of the cards. */
  readonly keepCardsId: string;
  readonly graceMs: number;
  /** For how long after a run's end its notice is tried again. */
  readonly announceMs: number;
}

/** What one sweep found, as operators see it. */
export interface DeadRuns {
  readonly looked: number;
  readonly alive: number;
  readonly settling: readonly string[];
  /** Seen dead, but not often enough yet to act. */
  readonly waiting: readonly string[];
  /** Rows of another namespace: reported, never settled. */
  readonly reported: readonly string[];
}

/** After 2, 4, 8 … sightings: one is no proof, and an owner who cannot be reached is not written to at every sweep. */
function isDue(sightings: number): boolean {
  return sightings >= 2 && Number.isInteger(Math.log2(sightings));
}

const CLOSED: readonly WorkflowExecutionStatusName[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

type Verdict = 'alive' | 'settle' | 'waiting' | 'report';

/** More rows of a kind than a yard has open at once; a sweep looks at them in groups. */
const ROWS_A_SWEEP = 5_000;
const ROWS_AT_ONCE = 20;

export type TemporalActivities = ReturnType<typeof createTemporalActivities>;

export function createTemporalActivities(deps: TemporalDependencies) {
  const { client, runs, sightings } = deps;

  return {
    /** Requests the cancellation of a workflow, so that it may close as Canceled. Repeating it is harmless. */
    async requestCancellation({ workflowId }: { workflowId: string }): Promise<void> {
      await client.workflow.getHandle(workflowId).cancel();
    },

    /**
     * The union of open holds, open rows and pending notices older than the grace, judged by `describe()`.
     * Dead means *closed* or *not found* in two sweeps of the row's own namespace; any other error judges nothing.
     */
    async findDeadRuns({ sweepId }: { sweepId: string }): Promise<DeadRuns> {
      const now = new Date();
      const olderThan = new Date(now.getTime() - deps.graceMs);
      const noticesSince = new Date(now.getTime() - deps.announceMs);
      const found = new Map((await runs.unsettled({ olderThan, noticesSince, limit: ROWS_A_SWEEP })).map((row) => [row.runId, row]));
      for (const hold of await deps.ledger.openHolds(olderThan, ROWS_A_SWEEP)) {
        const row = found.has(hold.runId) ? null : await runs.read(hold.runId);
        if (row !== null) found.set(hold.runId, row);
      }
      const verdicts = new Map<string, Verdict>();
      const rows = [...found.values()];
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
        await Promise.all(rows.slice(at, at + ROWS_AT_ONCE).map(async (row) => verdicts.set(row.runId, await judge(row, sweepId, now))));
      }
      const runIds = (verdict: Verdict): string[] => [...verdicts].filter(([, given]) => given === verdict).map(([runId]) => runId);
      return {
        looked: found.size,
        alive: runIds('alive').length,
        settling: runIds('settle'),
        waiting: runIds('waiting'),
        reported: runIds('report'),
      };
    },

    /** Starts the keeper of the cards where none runs: at the start of a yard, and when an operator has ended it. */
    async ensureKeepCards(): Promise<void> {
      await client.workflow.start(KEEP_CARDS, {
        workflowId: deps.keepCardsId,
        taskQueue: deps.yardQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: 'the one writer of all cards',
      });
    },

    /** Starts the settling of one dead run; the id makes a second start meet the first. */
    async startSettleRun({ runId }: { runId: string }): Promise<void> {
      await client.workflow.start(SETTLE_RUN, {
        workflowId: settleRunIdOf(runId),
        taskQueue: deps.yardQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ runId }],
      });
    },
  };

  async function judge(row: RunRow, sweepId: string, now: Date): Promise<Verdict> {
    if (row.namespaceId !== deps.namespaceId) return 'report';
    const status = await statusOf(trainRunIdOf(row.runId));
    if (status !== null && !CLOSED.includes(status)) {
      await sightings.forget(row.runId);
      return 'alive';
    }
    const times = await sightings.seenDead(row.runId, sweepId, now);
    return isDue(times) ? 'settle' : 'waiting';
  }

  /** `null` = no such workflow. Every other error is thrown: what cannot be asked is not judged. */
  async function statusOf(workflowId: string): Promise<WorkflowExecutionStatusName | null> {
    try {
      return (await client.workflow.getHandle(workflowId).describe()).status.name;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }
}

import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import type { Client, WorkflowExecutionDescription, WorkflowExecutionStatusName } from '@temporalio/client';
import { isDueAfter } from '../../domain/settling.js';
import type { Unfinished } from '../../domain/settling.js';
import type { Trouble } from '../../domain/troubles.js';
import { settleRunIdOf, trainRunIdOf } from '../../domain/workflow-names.js';
import type { PointsLedger } from '../../models/points-ledger.js';
import type { OpenHold } from '../../models/points-queries.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { Sightings } from '../../models/sightings.js';
import { troublesOf } from './pending-troubles.js';
import type { Patience } from './pending-troubles.js';

export interface DeadRunsDependencies {
  readonly client: Client;
  readonly runs: Pick<Runs, 'read' | 'unsettled'>;
  readonly ledger: Pick<PointsLedger, 'openHolds'>;
  readonly sightings: Pick<Sightings, 'seenDead' | 'forget'>;
  readonly namespaceId: string;
  /** The workflow id of the one keeper of the cards. */
  readonly keepCardsId: string;
  readonly graceMs: number;
  /** For how long after a run's end its notice is tried again. */
  readonly announceMs: number;
  /** When a failing workflow or release becomes a trouble; the usual patience when not given. */
  readonly patience?: Patience;
}

/** What one sweep found, as operators see it. */
export interface DeadRuns {
  readonly looked: number;
  readonly alive: number;
  readonly settling: readonly string[];
  /** Seen dead, but not often enough yet to act. */
  readonly waiting: readonly string[];
  /** Rows of another namespace and holds without a row: reported, never settled. */
  readonly reported: readonly string[];
  /** Temporal gave no answer about them: the next sweep asks again. */
  readonly skipped: readonly string[];
  readonly troubles: readonly Trouble[];
}

type Verdict = 'alive' | 'settle' | 'waiting' | 'report' | 'skip';

interface Judged {
  readonly runId: string;
  readonly verdict: Verdict;
  readonly troubles: readonly Trouble[];
}

/** What Temporal says of a workflow: `null` = there is none, `unknown` = it could not be asked. */
type Answer = WorkflowExecutionDescription | null | 'unknown';

const CLOSED: readonly WorkflowExecutionStatusName[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** More rows of a kind than a yard has open at once; a sweep looks at them in groups. */
const ROWS_A_SWEEP = 5_000;
const ROWS_AT_ONCE = 20;
const ANSWER_WITHIN_MS = 10_000;

/** See `findDeadRuns` in `activities.ts` for what is promised. */
export async function findDeadRuns(deps: DeadRunsDependencies, sweepId: string): Promise<DeadRuns> {
  const now = new Date();
  const { rows, holding, withoutRow } = await unsettledRuns(deps, now);
  const unfinishedOf = ({ open, runId }: RunRow): Unfinished => (open || holding.has(runId) ? 'points' : 'notice');
  const judged = withoutRow.map(judgeWithoutRow);
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    judged.push(...(await Promise.all(rows.slice(at, at + ROWS_AT_ONCE).map((row) => judge(deps, row, unfinishedOf(row), { sweepId, now })))));
  }
  const keeper = await ask(deps.client, deps.keepCardsId);
  const runIds = (verdict: Verdict): string[] => judged.filter((each) => each.verdict === verdict).map(({ runId }) => runId);
  return {
    looked: judged.length,
    alive: runIds('alive').length,
    settling: runIds('settle'),
    waiting: runIds('waiting'),
    reported: runIds('report'),
    skipped: runIds('skip'),
    troubles: [...judged.flatMap(({ troubles }) => troubles), ...troublesIn(keeper, null, deps.patience)],
  };
}

interface UnsettledRuns {
  readonly rows: readonly RunRow[];
  /** Runs whose points are set aside. */
  readonly holding: ReadonlySet<string>;
  /** Holds that no row speaks for. */
  readonly withoutRow: readonly OpenHold[];
}

/** The union of open rows, pending notices and open holds older than the grace. */
async function unsettledRuns({ runs, ledger, graceMs, announceMs }: DeadRunsDependencies, now: Date): Promise<UnsettledRuns> {
  const olderThan = new Date(now.getTime() - graceMs);
  const noticesSince = new Date(now.getTime() - announceMs);
  const found = new Map((await runs.unsettled({ olderThan, noticesSince, limit: ROWS_A_SWEEP })).map((row) => [row.runId, row]));
  const withoutRow: OpenHold[] = [];
  const holds = await ledger.openHolds(olderThan, ROWS_A_SWEEP);
  for (const hold of holds) {
    if (found.has(hold.runId)) continue;
    const row = await runs.read(hold.runId);
    if (row === null) withoutRow.push(hold);
    else found.set(hold.runId, row);
  }
  return { rows: [...found.values()], holding: new Set(holds.map(({ runId }) => runId)), withoutRow };
}

/** Which namespace ran it stands in the row alone, and a workflow that is not found in this one may live in another. */
function judgeWithoutRow({ runId, accountId, amountPoints, at }: OpenHold): Judged {
  return { runId, verdict: 'report', troubles: [{ kind: 'hold-without-run', runId, accountId, amountPoints, since: at.toISOString() }] };
}

interface Sweep {
  readonly sweepId: string;
  readonly now: Date;
}

async function judge(deps: DeadRunsDependencies, { runId, namespaceId }: RunRow, unfinished: Unfinished, { sweepId, now }: Sweep): Promise<Judged> {
  if (namespaceId !== deps.namespaceId) return { runId, verdict: 'report', troubles: [{ kind: 'foreign-run', runId, namespaceId }] };
  const run = await ask(deps.client, trainRunIdOf(runId));
  if (run === 'unknown') return { runId, verdict: 'skip', troubles: [] };
  if (run !== null && isAlive(run)) {
    await deps.sightings.forget(runId);
    return { runId, verdict: 'alive', troubles: troublesIn(run, runId, deps.patience) };
  }
  const sightings = await deps.sightings.seenDead(runId, sweepId, now);
  const settling = await ask(deps.client, settleRunIdOf(runId));
  return { runId, verdict: isDueAfter(sightings, unfinished) ? 'settle' : 'waiting', troubles: troublesIn(settling, runId, deps.patience) };
}

function isAlive({ status }: WorkflowExecutionDescription): boolean {
  return !CLOSED.includes(status.name);
}

function troublesIn(answer: Answer, runId: string | null, patience: Patience | undefined): Trouble[] {
  return answer === null || answer === 'unknown' || !isAlive(answer) ? [] : troublesOf(answer, runId, patience);
}

/** What cannot be asked is not judged: a namespace that is away looks like *all runs are gone*. */
async function ask(client: Client, workflowId: string): Promise<Answer> {
  try {
    return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => client.workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    if (error instanceof NamespaceNotFoundError || error instanceof ServiceError) return 'unknown';
    throw error;
  }
}

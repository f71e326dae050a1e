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
  /** The `yard` queue, on which all workflows of this yard run. */
  readonly yardQueue: string;
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
  /** Ids of workflows that Temporal gave no answer about, and queues whose workflows it did not name: the next sweep asks again. */
  readonly skipped: readonly string[];
  readonly troubles: readonly Trouble[];
}

type Verdict = 'alive' | 'settle' | 'waiting' | 'report' | 'skip';

interface Judged {
  readonly runId: string;
  readonly verdict: Verdict;
  /** What the row or the hold itself tells; what its workflows tell stands in the `Inquiry`. */
  readonly trouble?: Trouble;
}

/** What Temporal says of a workflow: `null` = there is none, `unknown` = it could not be asked. */
type Answer = WorkflowExecutionDescription | null | 'unknown';

/** What one sweep asks Temporal, and what it has learnt so far. */
interface Inquiry {
  readonly ask: (workflowId: string) => Promise<Answer>;
  /** Ids of workflows. */
  readonly asked: ReadonlySet<string>;
  /** See `DeadRuns.skipped`. */
  readonly unanswered: string[];
  readonly troubles: readonly Trouble[];
}

const CLOSED: readonly WorkflowExecutionStatusName[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** More rows, or workflows, of a kind than a yard has open at once; a sweep looks at them in groups. */
const MOST_A_SWEEP = 5_000;
const ASKED_AT_ONCE = 20;
const ANSWER_WITHIN_MS = 10_000;

/** See `findDeadRuns` in `activities.ts` for what is promised. */
export async function findDeadRuns(deps: DeadRunsDependencies, sweepId: string): Promise<DeadRuns> {
  const now = new Date();
  const { rows, holding, withoutRow } = await unsettledRuns(deps, now);
  const unfinishedOf = ({ open, runId }: RunRow): Unfinished => (open || holding.has(runId) ? 'points' : 'notice');
  const inquiry = createInquiry(deps);
  const judged = withoutRow.map(judgeWithoutRow);
  judged.push(...(await inGroups(rows, (row) => judge(deps, inquiry, row, unfinishedOf(row), { sweepId, now }))));
  await askAboutOthers(deps, inquiry);
  const runIds = (verdict: Verdict): string[] => judged.filter((each) => each.verdict === verdict).map(({ runId }) => runId);
  return {
    looked: judged.length,
    alive: runIds('alive').length,
    settling: runIds('settle'),
    waiting: runIds('waiting'),
    reported: runIds('report'),
    skipped: inquiry.unanswered,
    troubles: [...judged.flatMap(({ trouble }) => trouble ?? []), ...inquiry.troubles],
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
  const found = new Map((await runs.unsettled({ olderThan, noticesSince, limit: MOST_A_SWEEP })).map((row) => [row.runId, row]));
  const withoutRow: OpenHold[] = [];
  const holds = await ledger.openHolds(olderThan, MOST_A_SWEEP);
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
  return { runId, verdict: 'report', trouble: { kind: 'hold-without-run', runId, accountId, amountPoints, since: at.toISOString() } };
}

interface Sweep {
  readonly sweepId: string;
  readonly now: Date;
}

async function judge(deps: DeadRunsDependencies, { ask }: Inquiry, { runId, namespaceId }: RunRow, unfinished: Unfinished, { sweepId, now }: Sweep): Promise<Judged> {
  if (namespaceId !== deps.namespaceId) return { runId, verdict: 'report', trouble: { kind: 'foreign-run', runId, namespaceId } };
  const run = await ask(trainRunIdOf(runId));
  if (run === 'unknown') return { runId, verdict: 'skip' };
  if (run !== null && isAlive(run)) {
    await deps.sightings.forget(runId);
    return { runId, verdict: 'alive' };
  }
  const sightings = await deps.sightings.seenDead(runId, sweepId, now);
  await ask(settleRunIdOf(runId));
  return { runId, verdict: isDueAfter(sightings, unfinished) ? 'settle' : 'waiting' };
}

/**
 * Asks about every other workflow of the yard that runs: one that was stuck at its first task has no row to be found by, and uploads and
 * the keeper of the cards belong to no run. The queue is left unanswered when Temporal does not say which there are.
 */
async function askAboutOthers({ client, yardQueue, keepCardsId }: DeadRunsDependencies, { ask, asked, unanswered }: Inquiry): Promise<void> {
  // Named here too, since the list of those that run comes a moment late.
  const others = new Set([keepCardsId]);
  try {
    await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, async () => {
      for await (const { workflowId } of client.workflow.list({ query: `TaskQueue=${JSON.stringify(yardQueue)} AND ExecutionStatus="Running"` })) {
        if (others.size >= MOST_A_SWEEP) break;
        if (!asked.has(workflowId)) others.add(workflowId);
      }
    });
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    unanswered.push(yardQueue);
  }
  await inGroups([...others], ask);
}

async function inGroups<Item, Result>(items: readonly Item[], look: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += ASKED_AT_ONCE) results.push(...(await Promise.all(items.slice(at, at + ASKED_AT_ONCE).map(look))));
  return results;
}

function isAlive({ status }: WorkflowExecutionDescription): boolean {
  return !CLOSED.includes(status.name);
}

function createInquiry({ client, patience }: DeadRunsDependencies): Inquiry {
  const asked = new Set<string>();
  const unanswered: string[] = [];
  const troubles: Trouble[] = [];
  return {
    asked,
    unanswered,
    troubles,
    async ask(workflowId) {
      asked.add(workflowId);
      const answer = await describeWorkflow(client, workflowId);
      if (answer === 'unknown') unanswered.push(workflowId);
      else if (answer !== null && isAlive(answer)) troubles.push(...troublesOf(answer, patience));
      return answer;
    },
  };
}

/** What cannot be asked is not judged: a namespace that is away looks like *all runs are gone*. */
async function describeWorkflow(client: Client, workflowId: string): Promise<Answer> {
  try {
    return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => client.workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    if (isUnanswered(error)) return 'unknown';
    throw error;
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof NamespaceNotFoundError || error instanceof ServiceError;
}

import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { textsFor } from '../../../bot/texts/texts.js';
import { accountIdOf, splitAccountId } from '../../../domain/accounts.js';
import { MAX_ATTEMPTS } from '../../../domain/runs.js';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import { auditLedger } from '../../../models/ledger-audit.js';
import { createPointsLedger } from '../../../models/points-ledger.js';
import { createRuns } from '../../../models/runs.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { JobRecord } from '../../comfyui/ground-truth.js';
import { disagreementsAbout } from '../../demo/agreement/check.js';
import type { Disagreement, Expectation } from '../../demo/agreement/expectation.js';
import type { Access } from '../../demo/player.js';
import { USERS } from '../../discord/people.js';
import type { SeenMessage } from '../../discord/user/view.js';
import type { Observer } from './observer.js';
import { until, type AskedRun } from './seat.js';

/**
 * What a run, the ledger or a node was found to be guilty of.
 *
 * `lost`: a run that was accepted and has no row, or no workflow; a row that ended without what its end promises; points that are gone.
 * `duplicated`: resolved or charged twice, two cards, two notices, a prompt trained twice, two trainings side by side, more trainings
 * than attempts, more than three attempts. `stuck`: no terminal state. `orphan`: a job that still waits or runs although no run is open.
 */
export interface Finding {
  readonly kind: 'lost' | 'duplicated' | 'stuck' | 'orphan';
  readonly runId: string | null;
  readonly what: string;
}

interface Job extends JobRecord {
  readonly nodeId: string;
}

/** Holds every run that was asked for, the ledger and the nodes against the promises. The faults are over and the yard is quiet. */
export async function inquest(access: Access, asked: readonly AskedRun[], welcomePoints: number): Promise<readonly Finding[]> {
  const jobs = (await Promise.all(access.nodes.map(async ({ nodeId, control }) => (await control.jobs()).map((job): Job => ({ ...job, nodeId }))))).flat();
  const findings: Finding[] = [];
  const rows: RunRow[] = [];
  for (const run of asked) {
    const row = await createRuns(access.mongo).read(run.runId);
    if (row !== null) rows.push(row);
    findings.push(...(await findingsAbout(access, run, row, jobs.filter((job) => job.runId === run.runId))));
  }
  for (const job of jobs) {
    const isThere = job.state === 'pending' || job.state === 'running';
    if (isThere) findings.push({ kind: 'orphan', runId: job.runId, what: `job ${job.promptId} is ${job.state} on ${job.nodeId}` });
  }
  return [...findings, ...(await findingsInLedger(access, rows, welcomePoints))];
}

async function findingsAbout(access: Access, run: AskedRun, row: RunRow | null, jobs: readonly Job[]): Promise<Finding[]> {
  const { runId } = run;
  const status = await workflowStatus(access, runId);
  const finding = (kind: Finding['kind'], what: string): Finding => ({ kind, runId, what });
  if (row === null) {
    if (status === null) return run.accepted ? [finding('lost', 'it was accepted, and neither a row nor a workflow is there')] : [];
    return [finding(status === 'RUNNING' ? 'stuck' : 'lost', `its workflow is ${status} and there is no row`)];
  }
  if (row.open || row.end === null || status === 'RUNNING') return [finding('stuck', `its row is ${row.status} and its workflow ${status ?? 'unknown'}`)];

  const told = await disagreementsAbout(aboutOneRun(access, row, run.screen.id), runId, expectationOf(row, row.end, jobs));
  const wasTerminated = run.deeds.some((deed) => deed.includes('terminated'));
  const isExplained = async ({ place, found }: Disagreement): Promise<boolean> => {
    if (place === 'workflow') return wasTerminated && /found TERMINATED|RunState/.test(found);
    // News that could not be delivered for a while is told at its owner's next command.
    return place === 'notice' && found.endsWith('found 0') && (await toldAtNextCommand(access, row));
  };
  const unexplained: Disagreement[] = [];
  for (const each of told) if (!(await isExplained(each))) unexplained.push(each);
  return [...unexplained.filter(({ found }) => !found.startsWith('audit:')).map((each) => finding(kindOf(each), `${each.place}: ${each.found}`)), ...trainedTooOften(row, jobs, finding)];
}

/** The end and the attempts are the row's own word, which every other place is held against. */
function expectationOf({ attempt, pricePoints }: RunRow, end: NonNullable<RunRow['end']>, jobs: readonly Job[]): Expectation {
  const trainings = jobs.filter((job) => job.trained || job.trainedSteps > 0).length;
  switch (end.kind) {
    case 'succeeded':
      return { end: { kind: 'succeeded' }, attempts: attempt, trainings };
    case 'failed':
      return { end: { kind: 'failed', type: end.failure.type }, attempts: attempt, trainings };
    case 'refused':
      return { end: { kind: 'refused', code: end.refusal.code, holdAsked: pricePoints > 0 && end.refusal.code === 'not-enough-points' }, attempts: attempt, trainings };
    case 'cancelled':
      return { end: { kind: 'cancelled', by: end.by, charge: end.capturedPoints > 0 ? 'part' : 'none' }, attempts: attempt, trainings };
  }
}

function kindOf({ found }: Disagreement): Finding['kind'] {
  const several = /expected one .*, found ([0-9]+)/.exec(found)?.[1];
  if (several !== undefined && Number(several) > 1) return 'duplicated';
  if (/trained twice|side by side|submitted twice/.test(found)) return 'duplicated';
  if (/is still (pending|running)/.test(found)) return 'orphan';
  return 'lost';
}

function trainedTooOften(row: RunRow, jobs: readonly Job[], finding: (kind: Finding['kind'], what: string) => Finding): Finding[] {
  const trained = jobs.filter((job) => job.trained);
  const completed = trained.filter((job) => job.state === 'completed');
  const found: Finding[] = [];
  if (trained.length > row.attempt) found.push(finding('duplicated', `${trained.length} trainings in ${row.attempt} attempts`));
  if (row.attempt > MAX_ATTEMPTS) found.push(finding('duplicated', `${row.attempt} attempts`));
  // The node that trained the earlier one to its end was killed before anybody could ask it, or the second was for nothing.
  if (completed.length > 1 && row.lastFailure === null) found.push(finding('duplicated', `${completed.length} trainings to the end without a failed attempt`));
  return found;
}

/** A person has many runs here: messages of the others say nothing about this one. */
function aboutOneRun(access: Access, row: RunRow, screenId: string): Access {
  const short = row.runId.slice(0, 8);
  return {
    ...access,
    messagesOf: async (userId) => {
      const messages = await access.messagesOf(userId);
      const isOfRun = (message: SeenMessage): boolean =>
        message.id === screenId || (row.card !== null && message.replyTo === row.card.messageId) || JSON.stringify([message.content, message.components]).includes(short);
      return messages.filter(isOfRun);
    },
  };
}

/** Waits until every run that was asked for is over: row, workflow, card and news. */
export async function areAllClosed(access: Access, observer: Observer, asked: readonly AskedRun[], over: AbortSignal): Promise<void> {
  for (const { runId, accepted } of asked) {
    if (!accepted) continue;
    await until(() => observer.isDone(runId), over);
    while (!over.aborted && (await workflowStatus(access, runId)) === 'RUNNING') await delay(100);
  }
}

async function toldAtNextCommand(access: Access, { accountId, datasetName, endedAt }: RunRow): Promise<boolean> {
  const messages = await access.messagesOf(splitAccountId(accountId).userId);
  const since = endedAt?.getTime() ?? 0;
  return messages.some((message) => message.ephemeral && message.createdAt >= since && access.textOf(message).includes(textsFor('en-US').runs.notice.missedHeading) && access.textOf(message).includes(datasetName));
}

async function workflowStatus(access: Access, runId: string): Promise<string | null> {
  try {
    return (await access.client.workflow.getHandle(trainRunIdOf(runId)).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Every rule of the ledger, and every account's points against what its runs say they took. */
async function findingsInLedger(access: Access, rows: readonly RunRow[], welcomePoints: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { violations } = await auditLedger(access.mongo, createRuns(access.mongo));
  for (const { check, account, message } of violations) findings.push({ kind: 'lost', runId: null, what: `ledger: ${check} of ${account ?? 'all'}: ${message}` });
  const ledger = createPointsLedger(access.mongo);
  for (const { id } of Object.values(USERS)) {
    const accountId = accountIdOf('discord', id);
    const balance = await ledger.balanceOf(accountId);
    const taken = rows.filter((row) => row.accountId === accountId).reduce((sum, { end }) => sum + (end !== null && 'capturedPoints' in end ? end.capturedPoints : 0), 0);
    const expected = welcomePoints - taken;
    if (taken > 0 && balance.availablePoints !== expected) {
      findings.push({ kind: balance.availablePoints < expected ? 'lost' : 'duplicated', runId: null, what: `${accountId} has ${balance.availablePoints} points, its runs leave ${expected}` });
    }
  }
  return findings;
}

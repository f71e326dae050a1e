import { setTimeout as delay } from 'node:timers/promises';
import { createRuns } from '../../../models/runs.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { JobRecord } from '../../comfyui/ground-truth.js';
import { disagreementsAbout } from '../../demo/agreement/check.js';
import type { Expectation } from '../../demo/agreement/expectation.js';
import { auditDisagreements } from '../../demo/agreement/ledger.js';
import type { Access } from '../../demo/player.js';
import type { Played } from './plays.js';

/** Places agree within moments of the end: the closing of the workflow follows the row, and a node that was killed has to be back. */
const AGREE_WITHIN_MS = 30_000;
const AGAIN_MS = 250;

/** What is wrong with a run after its end; nothing when every promise was kept. Waits for the moments that the last steps take. */
export async function wrongWith(access: Access, played: Played): Promise<readonly string[]> {
  const deadline = Date.now() + AGREE_WITHIN_MS;
  for (;;) {
    const wrong = await look(access, played).catch((error: unknown) => [`it could not be looked at: ${String(error)}`]);
    if (wrong.length === 0 || Date.now() > deadline) return wrong;
    await delay(AGAIN_MS);
  }
}

async function look(access: Access, { runId, mayEnd }: Played): Promise<string[]> {
  const jobs = (await Promise.all(access.nodes.map(({ control }) => control.jobs()))).flat();
  const orphans = jobs.filter((job) => job.state === 'pending' || job.state === 'running').map((job) => `nodes: job ${job.promptId} of run ${job.runId ?? '?'} is still ${job.state}`);
  if (runId === null) return [...orphans, ...(await auditDisagreements(access))];
  const row = await createRuns(access.mongo).read(runId);
  if (row === null) return [...orphans, `run row: run ${runId} has none`];
  if (row.open || row.end === null) return [...orphans, `run row: run ${runId} is still ${row.status}, attempt ${row.attempt}`];

  const ofRun = jobs.filter((job) => job.runId === runId);
  const told = await disagreementsAbout(aboutOneRun(access, row), runId, expectationOf(row, row.end, ofRun));
  const status = await access.client.workflow.getHandle(`train-run:${runId}`).describe().then((described) => described.status.name, () => 'UNKNOWN');
  const unexplained = told.filter(({ place }) => !(place === 'workflow' && status === 'TERMINATED'));
  return [...orphans, ...unexplained.map(({ place, found }) => `${place}: ${found}`), ...endsWrong(row, row.end, mayEnd), ...trainsWrong(row, ofRun)];
}

function endsWrong({ runId, lastFailure }: RunRow, end: NonNullable<RunRow['end']>, mayEnd: Played['mayEnd']): string[] {
  if (mayEnd.includes(end.kind)) return [];
  return [`run row: run ${runId} may end as ${mayEnd.join(' or ')}, and ended as ${JSON.stringify(end)} after ${JSON.stringify(lastFailure)}`];
}

/** At most one training of each attempt, each prompt once, and two to their ends only when an attempt was given up between them. */
function trainsWrong({ attempt, lastFailure }: RunRow, jobs: readonly JobRecord[]): string[] {
  const trained = jobs.filter((job) => job.trained);
  const completed = trained.filter((job) => job.state === 'completed');
  const wrong: string[] = [];
  if (trained.length > attempt) wrong.push(`nodes: ${trained.length} trainings in ${attempt} attempts`);
  if (completed.length > 1 && lastFailure === null) wrong.push(`nodes: ${completed.length} trainings to their ends without a failed attempt`);
  return wrong;
}

/** The end and the attempts are the row's own word, which every other place is held against. */
function expectationOf({ attempt, pricePoints }: RunRow, end: NonNullable<RunRow['end']>, jobs: readonly JobRecord[]): Expectation {
  const about = { attempts: attempt, trainings: jobs.filter((job) => job.trained || job.trainedSteps > 0).length };
  switch (end.kind) {
    case 'succeeded':
      return { ...about, end: { kind: 'succeeded' } };
    case 'failed':
      return { ...about, end: { kind: 'failed', type: end.failure.type } };
    case 'refused':
      return { ...about, end: { kind: 'refused', code: end.refusal.code, holdAsked: pricePoints > 0 && end.refusal.code === 'not-enough-points' } };
    case 'cancelled':
      return { ...about, end: { kind: 'cancelled', by: end.by, charge: chargeOf(end.capturedPoints, pricePoints, jobs) } };
  }
}

/** Whoever cancels when the last step is done pays all of it; the run then ends before its file is fetched. */
function chargeOf(capturedPoints: number, pricePoints: number, jobs: readonly JobRecord[]): 'none' | 'part' | 'all' {
  if (capturedPoints === 0) return 'none';
  return capturedPoints === pricePoints && jobs.some((job) => job.state === 'completed') ? 'all' : 'part';
}

/** A person has many runs here: messages of the others say nothing about this one. */
function aboutOneRun(access: Access, { runId, card }: RunRow): Access {
  return {
    ...access,
    messagesOf: async (userId) => {
      const messages = await access.messagesOf(userId);
      return messages.filter((message) => message.replyTo === card?.messageId || JSON.stringify([message.content, message.components]).includes(runId.slice(0, 8)));
    },
  };
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeadRuns } from '../../activities/temporal/dead-runs.js';
import { splitAccountId } from '../../domain/accounts.js';
import { settleRunIdOf, trainRunIdOf } from '../../domain/workflow-names.js';
import { auditLedger } from '../../models/ledger-audit.js';
import { disagreementsAbout } from '../../sandbox/demo/agreement/check.js';
import type { ExpectedEnd } from '../../sandbox/demo/agreement/expectation.js';
import { createPlayer, waitForRow } from '../../sandbox/demo/player.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import { cancelRunUpdate } from '../../workflows/train-run/messages.js';
import { eventually } from '../support/eventually.js';
import { createObstacles } from '../support/obstacles.js';
import type { Obstacles } from '../support/obstacles.js';
import { HELD_AT, waitForHeldSteps } from '../support/runs.js';
import { captioned, seedDataset } from '../support/seeds.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

/** Terminate at each step of a run: all runs stand at their steps at once, are ended by force at once and swept together. */
let yard: TestYard;
let obstacles: Obstacles;
let sweeps = 0;

const FAILED: ExpectedEnd = { kind: 'failed', type: 'Terminated' };
const KEPT: ExpectedEnd = { kind: 'succeeded' };

interface Step {
  readonly end: ExpectedEnd;
  /** The entries of the run in the ledger, in order. */
  readonly entries: readonly string[];
  readonly trainings: number;
  /** What the node may have done besides: an entry that came late begins when the one before it is interrupted, and is interrupted too. */
  readonly mayBe?: RegExp;
}

/** What terminating a run at each of its steps must lead to. A refused hold is the mark that nothing may be held any more. */
const STEPS = {
  opened: { end: FAILED, entries: ['refused 1280'], trainings: 0 },
  'images checked': { end: FAILED, entries: ['refused 1280'], trainings: 0 },
  'points held, waiting for a node': { end: FAILED, entries: ['hold 1280', 'release 1280'], trainings: 0 },
  'claimed, files on their way to the node': { end: FAILED, entries: ['hold 1280', 'release 1280'], trainings: 0 },
  'submitted, its reply lost': { end: FAILED, entries: ['hold 1280', 'release 1280'], trainings: 1, mayBe: /1 trainings, found 2|trained twice/ },
  training: { end: FAILED, entries: ['hold 1280', 'release 1280'], trainings: 1 },
  'training, beside a file being fetched': { end: FAILED, entries: ['hold 1280', 'release 1280'], trainings: 1 },
  'trained, its file being fetched': { end: FAILED, entries: ['hold 1280', 'release 1280'], trainings: 1 },
  'file proven': { end: KEPT, entries: ['hold 1280', 'capture 1280'], trainings: 1 },
  captured: { end: KEPT, entries: ['hold 1280', 'capture 1280'], trainings: 1 },
  'shelved, nothing told': { end: KEPT, entries: ['hold 1280', 'capture 1280'], trainings: 1 },
  'told, not on record': { end: KEPT, entries: ['hold 1280', 'capture 1280'], trainings: 1 },
  'owner’s cancel, a part captured': { end: { kind: 'cancelled', by: 'owner', charge: 'part' }, entries: ['hold 1280', 'capture 100'], trainings: 1 },
  'operator’s cancel, nothing released': { end: { kind: 'cancelled', by: 'operator', charge: 'none' }, entries: ['hold 1280', 'release 1280'], trainings: 1 },
} as const satisfies Record<string, Step>;

type StepName = keyof typeof STEPS;

const runs = new Map<StepName, string>();
let found: DeadRuns[] = [];
let unopened: string;

beforeAll(async () => {
  // The nodes' reporters would stop the jobs as well, and hide whether the sweep does.
  yard = await openTestYard({ nodes: 4, settings: { MAX_OPEN_RUNS: '50', WELCOME_POINTS: '100000', CARD_EDIT_INTERVAL: '2s', HEARTBEAT_TIMEOUT: '10s', NODE_REPORT_INTERVAL: '5m' } });
  obstacles = createObstacles(yard.connection);
  await standBeforeTheQueue();
  await standAfterTraining();
  await standInACancel();
  await standAtTheNodes();
  await standInTheQueue();
  for (const [step, runId] of [...runs, ['not open yet', unopened] as const]) {
    await handleOf(runId).terminate('an operator pressed Terminate').catch((error: unknown) => {
      throw new Error(`Expected the run "${step}" to stand at its step.`, { cause: error });
    });
  }
  await obstacles.clear();
  found = [await sweep(), await sweep()];
  await tried(settleRunIdOf(idOf(UNTOLD)), 'announce', 2);
  await yard.driver.clearFaults();
  for (const runId of runs.values()) await yard.client.workflow.getHandle(settleRunIdOf(runId)).result();
  for (const { control } of yard.nodes) {
    await control.clearScenarios();
    await control.release();
  }
}, 600_000);
afterAll(() => yard.stop(), 60_000);

describe('a run that is terminated at a step', () => {
  it('is found dead in the second sweep and never before, whatever the step', () => {
    const all = [...runs.values()].sort();
    expect([...runs.keys()].sort()).toEqual(Object.keys(STEPS).sort());
    expect(found.map(({ settling, waiting }) => ({ settling: settling.toSorted(), waiting: waiting.toSorted() }))).toEqual([
      { settling: [], waiting: all },
      { settling: all, waiting: [] },
    ]);
  });

  it.each(Object.keys(STEPS) as StepName[])('ends with one resolution, the right card and notice, and no job: %s', async (name) => {
    const runId = idOf(name);
    const { end, entries, trainings, mayBe }: Step = STEPS[name];
    await waitForRow(yard, runId, (row) => row.notice === 'delivered' && row.card?.renderedRevision === row.revision, { timeoutMs: 30_000, what: 'card and notice' });
    await eventually(async () => {
      const told = await disagreementsAbout(yard, runId, { end, attempts: 1, trainings });
      // Temporal keeps what happened to the workflow itself; the ledger is compared entry by entry, and notices by what they reply to:
      // many runs of one person end in the same moment.
      expect(told.filter(({ place, found: what }) => !['workflow', 'ledger', 'notice'].includes(place) && mayBe?.test(what) !== true)).toEqual([]);
      expect(await noticesOf(runId)).toEqual([expect.stringMatching(WORDS[end.kind])]);
    }, 5_000, 200);
    expect(await entriesOf(runId)).toEqual(entries);
  }, 60_000);

  it('before its row is open holds nothing and is nobody’s to settle', async () => {
    expect(await yard.context.models.runs.read(unopened)).toBeNull();
    expect(await entriesOf(unopened)).toEqual([]);
    expect(found.flatMap(({ settling, waiting, reported }) => [...settling, ...waiting, ...reported])).not.toContain(unopened);
  });

  it('leaves a ledger without a flaw and nothing held', async () => {
    expect((await auditLedger(yard.connection)).violations).toEqual([]);
    expect(await yard.context.models.ledger.openHolds(new Date(Date.now() + 60_000), 100)).toEqual([]);
    expect(await sweep()).toMatchObject({ settling: [], waiting: [], troubles: [] });
  });
});

/** Nodes are free: these run through to what comes after. */
async function standAfterTraining(): Promise<void> {
  await begin('file proven', (runId) => obstacles.add('points_entries', { runId, kind: 'capture' }));
  await begin('captured', (runId) => obstacles.add('loras', { _id: runId }));
  await begin('told, not on record', (runId) => obstacles.add('runs', { _id: runId, notice: 'delivered' }));
  await begin('shelved, nothing told', (runId) => obstacles.add('loras', { _id: runId, name: 'untold' }));
  const silent = idOf('shelved, nothing told');
  const { card } = await waitForRow(yard, silent, (row) => row.card !== null && row.artifact !== null);
  await yard.driver.faults({ method: 'POST', route: `/channels/${card?.channelId ?? ''}/messages`, status: 500, times: 1_000 });
  await tries('file proven', 'capturePoints');
  await tries('captured', 'shelveLora');
  await tries('shelved, nothing told', 'shelveLora');
  await tries('told, not on record', 'announce');
  // Shelving goes on for one of them, and meets a Discord that does not take its news.
  await obstacles.clear('loras');
  await obstacles.add('loras', { _id: idOf('captured') });
  await waitForRow(yard, silent, (row) => row.status === 'succeeded' && row.notice === 'pending');
  await tries('shelved, nothing told', 'announce');
}

/** Held in training, cancelled, and then the ledger or the row does not take the end. */
async function standInACancel(): Promise<void> {
  for (const { control } of yard.nodes) await control.hold(HELD_AT);
  await begin('owner’s cancel, a part captured', (runId) => obstacles.add('runs', { _id: runId, status: 'cancelled' }));
  await begin('operator’s cancel, nothing released', (runId) => obstacles.add('points_entries', { runId, kind: 'release' }));
  const owners = idOf('owner’s cancel, a part captured');
  const operators = idOf('operator’s cancel, nothing released');
  for (const runId of [owners, operators]) await waitForHeldSteps(yard, runId);
  await handleOf(owners).executeUpdate(cancelRunUpdate, { args: [{ by: 'owner', shown: { points: 100, attempt: 1, at: Date.now() } }] });
  await handleOf(operators).cancel();
  await tries('owner’s cancel, a part captured', 'endRun');
  await tries('operator’s cancel, nothing released', 'releasePoints');
}

/** Each node stops its run at another place; which run meets which node is for the yard to say. */
async function standAtTheNodes(): Promise<void> {
  const traps: readonly StepName[] = ['training', 'claimed, files on their way to the node', 'submitted, its reply lost', 'trained, its file being fetched'];
  const [, staging, losing, fetching] = yard.nodes;
  for (const node of [losing, fetching]) await node?.control.release();
  await staging?.control.scenario({ behaviour: { kind: 'http', route: 'POST /upload/image', nothing: 'hang' } });
  await losing?.control.scenario({ next: 1, behaviour: { kind: 'reply-lost', enqueueAfterMs: 3_000 } });
  await losing?.control.hold(1);
  await fetching?.control.scenario({ behaviour: { kind: 'http', route: 'GET /view', nothing: 'hang' } });
  const started = [await start(), await start(), await start(), await start()];
  for (const runId of started) {
    const { claim } = await waitForRow(yard, runId, (row) => row.claim !== null);
    const trap = traps[yard.nodes.findIndex(({ nodeId }) => nodeId === claim?.nodeId)];
    if (trap === undefined) throw new Error('Expected a run to be on one of the nodes.');
    runs.set(trap, runId);
  }
  await waitForHeldSteps(yard, idOf('training'));
  await waitForRow(yard, idOf('trained, its file being fetched'), (row) => row.status === 'collecting');
  await eventually(async () => {
    const jobs = await losing?.control.jobs();
    expect(jobs?.find((job) => job.runId === idOf('submitted, its reply lost'))?.trainedSteps).toBeGreaterThan(0);
  }, 15_000);
}

/** These never come to a node. */
async function standBeforeTheQueue(): Promise<void> {
  await begin('opened', (runId) => obstacles.add('runs', { _id: runId, 'images.0.trainingSha256': { $type: 'string' } }));
  await begin('images checked', (runId) => obstacles.add('points_entries', { runId, kind: 'hold' }));
  unopened = await start((runId) => obstacles.add('runs', { _id: runId }));
  await tries('opened', 'validateImages');
  await tries('images checked', 'holdPoints');
  await tried(trainRunIdOf(unopened), 'openRun', 2);
}

/** A node whose file is being fetched trains the next run already; with that, no node is free any more. */
async function standInTheQueue(): Promise<void> {
  await yard.nodes[3]?.control.hold(HELD_AT);
  await begin('training, beside a file being fetched', () => Promise.resolve());
  await waitForHeldSteps(yard, idOf('training, beside a file being fetched'));
  const waiting = await start();
  runs.set('points held, waiting for a node', waiting);
  await waitForRow(yard, waiting, (row) => row.status === 'queued' && row.card !== null);
}

async function begin(name: StepName, standInItsWay: (runId: string) => Promise<void>): Promise<void> {
  runs.set(name, await (name === UNTOLD ? start(standInItsWay, SILENT_PLACE, 'untold') : start(standInItsWay)));
}

type Place = readonly [PersonName, 'here' | 'dm'];
/** Messages of one channel come slowly, so runs are spread over people and their direct messages. */
const PLACES = [['mira', 'here'], ['mira', 'dm'], ['jonas', 'dm']] as const satisfies readonly Place[];
/** Discord takes no messages here for a while: only the run of this step has its card there. */
const SILENT_PLACE: Place = ['olga', 'dm'];
const UNTOLD: StepName = 'shelved, nothing told';
let started = 0;

function nextPlace(): Place {
  started += 1;
  return PLACES[started % PLACES.length] ?? PLACES[0];
}

async function start(standInItsWay?: (runId: string) => Promise<void>, [owner, card]: Place = nextPlace(), datasetName?: string): Promise<string> {
  const datasetId = await seedDataset(yard.connection, { owner, images: captioned(4), ...(datasetName === undefined ? {} : { name: datasetName }) });
  const player = createPlayer(yard, owner, silentTranscript);
  const offer = await player.offer(datasetId, { recipe: 'sd15-lora', steps: 400, card });
  await standInItsWay?.(await player.runIdOf(offer));
  // The answer to the press is the run's, and some of these never give one.
  await player.user.click(offer, 'Start training');
  return player.runIdOf(offer);
}

const handleOf = (runId: string) => yard.client.workflow.getHandle(trainRunIdOf(runId));

function idOf(name: StepName): string {
  const runId = runs.get(name);
  if (runId === undefined) throw new Error(`Expected a run for "${name}".`);
  return runId;
}

const tries = (name: StepName, activity: string, attempt = 2) => tried(trainRunIdOf(idOf(name)), activity, attempt);

/** Until the workflow has asked for the activity, and it was refused at least once. */
async function tried(workflowId: string, activity: string, attempt: number): Promise<void> {
  await eventually(async () => {
    const { raw } = await yard.client.workflow.getHandle(workflowId).describe();
    const pending = raw.pendingActivities?.map(({ activityType, attempt: count }) => ({ name: activityType?.name, enough: (count ?? 0) >= attempt }));
    expect(pending).toContainEqual({ name: activity, enough: true });
  }, 120_000, 100);
}

const WORDS = { succeeded: /\bdone\b/i, failed: /\bfailed\b/i, cancelled: /\bcancelled\b/i, refused: /\bnot started\b/i } as const;

/** What the messages say that reply to the card of the run. */
async function noticesOf(runId: string): Promise<string[]> {
  const row = await yard.context.models.runs.read(runId);
  if (row === null) return [];
  const messages = await yard.messagesOf(splitAccountId(row.accountId).userId);
  return messages.filter(({ replyTo }) => replyTo === row.card?.messageId).map((message) => yard.textOf(message));
}

async function entriesOf(runId: string): Promise<string[]> {
  const entries = yard.connection.collection<{ kind: string; amount: number }>('points_entries').find({ runId }).sort({ seq: 1 });
  return (await entries.toArray()).map(({ kind, amount }) => `${kind} ${amount}`);
}

function sweep(): Promise<DeadRuns> {
  sweeps += 1;
  return yard.client.workflow.execute('settleRuns', { taskQueue: yard.context.queues.yard, workflowId: `${yard.prefix}sweep-${sweeps}` });
}

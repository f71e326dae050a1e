import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { waitForRow } from '../../sandbox/demo/player.js';
import type { CancelRequest } from '../../workflows/train-run/messages.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { cancelRunUpdate } from '../../workflows/train-run/messages.js';
import { eventually } from '../support/eventually.js';
import { letNodesGo, startHeldRun, startRun } from '../support/runs.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { WELCOME_POINTS: '100000', HEARTBEAT_TIMEOUT: '10s' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);
afterEach(async () => {
  for (const { control } of yard.nodes) await control.clearScenarios();
  await letNodesGo(yard);
});

const handleOf = (runId: string) => yard.client.workflow.getHandle(trainRunIdOf(runId));
const cancelAs = (runId: string, request: CancelRequest) => handleOf(runId).executeUpdate(cancelRunUpdate, { args: [request] });
const shown = (points: number): CancelRequest => ({ by: 'owner', shown: { points, attempt: 1, at: Date.now() } });
const ended = (runId: string) => waitForRow(yard, runId, (row) => !row.open && row.notice === 'delivered', { timeoutMs: 60_000 });

/** The activities that the workflow of a run has asked for so far. */
async function activitiesOf(runId: string): Promise<string[]> {
  const { events } = await handleOf(runId).fetchHistory();
  return (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []);
}

async function entriesOf(runId: string): Promise<{ kind: string; amount: number }[]> {
  const entries = await yard.connection.collection<{ kind: string; amount: number }>('points_entries').find({ runId }).sort({ seq: 1 }).toArray();
  return entries.map(({ kind, amount }) => ({ kind, amount }));
}

describe('a cancel that meets something else', () => {
  it('stands when the training finishes before it reaches the node: no more than the figure shown is charged', async () => {
    const { runId } = await startHeldRun(yard);
    const price = (await waitForRow(yard, runId, () => true)).pricePoints;
    expect(await cancelAs(runId, shown(100))).toEqual({ kind: 'accepted' });
    await letNodesGo(yard);
    expect((await ended(runId)).end).toEqual({ kind: 'cancelled', by: 'owner', capturedPoints: 100, releasedPoints: price - 100 });
    expect(await entriesOf(runId)).toEqual([{ kind: 'hold', amount: price }, { kind: 'capture', amount: 100 }]);
  }, 90_000);

  it('interrupts what a submission without a reply may have left, and leaves no job behind', async () => {
    const [node] = yard.nodes;
    if (node === undefined) throw new Error('Expected a node.');
    await node.control.clearCalls();
    await node.control.scenario({ next: 1, behaviour: { kind: 'reply-lost', enqueueAfterMs: 3_000 } });
    const { runId } = await startRun(yard);
    await eventually(async () => {
      expect((await node.control.calls()).some((call) => call.method === 'POST' && call.path.endsWith('/prompt'))).toBe(true);
    });
    await cancelAs(runId, shown(0));
    await ended(runId);
    expect(await activitiesOf(runId)).toContain('interruptJob');
    const left = async () => (await node.control.jobs()).filter((job) => job.runId === runId && (job.state === 'running' || job.state === 'pending'));
    await node.control.waitForJobs((jobs) => jobs.some((job) => job.runId === runId), 15_000);
    await eventually(async () => {
      expect(await left()).toEqual([]);
    });
  }, 90_000);

  it('interrupts what a submission whose worker died may have left, although no submission is under way', async () => {
    const [node] = yard.nodes;
    if (node === undefined) throw new Error('Expected a node.');
    const busy = await startHeldRun(yard);
    const { runId } = await startRun(yard);
    await waitForRow(yard, runId, (row) => row.status === 'queued');
    await eventually(async () => { expect(await activitiesOf(runId)).toContain('submitTraining'); });
    // As a worker leaves it that claims, posts and dies: nobody else is given the node while it is busy.
    const promptId = randomUUID();
    await yard.connection.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $set: { claim: { attempt: 1, nodeId: node.nodeId, promptId, activityAttempt: 1 } } });
    await cancelAs(runId, shown(0));
    await ended(runId);
    expect(await activitiesOf(runId)).toContain('interruptJob');
    await letNodesGo(yard);
    await ended(busy.runId);
  }, 90_000);

  it('charges nothing after an operator’s cancel, whatever the owner presses next', async () => {
    const { runId } = await startHeldRun(yard);
    const price = (await waitForRow(yard, runId, () => true)).pricePoints;
    await handleOf(runId).cancel();
    await eventually(async () => {
      expect((await handleOf(runId).describe()).raw.pendingActivities?.length).toBeGreaterThan(0);
      await cancelAs(runId, shown(500)).catch(() => undefined);
    });
    expect((await ended(runId)).end).toEqual({ kind: 'cancelled', by: 'operator', capturedPoints: 0, releasedPoints: price });
  }, 90_000);

  it('is answered with *confirm again* when its figure is of another attempt or too old', async () => {
    const { runId } = await startHeldRun(yard);
    const old = Date.now() - 3 * 60_000;
    expect(await cancelAs(runId, { by: 'owner', shown: { points: 10, attempt: 2, at: Date.now() } })).toEqual({ kind: 'confirm-again' });
    expect(await cancelAs(runId, { by: 'owner', shown: { points: 10, attempt: 1, at: old } })).toEqual({ kind: 'confirm-again' });
    await letNodesGo(yard);
    expect((await ended(runId)).status).toBe('succeeded');
    await expect(cancelAs(runId, shown(10))).rejects.toThrow();
  }, 90_000);
});

describe('a cancel that comes when the training is finished and its file is being fetched', () => {
  it('is refused to the owner, has no effect from the Web UI, and the run is paid for and shelved', async () => {
    const [node] = yard.nodes;
    if (node === undefined) throw new Error('Expected a node.');
    await node.control.scenario({ behaviour: { kind: 'http', route: 'GET /view', status: 503 } });
    const { runId } = await startRun(yard);
    const { pricePoints } = await waitForRow(yard, runId, (row) => row.status === 'collecting', { timeoutMs: 60_000 });

    await expect(cancelAs(runId, shown(pricePoints))).rejects.toMatchObject({ cause: { type: 'TooLate' } });
    await handleOf(runId).cancel();
    expect(await answersToCancel(runId)).not.toContain('activityTaskCancelRequestedEventAttributes');
    await node.control.clearScenarios();

    expect((await ended(runId)).end).toMatchObject({ kind: 'succeeded', capturedPoints: pricePoints });
    expect(await entriesOf(runId)).toEqual([{ kind: 'hold', amount: pricePoints }, { kind: 'capture', amount: pricePoints }]);
    expect(await handleOf(runId).result()).toMatchObject({ kind: 'succeeded' });
  }, 90_000);

  /** What the workflow has done since it was asked to cancel, once it has worked. An activity that is told to stop may end well before it hears of it. */
  async function answersToCancel(runId: string): Promise<string[]> {
    return eventually(async () => {
      const events = (await handleOf(runId).fetchHistory()).events ?? [];
      const asked = events.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes);
      expect(asked).toBeGreaterThan(0);
      const since = events.slice(asked).flatMap((event) => event.attributes ?? []);
      expect(since).toContain('workflowTaskCompletedEventAttributes');
      return since;
    });
  }
});

describe('a run whose row was ended by somebody else', () => {
  it('gives back what it holds and keeps the end on record', async () => {
    const { runId } = await startHeldRun(yard);
    await yard.connection.collection<{ _id: string }>('runs').updateOne(
      { _id: runId },
      { $set: { open: false, slot: null, status: 'refused', end: { kind: 'refused', refusal: { code: 'images-unfit', images: [] } }, notice: 'delivered', endedAt: new Date() } },
    );
    await letNodesGo(yard);
    await eventually(async () => {
      const kinds = (await entriesOf(runId)).map(({ kind }) => kind);
      expect(kinds).toEqual(['hold', 'release']);
    }, 40_000);
    expect((await yard.context.models.runs.read(runId))?.end?.kind).toBe('refused');
  }, 90_000);
});

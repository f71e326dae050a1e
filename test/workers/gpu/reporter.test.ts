import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bindGraph, promptIdOf } from '../../../activities/comfyui/graph.js';
import type { Failure } from '../../../domain/failures.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { JobRecord } from '../../../sandbox/comfyui/ground-truth.js';
import { createIdleNodeSlots } from '../../../workers/gpu/idle-node-slots.js';
import { createReporter, type Reporter } from '../../../workers/gpu/reporter.js';
import { activityTry, openRunWorld, rejectionOf, startTestNode, untilTrue, YARD_ID, type RunWorld, type TestNode } from '../../support/comfy-node.js';

const SILENT = { info: () => undefined, warn: () => undefined };
const SLOT = { slotType: 'activity', taskQueue: 'q', workerIdentity: 'w', workerBuildId: 'b', isSticky: false } as const;
const LOST: Failure = { type: 'JobLost', nodeId: 'alpha', attempts: 1 };
const STALLED: Failure = { type: 'Stalled', nodeId: 'alpha', attempts: 1, silentMs: 1 };

describe('the worker of a node', () => {
  let world: RunWorld;
  let node: TestNode;
  let reporter: Reporter;

  beforeAll(async () => {
    world = await openRunWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(async () => {
    node = await startTestNode(world);
    reporter = createReporter({ ...node.deps, nodes: world.nodes, runs: world.runs, everyMs: 20, log: SILENT });
    await node.control.hold(0);
  });

  afterEach(async () => {
    await reporter.stop();
    await node.stop();
  });

  async function submitted(): Promise<RunRow> {
    const row = await world.openRun();
    await activityTry().run(node.activities.submitTraining, { runId: row.runId, attempt: 1, avoid: null });
    return row;
  }

  async function jobOf(row: RunRow, attempt = 1): Promise<JobRecord | undefined> {
    return (await node.control.jobs()).find((job) => job.promptId === promptIdOf(row.runId, attempt));
  }

  const alive = (job: JobRecord | undefined): boolean => job?.state === 'pending' || job?.state === 'running';

  describe('reports', () => {
    it('an idle, a busy and an unreachable node, again and again', async () => {
      reporter.start();
      const state = (wanted: string) => untilTrue(async () => (await world.nodes.read('alpha'))?.state === wanted);
      await state('idle');
      expect(await world.nodes.read('alpha')).toMatchObject({ queue: 'default', vramTotalBytes: 24 * 1024 ** 3, problem: null });
      await submitted();
      await state('busy');
      await node.control.down(true);
      await state('unreachable');
      expect((await world.nodes.read('alpha'))?.problem).toContain('cannot be used');
    });

    it('an unfit node with the sentence that says why', async () => {
      const unfit = await startTestNode(world, { nodeId: 'unfit', checkpoints: [] });
      await createReporter({ ...unfit.deps, nodes: world.nodes, runs: world.runs, everyMs: 20, log: SILENT }).reportOnce();
      expect(await world.nodes.read('unfit')).toMatchObject({ state: 'unfit', problem: expect.stringContaining('it has no checkpoint at all') });
      await unfit.stop();
    });
  });

  describe('cancels a job', () => {
    it.each([
      ['has ended', (row: RunRow) => world.runs.end(row.runId, { kind: 'failed', failure: { type: 'Terminated' }, releasedPoints: 0 }, new Date())],
      ['is ending', (row: RunRow) => world.runs.beginEnding(row.runId)],
      ['has submitted a later attempt elsewhere', async (row: RunRow) => {
        await world.runs.startAttempt(row.runId, 2, LOST, new Date());
        await world.runs.claim(row.runId, { attempt: 2, nodeId: 'beta', promptId: 'p', activityAttempt: 1 });
      }],
      ['gave it up because it made no step', (row: RunRow) => world.runs.startAttempt(row.runId, 2, STALLED, new Date())],
    ])('whose run %s', async (_, change) => {
      const row = await submitted();
      await change(row);
      await reporter.reportOnce();
      await untilTrue(async () => !alive(await jobOf(row)));
      expect((await jobOf(row))?.interruptedBy).toBe('cancel');
    });
  });

  it('takes surplus entries of a stray job away before they could begin', async () => {
    const row = await submitted();
    await repost(row);
    await repost(row);
    await node.control.waitForJobs((jobs) => jobs[0]?.state === 'running');
    await world.runs.beginEnding(row.runId);
    await reporter.reportOnce();
    const jobs = await node.control.waitForJobs((all) => !all.some(alive));
    expect(jobs.map(({ state, startedAt }) => [state, startedAt !== null])).toEqual([['cancelled', true], ['deleted', false], ['deleted', false]]);
  });

  describe('leaves a job alone', () => {
    it('that the run row names, and takes only its surplus entries away', async () => {
      const row = await submitted();
      await repost(row);
      await reporter.reportOnce();
      const { running, pending } = await node.client.queue();
      expect([running.length, pending.length]).toEqual([1, 0]);
      expect(alive(await jobOf(row))).toBe(true);
    });

    it('of another yard, of nobody, and of a run that is not on record', async () => {
      const row = await submitted();
      await world.runs.beginEnding(row.runId);
      await node.control.forget(promptIdOf(row.runId, 1));
      await repost(row, { yard: 'other-yard' });
      await repost({ ...row, runId: 'unknown-run' }, {});
      await reporter.reportOnce();
      expect((await node.control.jobs()).filter(alive)).toHaveLength(2);
      expect((await node.control.calls()).filter((call) => call.path.endsWith('/cancel'))).toEqual([]);
    });
  });

  it('gives a job that came back to the attempt that only waits, so that its submission returns it', async () => {
    const row = await submitted();
    await world.runs.startAttempt(row.runId, 2, { type: 'NodeGone', nodeId: 'alpha', attempts: 1 }, new Date());
    await reporter.reportOnce();
    expect(alive(await jobOf(row))).toBe(true);
    const outcome = await activityTry().run(node.activities.submitTraining, { runId: row.runId, attempt: 2, avoid: null });
    expect(outcome).toEqual({ kind: 'submitted', nodeId: 'alpha', promptId: promptIdOf(row.runId, 1) });
    expect(await node.control.jobs()).toHaveLength(1);
  });

  describe('grants its slot', () => {
    const slots = () => createIdleNodeSlots({ nodeId: 'alpha', probe: node.probe, runs: world.runs, yardId: YARD_ID, log: SILENT, lookEveryMs: 15, adoptAfterMs: 60 });
    const granted = async (promise: Promise<unknown>, withinMs = 300): Promise<boolean> =>
      Promise.race([promise.then(() => true), delay(withinMs, false, { ref: false })]);

    it('to one at a time', async () => {
      const supplier = slots();
      const never = new AbortController().signal;
      const permit = await supplier.reserveSlot(SLOT, never);
      const second = supplier.reserveSlot(SLOT, never);
      expect(await granted(second, 100)).toBe(false);
      expect(supplier.tryReserveSlot(SLOT)).toBeNull();
      supplier.releaseSlot({ permit });
      expect(await granted(second)).toBe(true);
    });

    it('not while the node is busy, unfit or away, and as soon as it is free', async () => {
      const row = await submitted();
      await world.runs.recordProgress(row.runId, 1, { phase: 'training', step: 1, totalSteps: 100 }, new Date());
      const waiting = slots().reserveSlot(SLOT, new AbortController().signal);
      expect(await granted(waiting, 150)).toBe(false);
      await node.control.down(true);
      await node.control.forget(promptIdOf(row.runId, 1));
      expect(await granted(waiting, 100)).toBe(false);
      await node.control.down(false);
      expect(await granted(waiting, 3000)).toBe(true);
    });

    it('on a busy node when its only job is ours and nobody follows it: its submission has to be answered', async () => {
      await submitted();
      expect(await granted(slots().reserveSlot(SLOT, new AbortController().signal), 3000)).toBe(true);
    });

    it('to nobody once the worker no longer wants it', async () => {
      const row = await submitted();
      await world.runs.recordProgress(row.runId, 1, { phase: 'training', step: 1, totalSteps: 100 }, new Date());
      const abort = new AbortController();
      const supplier = slots();
      const waiting = rejectionOf(supplier.reserveSlot(SLOT, abort.signal));
      abort.abort();
      expect(await waiting).toBe(abort.signal.reason);
      await node.control.forget(promptIdOf(row.runId, 1));
      expect(await granted(supplier.reserveSlot(SLOT, new AbortController().signal), 3000)).toBe(true);
    });
  });

  /** Queues the job of a run once more, as a lost reply or another yard would. */
  async function repost(row: RunRow, mark: { yard?: string } = {}): Promise<void> {
    const recipe = node.deps.recipes.get('sd15-lora');
    if (recipe === undefined) throw new Error('Expected the recipe sd15-lora.');
    const promptId = promptIdOf(row.runId, 1);
    await node.client.upload({ folder: `runs/${row.runId}/${promptId}`, fileName: 'a.txt' }, new Uint8Array(1));
    const graph = bindGraph(recipe, { runId: row.runId, promptId, settings: row.settings, baseModel: recipe.baseModel.defaultFileName });
    await node.client.submit({ promptId, graph, outputNode: '5', mark: { yard: YARD_ID, runId: row.runId, attempt: 1, templateHash: 'x', ...mark } });
  }
});

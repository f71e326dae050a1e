import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import type { ComfyActivities } from '../../../activities/comfyui/activities.js';
import type { FollowOutcome } from '../../../activities/comfyui/follow-training.js';
import { promptIdOf } from '../../../activities/comfyui/graph.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { JobBehaviour } from '../../../sandbox/comfyui/behaviours.js';
import { activityTry, openRunWorld, rejectionOf, startTestNode, untilTrue, type RunWorld, type TestNode } from '../../support/comfy-node.js';

describe('followTraining', () => {
  let world: RunWorld;
  let node: TestNode;

  beforeAll(async () => {
    world = await openRunWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(async () => {
    node = await startTestNode(world);
  });

  afterEach(async () => {
    await node.stop();
  });

  /** A run whose job is queued, with what the node does to it. */
  async function submitted(behaviour?: JobBehaviour, settings: { steps?: number; resolutionPx?: number } = {}): Promise<RunRow> {
    const row = await world.openRun(settings);
    if (behaviour !== undefined) await node.control.scenario({ next: 1, behaviour });
    await activityTry().run(node.activities.submitTraining, { runId: row.runId, attempt: 1, avoid: null });
    return row;
  }

  function follow(row: RunRow, env: MockActivityEnvironment = activityTry(), activities: ComfyActivities = node.activities): Promise<FollowOutcome> {
    return env.run(activities.followTraining, { runId: row.runId, attempt: 1 });
  }

  /** One more entry of a run's job, on the pictures that another has staged. */
  async function queueAgain(row: RunRow, staged: RunRow): Promise<void> {
    const recipe = node.deps.recipes.get('sd15-lora');
    if (recipe === undefined) throw new Error('Expected the recipe sd15-lora.');
    const graph = { ...recipe.comfyui.graph, 2: { class_type: 'LoadImageTextDataSetFromFolder', inputs: { folder: `runs/${staged.runId}/${promptIdOf(staged.runId, 1)}` } } };
    const mark = { yard: 'test-yard', runId: row.runId, attempt: 1, templateHash: 'x' };
    await node.client.submit({ promptId: promptIdOf(row.runId, 1), graph, outputNode: '5', mark });
  }

  async function jobState(row: RunRow): Promise<string | undefined> {
    return (await node.control.jobs()).find((job) => job.promptId === promptIdOf(row.runId, 1))?.state;
  }

  const untilStep = (row: RunRow, step: number): Promise<void> =>
    untilTrue(async () => ((await world.runs.read(row.runId))?.progress?.step ?? 0) >= step);

  async function interrupts(): Promise<number> {
    return (await node.control.calls()).filter((call) => /cancel|interrupt/.test(call.path)).length;
  }

  it('follows to the end, heartbeats its progress and writes it to the row', async () => {
    const row = await submitted();
    const env = activityTry();
    const beats: unknown[] = [];
    env.on('heartbeat', (details: unknown) => beats.push(details));
    expect(await follow(row, env)).toEqual({ kind: 'trained' });
    expect(beats[0]).toMatchObject({ phase: 'waiting', totalSteps: 100 });
    expect(await world.runs.read(row.runId)).toMatchObject({ progress: { phase: 'saving', step: 100, totalSteps: 100 }, status: 'training' });
  });

  it('needs no socket: a job whose frames are never sent is followed by polling', async () => {
    const row = await submitted({ kind: 'silent-ws' });
    expect(await follow(row)).toEqual({ kind: 'trained' });
  });

  it('attaches again after its worker is gone, and hears the steps that follow', async () => {
    const row = await submitted({ kind: 'slow', stepMs: 5 });
    const first = activityTry(1);
    const stopped = rejectionOf(follow(row, first));
    await untilStep(row, 1);
    first.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
    await stopped;
    expect(await follow(row, activityTry(2), node.again({}))).toEqual({ kind: 'trained' });
    expect(await node.control.trainings()).toEqual({ [promptIdOf(row.runId, 1)]: 1 });
  });

  it('follows the job that the row names, even one of an earlier attempt that came back', async () => {
    const row = await submitted();
    await world.runs.startAttempt(row.runId, 2, { type: 'NodeGone', nodeId: 'alpha', attempts: 1 }, new Date());
    await world.runs.moveClaimBack(row.runId, { attempt: 2, nodeId: 'alpha', promptId: promptIdOf(row.runId, 1), activityAttempt: 0 });
    expect(await activityTry().run(node.activities.followTraining, { runId: row.runId, attempt: 2 })).toEqual({ kind: 'trained' });
  });

  describe('fails this attempt with', () => {
    it('OutOfMemory, naming the setting that can be lowered', async () => {
      const large = await submitted({ kind: 'out-of-memory' });
      expect(await rejectionOf(follow(large))).toMatchObject({ type: 'OutOfMemory', nonRetryable: true, details: [{ type: 'OutOfMemory', nodeId: 'alpha', setting: 'resolution' }] });
      const small = await submitted({ kind: 'out-of-memory' }, { resolutionPx: 256 });
      expect(await rejectionOf(follow(small))).toMatchObject({ details: [{ setting: 'rank' }] });
    });

    it('NodeError with the types alone: the words of the node may hold paths of its host', async () => {
      const row = await submitted({ kind: 'node-error', exceptionType: 'PIL.UnidentifiedImageError', message: "cannot identify '/home/me/a.png'" });
      const failure = await rejectionOf(follow(row));
      expect(failure).toMatchObject({ type: 'NodeError', nonRetryable: true, details: [{ type: 'NodeError', nodeId: 'alpha', nodeType: 'TrainLoraNode', exceptionType: 'PIL.UnidentifiedImageError' }] });
      expect(JSON.stringify(failure) + String(failure)).not.toContain('/home/me');
    });

    it('JobLost when the node has forgotten the job and there is no file', async () => {
      const row = await submitted({ kind: 'lost' });
      expect(await rejectionOf(follow(row))).toMatchObject({ type: 'JobLost', nonRetryable: true, details: [{ type: 'JobLost', nodeId: 'alpha', attempts: 1 }] });
    });

    it('ForeignInterrupt when somebody else interrupted it', async () => {
      const row = await submitted({ kind: 'foreign-interrupt' });
      expect(await rejectionOf(follow(row))).toMatchObject({ type: 'ForeignInterrupt', nonRetryable: true });
    });

    it('Stalled when no step follows, and the job is stopped first', async () => {
      const row = await submitted({ kind: 'stall', atStep: 20 });
      const impatient = node.again({ stallLimitMs: 400 });
      expect(await rejectionOf(follow(row, activityTry(), impatient))).toMatchObject({ type: 'Stalled', details: [{ type: 'Stalled', nodeId: 'alpha', attempts: 1, silentMs: expect.any(Number) }] });
      expect(await jobState(row)).toBe('cancelled');
    });

    it('Stalled when the first step never comes', async () => {
      const row = await submitted({ kind: 'silent-encode', ms: 60_000 });
      const impatient = node.again({ firstStepLimitMs: 400 });
      expect(await rejectionOf(follow(row, activityTry(), impatient))).toMatchObject({ type: 'Stalled' });
      expect(await jobState(row)).toBe('cancelled');
    });

    it('NodeGone when the node answers nothing, or only a proxy does, for too long', async () => {
      const row = await submitted({ kind: 'slow', stepMs: 50 });
      await node.control.down(true);
      expect(await rejectionOf(follow(row, activityTry(), node.again({ stallLimitMs: 400 })))).toMatchObject({ type: 'NodeGone', nonRetryable: true });
      await node.control.down(false);
      await node.control.scenario({ behaviour: { kind: 'http', route: 'GET /api/jobs/:id', status: 404, body: '<html>no such page</html>', contentType: 'text/html' } });
      expect(await rejectionOf(follow(row, activityTry(), node.again({ stallLimitMs: 400 })))).toMatchObject({ type: 'NodeGone' });
    });
  });

  it('takes a job that a restart has forgotten for trained when its file is there', async () => {
    const row = await submitted();
    await node.control.waitForJobs((jobs) => jobs.some((job) => job.state === 'completed'));
    await node.control.restart();
    expect(await follow(row)).toEqual({ kind: 'trained' });
  });

  it('bears a node that is away for a while', async () => {
    const row = await submitted({ kind: 'slow', stepMs: 10 });
    const followed = follow(row);
    await untilStep(row, 1);
    await node.control.down(true);
    await node.control.hold(0);
    await node.control.down(false);
    await node.control.release();
    expect(await followed).toEqual({ kind: 'trained' });
  });

  describe('when it is cancelled', () => {
    it('on request, stops the job and says how far it was', async () => {
      const row = await submitted();
      await node.control.hold(40);
      const env = activityTry();
      const followed = follow(row, env);
      await untilStep(row, 1);
      await untilTrue(async () => (await node.control.jobs()).some((job) => job.held));
      env.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
      const outcome = await followed;
      expect(outcome.kind).toBe('interrupted');
      expect(outcome).toMatchObject({ stepsDone: expect.any(Number) });
      expect('stepsDone' in outcome && outcome.stepsDone).toBeGreaterThan(0);
      expect('stepsDone' in outcome && outcome.stepsDone).toBeLessThanOrEqual(40);
      expect(await jobState(row)).toBe('cancelled');
      expect((await world.runs.read(row.runId))?.progress?.step).toBe('stepsDone' in outcome ? outcome.stepsDone : -1);
    });

    it('on request, takes a waiting job out of the queue, however often it is there', async () => {
      const blocker = await submitted({ kind: 'slow', stepMs: 100 });
      const row = await world.openRun();
      const promptId = promptIdOf(row.runId, 1);
      await world.runs.claim(row.runId, { attempt: 1, nodeId: 'alpha', promptId, activityAttempt: 1 });
      for (let post = 0; post < 2; post += 1) await queueAgain(row, blocker);
      const env = activityTry();
      const followed = follow(row, env);
      await untilTrue(async () => (await world.runs.read(row.runId))?.progress?.phase === 'waiting');
      env.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
      expect(await followed).toEqual({ kind: 'interrupted', stepsDone: 0 });
      expect((await node.client.queue()).pending).toEqual([]);
      expect(await jobState(blocker)).toBe('running');
    });

    it('on request, takes a surplus entry of the running job away before that could begin', async () => {
      const row = await submitted();
      await node.control.hold(40);
      await queueAgain(row, row);
      const env = activityTry();
      const followed = follow(row, env);
      await untilStep(row, 1);
      env.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
      expect((await followed).kind).toBe('interrupted');
      expect((await node.control.jobs()).map(({ state, startedAt }) => [state, startedAt !== null])).toEqual([['cancelled', true], ['deleted', false]]);
    });

    it('on request, answers in bounded time when the job does not react', async () => {
      const row = await submitted({ kind: 'ignore-interrupt' });
      await node.control.hold(40);
      const env = activityTry();
      const followed = follow(row, env, node.again({ interruptLimitMs: 400 }));
      await untilStep(row, 1);
      env.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
      expect((await followed).kind).toBe('interrupted');
    });

    it.each([
      ['its worker stops', 'WORKER_SHUTDOWN', { workerShutdown: true }],
      ['another try runs already', 'NOT_FOUND', { notFound: true }],
      ['it timed out', 'TIMED_OUT', { timedOut: true, notFound: true }],
      ['it is paused', 'PAUSED', { paused: true }],
      ['it is reset', 'RESET', { reset: true }],
      ['its worker stops during a cancel it never heard of', 'WORKER_SHUTDOWN', { workerShutdown: true, cancelRequested: true }],
    ] as const)('because %s, leaves the job alone', async (_, reason, details) => {
      const row = await submitted();
      await node.control.hold(40);
      const env = activityTry();
      const followed = rejectionOf(follow(row, env));
      await untilStep(row, 1);
      env.cancel(reason, new ActivityCancellationDetails(details));
      expect(await followed).toBeInstanceOf(CancelledFailure);
      expect(await interrupts()).toBe(0);
      expect(await jobState(row)).toBe('running');
    });
  });

  it.each([
    ['is ending', (row: RunRow) => world.runs.beginEnding(row.runId)],
    ['is at a later attempt', (row: RunRow) => world.runs.startAttempt(row.runId, 2, { type: 'JobLost', nodeId: 'alpha', attempts: 1 }, new Date())],
  ])('does not touch the job of a run that %s', async (_, change) => {
    const row = await submitted();
    await change(row);
    expect(await rejectionOf(follow(row))).toMatchObject({ type: 'NotOwner', nonRetryable: true });
    expect(await interrupts()).toBe(0);
  });
});

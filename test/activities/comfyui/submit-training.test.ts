import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { createComfyActivities } from '../../../activities/comfyui/activities.js';
import { promptIdOf } from '../../../activities/comfyui/graph.js';
import type { SubmitOutcome, SubmitRequest } from '../../../activities/comfyui/submit-training.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { activityTry, openRunWorld, rejectionOf, startTestNode, untilTrue, YARD_ID, type RunWorld, type TestNode } from '../../support/comfy-node.js';

describe('submitTraining', () => {
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

  function submit(row: RunRow, options: { on?: TestNode; try?: number; avoid?: SubmitRequest['avoid'] } = {}): Promise<SubmitOutcome> {
    const { on = node, try: attempt = 1, avoid = null } = options;
    return activityTry(attempt).run(on.activities.submitTraining, { runId: row.runId, attempt: row.attempt, avoid });
  }

  async function posts(of: TestNode = node): Promise<number> {
    return (await of.control.calls()).filter((call) => call.method === 'POST' && call.path.endsWith('/prompt')).length;
  }

  async function expectNotHere(promise: Promise<unknown>, row: RunRow): Promise<ApplicationFailure> {
    const failure = await rejectionOf(promise);
    if (!(failure instanceof ApplicationFailure)) throw failure;
    expect(failure).toMatchObject({ type: 'NotHere', nonRetryable: false, nextRetryDelay: 100 });
    expect((await world.runs.read(row.runId))?.claim).toBeNull();
    return failure;
  }

  describe('posts nothing', () => {
    it('for a row that is ending, or at another attempt', async () => {
      const ending = await world.openRun();
      await world.runs.beginEnding(ending.runId);
      expect(await submit(ending)).toEqual({ kind: 'not-open' });
      const later = await world.openRun();
      await world.runs.startAttempt(later.runId, 2, { type: 'JobLost', nodeId: 'alpha', attempts: 1 }, new Date());
      expect(await submit(later)).toEqual({ kind: 'not-open' });
      expect(await posts()).toBe(0);
    });

    it('when another node holds the claim, and answers with that claim', async () => {
      const row = await world.openRun();
      await world.runs.claim(row.runId, { attempt: 1, nodeId: 'beta', promptId: 'p', activityAttempt: 1 });
      expect(await submit(row, { try: 2 })).toEqual({ kind: 'submitted', nodeId: 'beta', promptId: 'p' });
      expect(await posts()).toBe(0);
    });

    it('when a stale try thaws after a newer one has submitted', async () => {
      const row = await world.openRun();
      await submit(row, { try: 2 });
      expect(await submit(row, { try: 1 })).toMatchObject({ kind: 'submitted', nodeId: 'alpha' });
      expect(await posts()).toBe(1);
    });

    it('when a newer try takes the claim while files are staged', async () => {
      const row = await world.openRun();
      const frozen = createComfyActivities({
        ...node.deps,
        blobs: {
          ...node.deps.blobs,
          read: async (sha256) => {
            const claim = (await world.runs.read(row.runId))?.claim;
            if (claim?.activityAttempt === 1) await world.runs.claim(row.runId, { ...claim, activityAttempt: 2 });
            return node.deps.blobs.read(sha256);
          },
        },
      });
      const outcome = await activityTry(1).run(frozen.submitTraining, { runId: row.runId, attempt: 1, avoid: null });
      expect(outcome).toMatchObject({ kind: 'submitted', nodeId: 'alpha' });
      expect((await world.runs.read(row.runId))?.claim).toMatchObject({ activityAttempt: 2 });
      expect(await posts()).toBe(0);
    });

    it.each([[0x89, 0], [0, 0x50], [0xff, 0], [0, 0xd8], [0x52, 0], [0, 0x49]])('when a training file begins like none that ComfyUI reads: %p %p', async (...begin) => {
      const row = await world.openRun();
      const { submitTraining } = createComfyActivities({ ...node.deps, blobs: { ...node.deps.blobs, read: () => Promise.resolve(Buffer.from(begin)) } });
      const outcome = activityTry(1).run(submitTraining, { runId: row.runId, attempt: 1, avoid: null });
      await expect(outcome).rejects.toThrow('Expected a training file to be PNG, JPEG or WebP.');
      expect(await posts()).toBe(0);
    });

    it('when the node works on something else, is unfit, or does not answer', async () => {
      const row = await world.openRun();
      const other = await world.openRun();
      await node.control.hold(0);
      await submit(other);
      expect((await expectNotHere(submit(row), row)).message).toContain('works on something else');

      const unfit = await startTestNode(world, { nodeId: 'beta', checkpoints: ['anime.safetensors'] });
      expect((await expectNotHere(submit(row, { on: unfit }), row)).message).toMatch(/expected the checkpoint ".*" \(SD15_BASE_MODEL\), it has "anime.safetensors"/);
      await unfit.stop();
      await expectNotHere(submit(row, { on: unfit }), row);
      expect(await posts()).toBe(1);
    });

    it('on a node to be avoided while another fit one is seen, and only then', async () => {
      const row = await world.openRun();
      const avoid = { nodeId: 'alpha', until: Date.now() + 60_000 };
      await world.nodes.report({ nodeId: 'beta', queue: 'default', state: 'idle', seenAt: new Date() });
      await expectNotHere(submit(row, { avoid }), row);
      await world.nodes.report({ nodeId: 'beta', queue: 'default', state: 'unfit', seenAt: new Date() });
      expect(await submit(row, { avoid })).toMatchObject({ kind: 'submitted', nodeId: 'alpha' });
    });

    it('when it is told to stop while files are staged, and gives the claim back', async () => {
      const row = await world.openRun();
      await node.control.scenario({ behaviour: { kind: 'http', route: 'POST /upload/image', nothing: 'hang', times: 1 } });
      const env = activityTry();
      const stopped = rejectionOf(env.run(node.activities.submitTraining, { runId: row.runId, attempt: 1, avoid: null }));
      await untilClaimed(row);
      env.cancel('WORKER_SHUTDOWN');
      expect(await stopped).toBeInstanceOf(CancelledFailure);
      expect((await world.runs.read(row.runId))?.claim).toBeNull();
      expect(await posts()).toBe(0);
    });
  });

  describe('posts exactly once', () => {
    it('and stages each image with its caption in a folder of its own', async () => {
      const row = await world.openRun();
      const promptId = promptIdOf(row.runId, 1);
      expect(await submit(row)).toEqual({ kind: 'submitted', nodeId: 'alpha', promptId });
      expect(await posts()).toBe(1);
      const folder = `runs/${row.runId}/${promptId}`;
      expect(await node.client.headFile({ type: 'input', folder, fileName: '0004.png' })).not.toBeNull();
      expect((await node.client.headFile({ type: 'input', folder, fileName: '0001.txt' }))?.sizeBytes).toBe('tyrdcats, a cat, number 0'.length);
      expect((await world.runs.read(row.runId))?.claim).toEqual({ attempt: 1, nodeId: 'alpha', promptId, activityAttempt: 1 });
      const [call] = (await node.control.calls()).filter((each) => each.path.endsWith('/prompt') && each.method === 'POST');
      expect(call?.body).toMatchObject({ prompt_id: promptId, extra_data: { orchestrator: { yard: YARD_ID, runId: row.runId, attempt: 1 } } });
      expect(call?.body).not.toHaveProperty('client_id');
    });

    it('when it is asked twice', async () => {
      const row = await world.openRun();
      await submit(row, { try: 1 });
      await submit(row, { try: 2 });
      expect(await posts()).toBe(1);
    });

    it('when the reply is lost and the job is queued later', async () => {
      const row = await world.openRun();
      await node.control.scenario({ next: 1, behaviour: { kind: 'reply-lost', enqueueAfterMs: 100 } });
      expect(await submit(row)).toMatchObject({ kind: 'submitted' });
      expect(await posts()).toBe(1);
      expect(await node.control.jobs()).toHaveLength(1);
    });

    it('when the reply is 500 although the job is queued', async () => {
      const row = await world.openRun();
      await node.control.scenario({ next: 1, behaviour: { kind: 'error-after-enqueue' } });
      expect(await submit(row)).toMatchObject({ kind: 'submitted' });
      expect(await node.control.jobs()).toHaveLength(1);
    });

    it('again, when the reply was lost and the job never came', async () => {
      const row = await world.openRun();
      await node.control.scenario({ behaviour: { kind: 'http', route: 'POST /prompt', nothing: 'reset', times: 1 } });
      expect(await submit(row)).toMatchObject({ kind: 'submitted' });
      expect(await posts()).toBe(2);
      expect(await node.control.jobs()).toHaveLength(1);
    });

    it('and takes surplus entries of the job out of the queue', async () => {
      const row = await world.openRun();
      const blocker = await world.openRun();
      await node.control.hold(0);
      await submit(blocker);
      await node.control.forget(promptIdOf(blocker.runId, 1));
      await node.control.waitForJobs((jobs) => jobs.every((job) => job.state === 'lost'));
      // The first post is queued late, after a second one was made: both are there.
      await node.control.scenario({ next: 1, behaviour: { kind: 'reply-lost', enqueueAfterMs: 350 } });
      expect(await submit(row)).toMatchObject({ kind: 'submitted' });
      await node.control.waitForJobs((jobs) => jobs.filter((job) => job.promptId === promptIdOf(row.runId, 1)).length === 2);
      await submit(row, { try: 2 });
      const { running, pending } = await node.client.queue();
      expect([...running, ...pending].map((entry) => entry.promptId)).toEqual([promptIdOf(row.runId, 1)]);
    });

    it('and stops its job again when the run began to end meanwhile', async () => {
      const row = await world.openRun();
      await node.control.hold(0);
      await node.control.scenario({ next: 1, behaviour: { kind: 'reply-lost', enqueueAfterMs: 200 } });
      const submitted = submit(row);
      await untilTrue(async () => (await posts()) === 1);
      await world.runs.beginEnding(row.runId);
      expect(await submitted).toEqual({ kind: 'not-open' });
      await node.control.waitForJobs((jobs) => jobs.every((job) => job.state !== 'running' && job.state !== 'pending'));
    });

    it('and keeps its claim when the node falls silent after the post', async () => {
      const row = await world.openRun();
      await node.control.hold(0);
      await node.control.scenario({ next: 1, behaviour: { kind: 'reply-lost', enqueueAfterMs: 10 } });
      const submitted = submit(row);
      await untilTrue(async () => (await posts()) === 1);
      await node.control.down(true);
      expect(await submitted).toMatchObject({ kind: 'submitted', nodeId: 'alpha' });
      await node.control.down(false);
      expect(await node.control.jobs()).toHaveLength(1);
    });
  });

  describe('adopts', () => {
    it('the file that a forgotten job has written, and posts nothing', async () => {
      const row = await world.openRun();
      await submit(row);
      await node.control.waitForJobs((jobs) => jobs.some((job) => job.state === 'completed'));
      await node.control.restart();
      expect(await submit(row, { try: 2 })).toMatchObject({ kind: 'submitted' });
      expect(await posts()).toBe(1);
    });
  });

  describe('is refused', () => {
    it.each([
      ['400 with node errors', { status: 400, body: { error: { type: 'prompt_outputs_failed_validation', message: 'no' }, node_errors: { 4: { class_type: 'TrainLoraNode', errors: [{ type: 'value_bigger_than_max', message: '/home/me/secret' }] } } } }, 'prompt_outputs_failed_validation; TrainLoraNode: value_bigger_than_max'],
      ['413', { status: 413, body: 'Maximum request body size 104857600 exceeded.', contentType: 'text/plain' }, 'the request is too large for the node'],
    ])('for good by %s', async (_, reply, problem) => {
      const row = await world.openRun();
      await node.control.scenario({ behaviour: { kind: 'http', route: 'POST /prompt', times: 1, ...reply } });
      const failure = await rejectionOf(submit(row));
      expect(failure).toMatchObject({ type: 'GraphRefused', nonRetryable: true, details: [{ type: 'GraphRefused', nodeId: 'alpha', problem }] });
    });

    it('when only some nodes of the graph fit, and the queued job is stopped', async () => {
      const row = await world.openRun();
      const nodeErrors = { 9: { class_type: 'SaveImage', errors: [{ type: 'required_input_missing', message: '' }] } };
      await node.control.scenario({ behaviour: { kind: 'http', route: 'POST /prompt', status: 200, body: { prompt_id: 'x', number: 1, node_errors: nodeErrors }, times: 1 } });
      expect(await rejectionOf(submit(row))).toMatchObject({ type: 'GraphRefused' });
      expect((await node.control.calls()).some((call) => call.path.endsWith('/cancel'))).toBe(true);
    });

    it('not for good when the base model has gone from the node meanwhile', async () => {
      const row = await world.openRun();
      const nodeErrors = { 1: { class_type: 'CheckpointLoaderSimple', errors: [{ type: 'value_not_in_list', message: '', extra_info: { input_name: 'ckpt_name' } }] } };
      await node.control.scenario({ behaviour: { kind: 'http', route: 'POST /prompt', status: 400, body: { error: { type: 'prompt_outputs_failed_validation' }, node_errors: nodeErrors }, times: 1 } });
      expect((await expectNotHere(submit(row), row)).message).toContain('no such base model');
    });

    it.each([
      ['500', { status: 500, body: '500 Internal Server Error', contentType: 'text/plain' }],
      ['HTML', { status: 200, body: '<html>sign in</html>', contentType: 'text/html' }],
      ['nothing', { nothing: 'reset' as const }],
    ])('by a node that always answers %s, in bounded time and with no job left', async (_, reply) => {
      const row = await world.openRun();
      await node.control.scenario({ behaviour: { kind: 'http', route: 'POST /prompt', times: 50, ...reply } });
      expect(await rejectionOf(submit(row))).toMatchObject({ type: 'NodeGone', details: [{ type: 'NodeGone', nodeId: 'alpha', attempts: 1 }] });
      expect(await node.control.jobs()).toHaveLength(0);
    });
  });

  const untilClaimed = (row: RunRow): Promise<void> => untilTrue(async () => (await world.runs.read(row.runId))?.claim !== null);
});

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Graph, Rig } from './raw-client.js';
import { inputsOf, openRig, trainingGraph } from './raw-client.js';

interface NodeErrors {
  error: { type: string; extra_info: Record<string, unknown> };
  node_errors: Record<string, { errors: { type: string; details: string }[]; dependent_outputs: string[]; class_type: string }>;
}

describe('POST /prompt of the ComfyUI stand-in', () => {
  let rig: Rig;
  const folder = 'runs/a/1';
  const graph = (changes: Record<string, unknown> = {}): Graph => trainingGraph(folder, 'loras/runs/a/1/lora', changes);

  beforeEach(async () => {
    rig = await openRig({ cacheNone: true });
    await rig.stage(folder);
  });
  afterEach(() => rig.close());

  const post = async (body: unknown) => {
    const reply = await rig.call('POST', '/prompt', body);
    return { status: reply.status, text: reply.text, ...(reply.json as unknown as NodeErrors) };
  };

  describe('refuses', () => {
    it.each([
      ['an uppercase id', (id: string) => id.toUpperCase()],
      ['an id that is no UUID', () => 'run-1'],
      ['an id that is no text', () => 7],
    ])('%s as invalid_prompt_id', async (_what, idOf) => {
      const reply = await post({ prompt: graph(), prompt_id: idOf(randomUUID()) });
      expect(reply.status).toBe(400);
      expect(reply.error.type).toBe('invalid_prompt_id');
    });

    it('a body without a prompt, and malformed JSON with a plain 500', async () => {
      expect((await post({})).error.type).toBe('no_prompt');
      const malformed = await post('{"prompt":');
      expect(malformed.status).toBe(500);
      expect(malformed.text).toMatch(/^500 Internal Server Error/);
    });

    it('a node class it does not have, naming it', async () => {
      const reply = await post({ prompt: { ...graph(), 9: { class_type: 'FluxTrainLoop', inputs: {} } } });
      expect(reply.status).toBe(400);
      expect(reply.error.type).toBe('missing_node_type');
      expect(reply.error.extra_info['class_type']).toBe('FluxTrainLoop');
    });

    it('a graph without an output node, or whose output nodes are not among the targets', async () => {
      const rest = Object.fromEntries(Object.entries(graph()).filter(([id]) => id !== '5'));
      expect((await post({ prompt: rest })).error.type).toBe('prompt_no_outputs');
      expect((await post({ prompt: graph(), partial_execution_targets: ['4'] })).error.type).toBe('prompt_no_outputs');
    });

    const without = (name: string) => (inputs: Record<string, unknown>) => Reflect.deleteProperty(inputs, name);
    const set = (name: string, value: unknown) => (inputs: Record<string, unknown>) => Object.assign(inputs, { [name]: value });
    it.each([
      ['required_input_missing', '4', without('bypass_mode')],
      ['value_not_in_list', '1', set('ckpt_name', 'missing.safetensors')],
      ['value_not_in_list', '2', set('folder', 'runs/nowhere')],
      ['value_not_in_list', '4', set('optimizer', 'Lion')],
      ['value_smaller_than_min', '4', set('steps', 0)],
      ['value_bigger_than_max', '4', set('rank', 129)],
      ['invalid_input_type', '4', set('steps', 'many')],
      ['bad_linked_input', '4', set('model', ['1'])],
      ['return_type_mismatch', '4', set('model', ['1', 1])],
      ['exception_during_inner_validation', '4', set('model', ['77', 0])],
    ])('%s at node %s, with the node that depends on it', async (type, nodeId, change) => {
      const broken = graph();
      change(inputsOf(broken, nodeId));
      const reply = await post({ prompt: broken });
      expect(reply.status).toBe(400);
      expect(reply.error.type).toBe('prompt_outputs_failed_validation');
      expect(reply.node_errors[nodeId]).toMatchObject({ errors: [{ type }], dependent_outputs: ['5'] });
    });

    it('a dependency cycle', async () => {
      const broken = graph();
      broken['6'] = { class_type: 'ResolutionBucket', inputs: { latents: ['7', 0], conditioning: ['7', 1] } };
      broken['7'] = { class_type: 'ResolutionBucket', inputs: { latents: ['6', 0], conditioning: ['6', 1] } };
      Object.assign(inputsOf(broken, '4'), { latents: ['6', 0], positive: ['6', 1] });
      const reply = await post({ prompt: broken });
      expect(reply.node_errors['6']?.errors[0]?.type).toBe('dependency_cycle');
    });

    it('a body above the limit with 413 and a text', async () => {
      const small = await openRig({ maxUploadBytes: 2000 });
      const reply = await small.call('POST', '/prompt', { prompt: 'x'.repeat(3000) });
      await small.close();
      expect(reply.status).toBe(413);
      expect(reply.text).toBe('Maximum request body size 2000 exceeded.');
    });
  });

  it('turns the string "false" into true and coerces numbers in place', async () => {
    const promptId = await rig.submit(graph({ bucket_mode: 'false', steps: '3', grad_accumulation_steps: 1.9 }));
    const job = await rig.ended(promptId);
    const { prompt } = job['workflow'] as { prompt: Graph };
    expect(inputsOf(prompt, '4')).toMatchObject({ bucket_mode: true, steps: 3, grad_accumulation_steps: 1 });
  });

  it('accepts a graph with one good output node, and reports the other one beside the 200', async () => {
    const mixed = { ...graph(), 6: { class_type: 'LossGraphNode', inputs: { loss: ['4', 0], filename_prefix: 'loss' } } };
    const promptId = randomUUID();
    const reply = await post({ prompt: mixed, prompt_id: promptId });
    expect(reply.status).toBe(200);
    expect(reply.node_errors['6']?.errors[0]?.type).toBe('return_type_mismatch');
    expect(await rig.ended(promptId)).toMatchObject({ status: 'completed' });
  });

  it('queues one id twice, runs both, and removes one entry per delete', async () => {
    await rig.control.hold(1);
    const blocker = await rig.submit(graph());
    const promptId = randomUUID();
    for (let time = 0; time < 3; time += 1) {
      expect((await post({ prompt: graph(), prompt_id: promptId })).status).toBe(200);
    }
    await rig.call('POST', '/queue', { delete: [promptId] });
    const queue = (await rig.call('GET', '/queue')).json as { queue_running: unknown[][]; queue_pending: unknown[][] };
    expect(queue.queue_running.map((item) => item[1])).toEqual([blocker]);
    expect(queue.queue_pending.map((item) => item[1])).toEqual([promptId, promptId]);

    await rig.control.release();
    await rig.control.waitForJobs((jobs) => jobs.filter((job) => job.state === 'completed').length === 3);
    expect((await rig.control.trainings())[promptId]).toBe(2);
    const history = (await rig.call('GET', `/history/${promptId}`)).json as Record<string, { prompt: [number] }>;
    expect(history[promptId]?.prompt[0]).toBe(3);
  });

  it('answers 500 to an equal number and id, and has queued the job all the same', async () => {
    await rig.control.hold(1);
    await rig.submit(graph());
    const promptId = randomUUID();
    const body = { prompt: graph(), prompt_id: promptId, number: 7 };
    expect((await post(body)).status).toBe(200);
    expect((await post(body)).status).toBe(500);
    expect((await rig.call('GET', '/prompt')).json).toEqual({ exec_info: { queue_remaining: 3 } });
  });

  it('runs one job at a time, by number and then id, and counts numbers from 0', async () => {
    await rig.control.hold(1);
    const first = await post({ prompt: graph(), prompt_id: randomUUID() });
    expect(first).toMatchObject({ number: 0 });
    const [low, high] = [randomUUID(), randomUUID()].sort();
    const last = await rig.submit(graph());
    await rig.submit(graph(), { prompt_id: high, number: 0.5 });
    await rig.submit(graph(), { prompt_id: low, number: 0.5 });
    const front = await rig.submit(graph(), { front: true });
    const queue = (await rig.call('GET', '/queue')).json as { queue_pending: unknown[][] };
    expect(queue.queue_pending.map((item) => item[1])).toEqual([front, low, high, last]);
    expect((await rig.control.jobs()).filter((job) => job.state === 'running')).toHaveLength(1);
  });

  it('can lose the reply and queue the job later', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'reply-lost', enqueueAfterMs: 100 } });
    const promptId = randomUUID();
    await expect(post({ prompt: graph(), prompt_id: promptId })).rejects.toThrow('fetch failed');
    expect((await rig.job(promptId)).status).toBe(404);
    expect(await rig.ended(promptId)).toMatchObject({ status: 'completed' });
  });

  it('can answer 500 after it has queued the job', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'error-after-enqueue' } });
    const promptId = randomUUID();
    expect((await post({ prompt: graph(), prompt_id: promptId })).status).toBe(500);
    expect(await rig.ended(promptId)).toMatchObject({ status: 'completed' });
  });

  it('gives back extra data with client id and time, without the secrets, and knows the run id', async () => {
    const extra = { orchestrator: { runId: 'run-7' }, api_key_comfy_org: 'secret' };
    const promptId = await rig.submit(graph(), { extra_data: extra, client_id: 'me' });
    const job = await rig.ended(promptId);
    const { extra_data } = job['workflow'] as { extra_data: Record<string, unknown> };
    expect(extra_data).toEqual({ orchestrator: { runId: 'run-7' }, client_id: 'me', create_time: job['create_time'] });
    expect((await rig.control.jobs())[0]?.runId).toBe('run-7');
  });
});

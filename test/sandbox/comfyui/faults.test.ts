import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Graph, Rig } from './raw-client.js';
import { openRig, trainingGraph } from './raw-client.js';
import { readLora } from './safetensors.js';

describe('faults the ComfyUI stand-in can be told to have', () => {
  let rig: Rig;
  const graph = (changes: Record<string, unknown> = {}): Graph => trainingGraph('runs/a/1', 'loras/a/lora', changes);
  const train = async (of = graph()) => rig.ended(await rig.submit(of));

  beforeEach(async () => {
    rig = await openRig({ cacheNone: true });
    await rig.stage('runs/a/1');
  });
  afterEach(() => rig.close());

  const writtenFile = async () => {
    const file = (await rig.control.jobs()).at(-1)?.file;
    const bytes = await readFile(path.join(rig.dir, 'output', file?.path ?? ''));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(file?.sha256);
    return bytes;
  };

  it('a training node that fails halfway, for the next job only', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'node-error', message: 'mat1 and mat2 shapes cannot be multiplied' } });
    expect(await train(graph({ steps: 10 }))).toMatchObject({
      status: 'failed',
      execution_error: { node_id: '4', exception_type: 'RuntimeError', exception_message: 'mat1 and mat2 shapes cannot be multiplied\n' },
    });
    expect((await rig.control.jobs())[0]).toMatchObject({ state: 'failed', trainedSteps: 5, file: null });
    expect(await train()).toMatchObject({ status: 'completed' });
  });

  it('a failing node of the tester\'s choice', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'node-error', nodeId: '1', exceptionType: 'FileNotFoundError' } });
    expect(await train()).toMatchObject({ execution_error: { node_id: '1', exception_type: 'FileNotFoundError', current_outputs: [] } });
  });

  it('out of memory, after which the models are unloaded and the server goes on', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'out-of-memory' } });
    const job = await train();
    expect(job).toMatchObject({ status: 'failed', execution_error: { exception_type: 'torch.OutOfMemoryError' } });
    expect((job['execution_error'] as { exception_message: string }).exception_message).toMatch(/^Allocation on device/);
    const { devices } = (await rig.call('GET', '/system_stats')).json as { devices: { vram_total: number; vram_free: number }[] };
    expect(devices[0]?.vram_free).toBe(devices[0]?.vram_total);
    expect(await train()).toMatchObject({ status: 'completed' });
  });

  it('success with a file full of NaN', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'nan' } });
    expect(await train()).toMatchObject({ status: 'completed' });
    const { tensors } = readLora(await writtenFile());
    expect([...tensors].some(([name, tensor]) => name.endsWith('lora_up.weight') && tensor.values.some(Number.isNaN))).toBe(true);
  });

  it('success with up-weights that are all zero, and down-weights that are not', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'zero-weights' } });
    expect(await train()).toMatchObject({ status: 'completed' });
    const { tensors } = readLora(await writtenFile());
    const all = (ending: string, wanted: (value: number) => boolean) =>
      [...tensors].filter(([name]) => name.endsWith(ending)).every(([, tensor]) => tensor.values.every(wanted));
    expect(all('lora_up.weight', (value) => value === 0)).toBe(true);
    expect(all('lora_down.weight', (value) => value !== 0)).toBe(true);
  });

  it('success with a truncated file, or with none', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'truncated' } });
    await rig.control.scenario({ next: 1, behaviour: { kind: 'no-file' } });
    expect(await train()).toMatchObject({ status: 'completed' });
    const bytes = await writtenFile();
    expect(() => readLora(bytes)).toThrow();
    expect(await train()).toMatchObject({ status: 'completed' });
    expect((await rig.control.jobs()).at(-1)?.file).toBeNull();
  });

  it('a running job that is lost: 404, not in history, the server alive', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'lost', atStep: 3 } });
    const promptId = await rig.submit(graph());
    await rig.control.waitForJobs((jobs) => jobs[0]?.state === 'lost');
    expect((await rig.job(promptId)).status).toBe(404);
    expect((await rig.call('GET', `/history/${promptId}`)).json).toEqual({});
    expect((await rig.control.jobs())[0]).toMatchObject({ trainedSteps: 3, file: null });
    expect(await train()).toMatchObject({ status: 'completed' });
  });

  it('a crash at a step, which takes pending jobs and sockets with it', async () => {
    const observer = await rig.observe('me');
    await rig.control.scenario({ next: 1, behaviour: { kind: 'lost', atStep: 3, wholeServer: true } });
    await rig.submit(graph());
    await rig.submit(graph());
    expect(await observer.closed).toBe(1006);
    await rig.control.waitForJobs((jobs) => jobs.map((job) => job.state).join() === 'lost,lost');
  });

  it('a pending job that is forgotten', async () => {
    await rig.control.hold(1);
    await rig.submit(graph());
    const pending = await rig.submit(graph());
    expect(await rig.control.forget(pending)).toBe(true);
    expect(await rig.control.forget(pending)).toBe(false);
    expect((await rig.job(pending)).status).toBe(404);
  });

  it('an interruption by somebody else', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'foreign-interrupt', atStep: 2 } });
    expect(await train()).toMatchObject({ status: 'cancelled' });
    expect((await rig.control.jobs())[0]).toMatchObject({ interruptedBy: 'foreign-interrupt', trainedSteps: 2 });
  });

  it('a training that stalls, running without steps until it is interrupted', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'stall', atStep: 2 } });
    const promptId = await rig.submit(graph());
    await rig.control.waitForJobs((jobs) => jobs[0]?.trainedSteps === 2);
    expect((await rig.job(promptId)).json['status']).toBe('in_progress');
    await rig.call('POST', `/api/jobs/${promptId}/cancel`);
    expect(await rig.ended(promptId)).toMatchObject({ status: 'cancelled' });
  });

  it('a silent encode phase that reacts to an interrupt', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'silent-encode', ms: 60_000 } });
    const observer = await rig.observe('me');
    const promptId = await rig.submit(graph(), { client_id: 'me' });
    await observer.until((frames) => frames.at(-1)?.type === 'executing' && frames.at(-1)?.data['node'] === '3');
    await rig.call('POST', `/api/jobs/${promptId}/cancel`);
    expect(await rig.ended(promptId)).toMatchObject({ status: 'cancelled' });
    expect(observer.frames.filter((frame) => frame.type === 'progress')).toEqual([]);
  });

  it('a zombie worker: HTTP fine, nothing moves, no interrupt seen, cured by a restart', async () => {
    await rig.control.hold(2);
    const running = await rig.submit(graph());
    await rig.control.waitForJobs((jobs) => jobs[0]?.held === true);
    await rig.control.zombie(true);
    await rig.control.release();
    const pending = await rig.submit(graph());
    expect((await rig.call('POST', `/api/jobs/${running}/cancel`)).json).toEqual({ cancelled: true });
    expect((await rig.job(running)).json['status']).toBe('in_progress');
    expect((await rig.job(pending)).json['status']).toBe('pending');
    await rig.control.restart();
    expect(await train()).toMatchObject({ status: 'completed' });
    expect((await rig.control.jobs()).map((job) => job.state)).toEqual(['lost', 'lost', 'completed']);
  });

  it('a worker that turns zombie between two steps, and sees the interrupt when it lives again', async () => {
    await rig.control.setStepMs(5);
    const promptId = await rig.submit(graph({ steps: 10_000 }));
    await rig.control.waitForJobs((jobs) => Number(jobs[0]?.trainedSteps) > 0);
    await rig.control.zombie(true);
    await rig.call('POST', `/api/jobs/${promptId}/cancel`);
    const before = (await rig.control.jobs())[0]?.trainedSteps;
    for (let poll = 0; poll < 30; poll += 1) {
      expect((await rig.job(promptId)).json['status']).toBe('in_progress');
    }
    expect((await rig.control.jobs())[0]).toMatchObject({ state: 'running', trainedSteps: before });
    await rig.control.zombie(false);
    expect(await rig.ended(promptId)).toMatchObject({ status: 'cancelled' });
  });

  it('answers of the tester\'s choice on one route, so many times', async () => {
    await rig.control.scenario({ behaviour: { kind: 'http', route: 'GET /queue', status: 502, body: '<html>Bad gateway</html>', contentType: 'text/html', times: 1 } });
    expect(await rig.call('GET', '/api/queue')).toMatchObject({ status: 502, text: '<html>Bad gateway</html>' });
    expect((await rig.call('GET', '/queue')).status).toBe(200);
    await rig.control.scenario({ behaviour: { kind: 'http', route: 'GET /api/jobs/:id', nothing: 'reset', times: 1 } });
    await expect(rig.job('x')).rejects.toThrow('fetch failed');
    expect((await rig.job('x')).status).toBe(404);
  });

  it('no answer at all', async () => {
    await rig.control.scenario({ behaviour: { kind: 'http', route: 'POST /prompt', nothing: 'hang' } });
    const attempt = fetch(`${rig.url}/prompt`, { method: 'POST', body: '{}', signal: AbortSignal.timeout(200) });
    await expect(attempt).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await rig.control.calls()).at(-1)).toMatchObject({ method: 'POST', path: '/prompt', status: 0 });
    await rig.control.clearScenarios();
    expect((await rig.call('POST', '/prompt', {})).status).toBe(400);
  });

  it('a server that cannot be reached', async () => {
    await rig.control.down(true);
    await expect(rig.call('GET', '/prompt')).rejects.toThrow('fetch failed');
    await rig.control.down(false);
    expect((await rig.call('GET', '/prompt')).status).toBe(200);
  });

  it('a loss graph that fails the whole prompt on NaN', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'nan' } });
    const graphs = { 6: { class_type: 'LossGraphNode', inputs: { loss: ['4', 1], filename_prefix: 'loss' } } };
    expect(await train({ ...graph(), ...graphs })).toMatchObject({ status: 'failed', execution_error: { node_id: '6', exception_type: 'ValueError' } });
    expect(await train({ ...graph(), ...graphs })).toMatchObject({ status: 'completed', outputs_count: 1, preview_output: { type: 'temp' } });
  });

  it('runs output nodes in either order', async () => {
    const orders = new Set<string>();
    const both = { ...graph({ steps: 2 }), 6: { class_type: 'LossGraphNode', inputs: { loss: ['4', 1], filename_prefix: 'loss' } } };
    const observer = await rig.observe('me');
    for (let run = 0; run < 40 && orders.size < 2; run += 1) {
      const from = observer.frames.length;
      await rig.ended(await rig.submit(structuredClone(both), { client_id: 'me' }));
      await observer.until((frames) => frames.slice(from).some((frame) => frame.type === 'executing' && frame.data['node'] === null));
      const nodes = observer.frames.slice(from).flatMap((frame) => (frame.type === 'executing' ? [String(frame.data['node'])] : []));
      orders.add(nodes.filter((node) => node === '5' || node === '6').join());
    }
    expect([...orders].sort()).toEqual(['5,6', '6,5']);
  });
});

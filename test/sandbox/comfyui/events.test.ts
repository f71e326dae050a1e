import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Frame, Graph, Rig } from './raw-client.js';
import { openRig, trainingGraph } from './raw-client.js';

const typesOf = (frames: Frame[]) => [...new Set(frames.map((frame) => frame.type))].sort();
const isOver = (frames: Frame[]) => queueLengths(frames).join().endsWith('1,0');
const queueLengths = (frames: Frame[]) =>
  frames
    .filter((frame) => frame.type === 'status')
    .map((frame) => (frame.data['status'] as { exec_info: { queue_remaining: number } }).exec_info.queue_remaining);

describe('the WebSocket of the ComfyUI stand-in', () => {
  let rig: Rig;
  const graph = (changes: Record<string, unknown> = {}): Graph => trainingGraph('runs/a/1', 'loras/a/lora', changes);

  beforeEach(async () => {
    rig = await openRig({ cacheNone: true });
    await rig.stage('runs/a/1');
  });
  afterEach(() => rig.close());

  it('greets with status and the client id', async () => {
    const observer = await rig.observe('me');
    expect(observer.frames).toEqual([{ type: 'status', data: { status: { exec_info: { queue_remaining: 0 } }, sid: 'me' } }]);
  });

  it('sends the events of a job to its submitter alone, and status to all', async () => {
    const [mine, other] = [await rig.observe('mine'), await rig.observe('other')];
    await rig.submit(graph(), { client_id: 'mine' });
    await Promise.all([mine.until(isOver), other.until(isOver)]);
    await mine.until((frames) => frames.at(-1)?.data['node'] === null);
    expect(typesOf(other.frames)).toEqual(['status']);
    expect(typesOf(mine.frames)).toEqual(['executing', 'execution_cached', 'execution_start', 'execution_success', 'progress', 'progress_state', 'status']);
  });

  it('drops the events of a job whose client is not connected', async () => {
    const other = await rig.observe('other');
    await rig.submit(graph(), { client_id: 'gone' });
    await other.until(isOver);
    expect(typesOf(other.frames)).toEqual(['status']);
  });

  it('sends progress of a job without client id to everyone, but no execution events', async () => {
    const [one, two] = [await rig.observe('one'), await rig.observe('two')];
    await rig.submit(graph());
    await Promise.all([one.until(isOver), two.until(isOver)]);
    for (const observer of [one, two]) expect(typesOf(observer.frames)).toEqual(['progress', 'progress_state', 'status']);
  });

  it('tells everyone of the interruption of a job without client id', async () => {
    const observer = await rig.observe('observer');
    await rig.control.hold(2);
    const promptId = await rig.submit(graph());
    await rig.control.waitForJobs((jobs) => jobs.some((job) => job.held));
    await rig.call('POST', '/interrupt', { prompt_id: promptId });
    await observer.until((frames) => frames.some((frame) => frame.type === 'execution_interrupted'));
  });

  it('tells a late client of the current node, without a prompt id, and replays nothing', async () => {
    await rig.control.hold(2);
    await rig.submit(graph(), { client_id: 'late' });
    await rig.control.waitForJobs((jobs) => jobs.some((job) => job.held));
    const late = await rig.observe('late');
    await late.until((frames) => frames.length === 2);
    expect(late.frames[1]).toEqual({ type: 'executing', data: { node: '4' } });
  });

  it('cuts off a client that reconnects before its old socket is gone', async () => {
    const old = await rig.observe('same');
    const renewed = await rig.observe('same');
    const witness = await rig.observe('witness');
    old.close();
    await old.closed;
    await rig.submit(graph(), { client_id: 'same' });
    await witness.until(isOver);
    expect(renewed.frames).toHaveLength(1);
  });

  it('reports progress at least 100 ms and half a percent apart, beside first and last', async () => {
    await rig.control.setStepMs(10);
    const observer = await rig.observe('me');
    await rig.submit(graph({ steps: 50 }), { client_id: 'me' });
    await observer.until(isOver);
    const values = observer.frames.filter((frame) => frame.type === 'progress').map((frame) => Number(frame.data['value']));
    expect(values[0]).toBe(1);
    expect(values.at(-1)).toBe(50);
    const [job] = await rig.control.jobs();
    const elapsedMs = Number(job?.endedAt) - Number(job?.startedAt);
    expect(values.length).toBeGreaterThan(2);
    expect(values.length).toBeLessThanOrEqual(2 + elapsedMs / 100);
  });

  it('holds a report back until half a percent is done, however long that takes', async () => {
    await rig.control.setStepMs(10);
    const observer = await rig.observe('me');
    const promptId = await rig.submit(graph({ steps: 6000 }), { client_id: 'me' });
    const values = () => observer.frames.filter((frame) => frame.type === 'progress').map((frame) => Number(frame.data['value']));
    await observer.until(() => values().length === 2);
    await rig.call('POST', `/api/jobs/${promptId}/cancel`);
    expect(values()).toEqual([1, 31]);
  });

  it('counts steps times accumulation, one report per micro-step', async () => {
    const observer = await rig.observe('me');
    await rig.submit(graph({ steps: 4, grad_accumulation_steps: 3 }), { client_id: 'me' });
    await observer.until(isOver);
    const last = observer.frames.filter((frame) => frame.type === 'progress').at(-1);
    expect(last?.data).toMatchObject({ value: 12, max: 12, node: '4' });
  });

  it('can be made to say nothing of a job but status', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'silent-ws' } });
    const observer = await rig.observe('me');
    await rig.submit(graph(), { client_id: 'me' });
    await observer.until(isOver);
    expect(typesOf(observer.frames)).toEqual(['status']);
  });

  describe('on a restart', () => {
    it('drops sockets with 1006, forgets queue, history and the running job, and keeps input and output', async () => {
      const done = await rig.submit(graph());
      await rig.ended(done);
      const observer = await rig.observe('me');
      await rig.control.hold(2);
      const running = await rig.submit(graph());
      const pending = await rig.submit(graph());
      await rig.control.waitForJobs((jobs) => jobs.some((job) => job.held));

      await rig.control.restart();

      expect(await observer.closed).toBe(1006);
      for (const promptId of [done, running, pending]) expect((await rig.job(promptId)).status).toBe(404);
      expect((await rig.call('GET', '/queue')).json).toEqual({ queue_running: [], queue_pending: [] });
      expect((await rig.call('GET', '/history')).json).toEqual({});
      expect((await rig.call('HEAD', '/view?type=input&subfolder=runs/a/1&filename=image0.png')).status).toBe(200);
      expect((await rig.call('HEAD', '/view?subfolder=loras/a&filename=lora_5_steps_00001_.safetensors')).status).toBe(200);
      await rig.control.waitForJobs((jobs) => jobs.map((job) => job.state).join() === 'completed,lost,lost');
    });

    it('counts numbers from 0 again', async () => {
      await rig.ended(await rig.submit(graph()));
      await rig.control.restart();
      const reply = await rig.call('POST', '/prompt', { prompt: graph(), prompt_id: randomUUID() });
      expect(reply.json['number']).toBe(0);
    });

    it('wipes temp, and can stay away for a while', async () => {
      await rig.upload('', 'left.png', 'x', { type: 'temp' });
      await rig.control.restart({ downMs: 150 });
      await expect(rig.call('GET', '/prompt')).rejects.toThrow('fetch failed');
      const isBack = async () => (await rig.call('GET', '/view?type=temp&filename=left.png')).status === 404;
      await expect(retried(isBack)).resolves.toBe(true);
    });
  });
});

async function retried(attempt: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await attempt().catch((error: unknown) => {
      if (String(error).includes('fetch failed')) return null;
      throw error;
    });
    if (answer !== null) return answer;
    await setTimeout(10);
  }
  throw new Error('Expected the server to come back.');
}

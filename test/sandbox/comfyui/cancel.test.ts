import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Graph, Rig } from './raw-client.js';
import { openRig, trainingGraph } from './raw-client.js';

describe('cancelling at the ComfyUI stand-in', () => {
  let rig: Rig;
  const graph = (): Graph => trainingGraph('runs/a/1', 'loras/a/lora');

  beforeEach(async () => {
    rig = await openRig({ cacheNone: true });
    await rig.stage('runs/a/1');
  });
  afterEach(() => rig.close());

  /** A job that has done two steps and waits there. */
  async function heldJob(): Promise<string> {
    await rig.control.hold(2);
    const promptId = await rig.submit(graph());
    await rig.control.waitForJobs((jobs) => jobs.some((job) => job.promptId === promptId && job.held));
    return promptId;
  }

  const cancel = async (promptId: string) => (await rig.call('POST', `/api/jobs/${promptId}/cancel`)).json;

  it('ends a running job as cancelled, which history calls an error, and leaves no file', async () => {
    const promptId = await heldJob();
    expect(await cancel(promptId)).toEqual({ cancelled: true });
    const job = await rig.ended(promptId);
    expect(job).toMatchObject({ status: 'cancelled', execution_status: { status_str: 'error', completed: false } });
    expect(job).not.toHaveProperty('execution_error');
    expect(existsSync(path.join(rig.dir, 'output', 'loras'))).toBe(false);
    expect((await rig.control.jobs())[0]).toMatchObject({ interruptedBy: 'cancel', trainedSteps: 2, totalSteps: 5 });
  });

  it('drops a pending job without a trace', async () => {
    await heldJob();
    const pending = await rig.submit(graph());
    expect(await cancel(pending)).toEqual({ cancelled: true });
    expect((await rig.job(pending)).status).toBe(404);
    expect((await rig.call('GET', `/history/${pending}`)).json).toEqual({});
  });

  it('answers false for a finished and for an unknown job', async () => {
    const promptId = await rig.submit(graph());
    await rig.ended(promptId);
    expect(await cancel(promptId)).toEqual({ cancelled: false });
    expect(await cancel(randomUUID())).toEqual({ cancelled: false });
    expect((await rig.job(promptId)).json['status']).toBe('completed');
  });

  it('cancels several, and refuses ids that are none', async () => {
    const running = await heldJob();
    const pending = await rig.submit(graph());
    expect((await rig.call('POST', '/api/jobs/cancel', { job_ids: ['x'] })).status).toBe(400);
    expect((await rig.call('POST', '/api/jobs/cancel', { job_ids: [running, pending] })).json).toEqual({ cancelled: true });
    await rig.control.waitForJobs((jobs) => jobs.map((job) => job.state).join() === 'cancelled,deleted');
  });

  it('interrupts by id only when that job runs, and always answers 200', async () => {
    const running = await heldJob();
    expect((await rig.call('POST', '/interrupt', { prompt_id: randomUUID() })).status).toBe(200);
    expect((await rig.job(running)).json['status']).toBe('in_progress');
    expect((await rig.call('POST', '/interrupt', { prompt_id: running })).status).toBe(200);
    expect((await rig.ended(running))['status']).toBe('cancelled');
  });

  it.each([['no body', undefined], ['an empty object', {}], ['a body that is no JSON', 'x']])(
    'interrupts whatever runs, whoever owns it, on an interrupt with %s',
    async (_what, body) => {
      const running = await heldJob();
      await rig.call('POST', '/interrupt', body);
      expect((await rig.ended(running))['status']).toBe('cancelled');
      expect((await rig.control.jobs())[0]?.interruptedBy).toBe('interrupt-all');
    },
  );

  it('deletes and clears pending jobs with 200 and an empty body, found or not', async () => {
    await heldJob();
    await rig.submit(graph());
    const replies = [
      await rig.call('POST', '/queue', { delete: [randomUUID()] }),
      await rig.call('POST', '/queue', { clear: true }),
    ];
    expect(replies.map(({ status, text }) => ({ status, text }))).toEqual([
      { status: 200, text: '' },
      { status: 200, text: '' },
    ]);
    expect((await rig.call('GET', '/prompt')).json).toEqual({ exec_info: { queue_remaining: 1 } });
  });

  it('can be made not to react', async () => {
    await rig.control.scenario({ next: 1, behaviour: { kind: 'ignore-interrupt' } });
    const promptId = await heldJob();
    expect(await cancel(promptId)).toEqual({ cancelled: true });
    await rig.control.release();
    expect((await rig.ended(promptId))['status']).toBe('completed');
  });

  it('lists jobs by status, newest first, a page at a time', async () => {
    const done = await rig.submit(graph());
    await rig.ended(done);
    const running = await heldJob();
    const pending = await rig.submit(graph());
    const ids = async (query: string) => {
      const { jobs, pagination } = (await rig.call('GET', `/api/jobs${query}`)).json as { jobs: { id: string }[]; pagination: unknown };
      return { ids: jobs.map((job) => job.id), pagination };
    };
    expect((await ids('')).ids).toHaveLength(3);
    expect((await ids('?status=pending,in_progress&sort_order=asc')).ids).toEqual([running, pending]);
    expect(await ids('?status=completed&limit=1')).toEqual({ ids: [done], pagination: { offset: 0, limit: 1, total: 1, has_more: false } });
    expect((await rig.call('GET', '/api/jobs?status=lost')).status).toBe(400);
    expect((await rig.job(pending)).json).toMatchObject({ id: pending, status: 'pending', outputs_count: 0 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Rig } from './raw-client.js';
import { openRig, trainingGraph } from './raw-client.js';

describe('what the ComfyUI stand-in says of itself', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await openRig({ name: 'alpha', vramTotalBytes: 8_000_000_000 });
    await rig.stage('runs/a/1', 1);
  });
  afterAll(() => rig.close());

  it.each(['/prompt', '/queue', '/history', '/system_stats', '/features', '/object_info', '/models', '/models/loras'])(
    'answers %s with and without /api',
    async (path) => {
      expect((await rig.call('GET', path)).status).toBe(200);
      expect((await rig.call('GET', `/api${path}`)).status).toBe(200);
    },
  );

  it('has the job routes under /api and /api/api, never bare', async () => {
    expect((await rig.call('GET', '/api/jobs')).status).toBe(200);
    expect((await rig.call('GET', '/api/api/jobs')).status).toBe(200);
    expect((await rig.call('GET', '/jobs')).status).toBe(404);
  });

  it('answers an unknown node class with 200 and an empty object', async () => {
    expect(await rig.call('GET', '/object_info/FluxTrainLoop')).toMatchObject({ status: 200, json: {} });
  });

  it('lists the inputs of the training node, all required, and the choices of checkpoint and folder', async () => {
    type Info = Record<string, { input: { required: Record<string, [unknown, { options?: string[] }]>; optional?: object }; output: string[] }>;
    const info = (await rig.call('GET', '/object_info')).json as unknown as Info;
    expect(Object.keys(info['TrainLoraNode']?.input.required ?? {})).toEqual(Object.keys(trainingGraph('a', 'b')['4']?.inputs ?? {}));
    expect(info['TrainLoraNode']?.input.optional).toBeUndefined();
    expect(info['TrainLoraNode']?.input.required['steps']).toEqual(['INT', { default: 16, min: 1, max: 100_000 }]);
    expect(info['TrainLoraNode']?.output).toEqual(['LORA_MODEL', 'LOSS_MAP', 'INT']);
    expect(info['CheckpointLoaderSimple']?.input.required['ckpt_name']?.[0]).toEqual([
      'sd_xl_base_1.0.safetensors',
      'v1-5-pruned-emaonly-fp16.safetensors',
    ]);
    expect(info['LoadImageTextDataSetFromFolder']?.input.required['folder']?.[1].options).toEqual(['runs', 'runs/a', 'runs/a/1']);
  });

  it('shows version and memory, less of it while models are loaded', async () => {
    type Stats = { system: { comfyui_version: string }; devices: { vram_total: number; vram_free: number }[] };
    const stats = async () => (await rig.call('GET', '/system_stats')).json as unknown as Stats;
    expect(await stats()).toMatchObject({ system: { comfyui_version: '0.33.0' }, devices: [{ vram_total: 8_000_000_000, vram_free: 8_000_000_000 }] });
    await rig.ended(await rig.submit(trainingGraph('runs/a/1', 'loras/a/lora')));
    expect((await stats()).devices[0]?.vram_free).toBeLessThan(8_000_000_000);
    await rig.call('POST', '/free', { unload_models: true });
    expect((await stats()).devices[0]?.vram_free).toBe(8_000_000_000);
  });

  it('refuses a foreign origin and a cross-site fetch', async () => {
    expect((await rig.call('GET', '/queue', undefined, { origin: 'http://elsewhere.example' })).status).toBe(403);
    expect((await rig.call('GET', '/queue', undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('logs each call with query, body and status', async () => {
    await rig.control.clearCalls();
    await rig.call('GET', '/view?filename=none.txt');
    await rig.call('POST', '/queue', { delete: ['x'] });
    await rig.upload('runs/b', 'a.txt', 'hello');
    const calls = (await rig.control.calls()).map(({ method, path, query, body, status }) => ({ method, path, query, body, status }));
    const upload = { subfolder: 'runs/b', overwrite: 'true', image: { filename: 'a.txt', sizeBytes: 5 } };
    expect(calls).toEqual([
      { method: 'GET', path: '/view', query: { filename: 'none.txt' }, body: null, status: 404 },
      { method: 'POST', path: '/queue', query: {}, body: { delete: ['x'] }, status: 200 },
      { method: 'POST', path: '/upload/image', query: {}, body: upload, status: 200 },
    ]);
  });

  it('is an older version when told so: no cancel route, any id', async () => {
    const older = await openRig({ version: '0.24.2' });
    await older.stage('runs/a/1', 1);
    const promptId = await older.submit(trainingGraph('runs/a/1', 'loras/a/lora'), { prompt_id: 'Run-1' });
    expect(promptId).not.toBe('Run-1');
    await older.control.waitForJobs((jobs) => jobs[0]?.promptId === 'Run-1' && jobs[0].state === 'completed');
    expect((await older.call('POST', '/api/jobs/Run-1/cancel')).status).toBe(404);
    expect((await older.call('GET', '/api/jobs/Run-1')).status).toBe(200);
    await older.close();
  });
});

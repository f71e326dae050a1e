import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame, Graph, Rig } from './raw-client.js';
import { fixture, openRig } from './raw-client.js';

interface Trace {
  ws: Frame[];
  history: Record<string, unknown>;
  job: Record<string, unknown> & { id: string; workflow: { prompt: Graph } };
}

const SUBMITTED = /^[0-9a-f]{8}-/;

/** Replaces what differs between any two runs: ids, times, the queue number, host paths, tracebacks, and the order of a set. */
function normalised(value: unknown, key = ''): unknown {
  if (['timestamp', 'create_time', 'execution_start_time', 'execution_end_time', 'priority'].includes(key)) return `<${typeof value}>`;
  if (key === 'traceback') return '<traceback>';
  if (key === 'executed' && Array.isArray(value)) return [...(value as string[])].sort();
  if (typeof value === 'string') return SUBMITTED.test(value) ? '<id>' : value.replace(/'\/.*\/input\//, "'<host>/input/");
  if (Array.isArray(value)) return value.map((each) => normalised(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [SUBMITTED.test(name) ? '<id>' : name, normalised(each, name)]));
}

/** A history body with its queue number, which counts from server start, taken out. */
function normalisedHistory(history: Record<string, unknown>): unknown {
  return Object.values(normalised(history) as Record<string, { prompt: unknown[] }>).map((entry) => ({ ...entry, prompt: entry.prompt.slice(1) }));
}

/** The sequence the traces are compared by: type, node, value, max, state; and every other field but `t`. */
function normalisedFrames(frames: Frame[]): unknown {
  return frames.map(({ type, data }) => ({ type, data: normalised(data) }));
}

function progressValue(frame: Frame): number {
  return frame.type === 'progress' ? Number(frame.data['value']) : 0;
}

describe('the golden traces of ComfyUI 0.33.0', () => {
  let rig: Rig;

  beforeAll(async () => {
    // The recorded server kept no node results, and each of its steps took longer than the progress throttle.
    rig = await openRig({ cacheNone: true, stepMs: 130, checkpoints: ['tiny-sd15.safetensors'] });
    await rig.stage('runs/g1');
    await rig.upload('runs/corrupt', 'a.png', 'this is no picture');
  });
  afterAll(() => rig.close());

  async function replay(trace: Trace, meanwhile: (frames: Frame[], promptId: string) => Promise<void>) {
    const clientId = randomUUID();
    const observer = await rig.observe(clientId);
    const promptId = await rig.submit(structuredClone(trace.job.workflow.prompt), { client_id: clientId });
    await observer.until((frames) => frames.some((frame) => progressValue(frame) >= 3) || ended(frames));
    await meanwhile(observer.frames, promptId);
    await observer.until(ended);
    const history = await rig.call('GET', `/history/${promptId}`);
    const job = await rig.job(promptId);
    observer.close();
    return { frames: observer.frames, history: history.json, job: job.json };
  }

  function ended(frames: Frame[]): boolean {
    return frames.some((frame) => frame.type === 'executing' && frame.data['node'] === null);
  }

  const cases = [
    { name: 'success', what: 'a training that succeeds' },
    { name: 'interrupted', what: 'a training cancelled after its third step' },
    { name: 'error', what: 'a corrupt image in the dataset' },
  ];

  it.each(cases)('answers field by field as the recorded server did: $what', async ({ name }) => {
    const trace = fixture(`${name}.json`) as Trace;

    const seen = await replay(trace, async (_frames, promptId) => {
      if (name === 'interrupted') expect((await rig.call('POST', `/api/jobs/${promptId}/cancel`)).json).toEqual({ cancelled: true });
    });

    expect(normalisedFrames(seen.frames)).toEqual(normalisedFrames(trace.ws));
    expect(normalisedHistory(seen.history)).toEqual(normalisedHistory(trace.history));
    expect(normalised(seen.job)).toEqual(normalised(trace.job));
    expect(Object.keys(seen.job)).toEqual(Object.keys(trace.job));
  });
});

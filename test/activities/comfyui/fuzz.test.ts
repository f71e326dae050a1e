import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createComfyClient, type ComfyClient } from '../../../activities/comfyui/client.js';
import { ComfyError } from '../../../activities/comfyui/comfy-error.js';
import { parseFrame, progressAfter } from '../../../activities/comfyui/frames.js';
import { mangledText } from '../../support/mangle.js';

const ID = '9bc8fb0e-cc40-4a89-92df-04526747e5d6';
const FILE = { type: 'output', folder: 'trainyard/x', fileName: 'lora.safetensors' } as const;
const MARK = { yard: 'y', runId: 'r', attempt: 1, templateHash: 'h' };
const ENTRY = [3, ID, { '1': { class_type: 'A', inputs: {} } }, { orchestrator: MARK, create_time: 1_790_000_000_000 }, ['1']];

/** Each call of the client with a reply as ComfyUI gives it. */
const CALLS: readonly (readonly [string, unknown, (client: ComfyClient) => Promise<unknown>])[] = [
  ['GET /system_stats', { system: { comfyui_version: '0.28.0' }, devices: [{ name: 'cuda:0', vram_total: 25_000_000_000 }] }, (client) => client.systemStats()],
  ['GET /object_info', { A: { input: { required: { ckpt_name: [['a.safetensors'], {}] }, optional: { seed: ['INT', { min: 0 }] } } } }, (client) => client.objectInfo('A')],
  ['GET /queue', { queue_running: [ENTRY], queue_pending: [ENTRY] }, (client) => client.queue()],
  ['POST /free', {}, (client) => client.free()],
  ['GET /api/jobs', { id: ID, status: 'failed', execution_error: { node_type: 'A', exception_type: 'E', exception_message: 'm' } }, (client) => client.job(ID)],
  ['POST /prompt', { prompt_id: ID, number: 3, node_errors: {} }, (client) => client.submit({ promptId: ID, graph: {}, outputNode: '1', mark: MARK })],
  ['POST /prompt refused', { error: { type: 'prompt_no_outputs', message: 'm' }, node_errors: { '1': { class_type: 'A', errors: [{ type: 't', message: 'm' }] } } }, (client) => client.submit({ promptId: ID, graph: {}, outputNode: '1', mark: MARK })],
  ['POST /api/jobs/cancel', { cancelled: true }, (client) => client.cancelJob(ID)],
  ['POST /upload/image', { name: 'a.png', subfolder: 'f', type: 'input' }, (client) => client.upload({ folder: 'f', fileName: 'a.png' }, new Uint8Array([1, 2, 3]))],
  ['HEAD /view', {}, (client) => client.headFile(FILE)],
];
const REPLIES = 10_000;
const IN_FLIGHT = 8;

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

let server: Server;
let replies: Reply[] = [];
const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeAll(async () => {
  process.on('unhandledRejection', note);
  server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      answer(response, replies[Number(request.headers['x-reply'])]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function answer(response: ServerResponse, reply: Reply | undefined): void {
  const { status = 500, type = 'text/plain', body = '' } = reply ?? {};
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

function clientFor(reply: number): ComfyClient {
  return createComfyClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: { 'x-reply': String(reply) }, timeoutMs: 5_000 });
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('whatever a node replies', () => {
  it(`is an answer of the call's own kind or a ComfyError, ${REPLIES} times, and nothing is left behind`, async () => {
    const status = fc.oneof({ weight: 6, arbitrary: fc.constant(200) }, { weight: 4, arbitrary: fc.constantFrom(201, 204, 206, 301, 400, 401, 403, 404, 405, 413, 416, 429, 500, 502, 504) });
    const type = fc.constantFrom('application/json', 'text/html', 'application/octet-stream', 'application/json; charset=latin1', '');
    const perCall = REPLIES / CALLS.length;
    replies = CALLS.flatMap(([, good], at) => fc.sample(fc.record({ status, type, body: mangledText(good) }), { numRuns: perCall, seed: 4_711 + at }));
    const wrong: unknown[] = [];
    const outcomes = { answers: 0, errors: 0 };
    const ask = async (at: number): Promise<void> => {
      const call = CALLS[Math.floor(at / perCall)];
      if (call === undefined) throw new Error('Expected a call for every reply.');
      try {
        await call[2](clientFor(at));
        outcomes.answers += 1;
      } catch (error) {
        outcomes.errors += 1;
        if (!(error instanceof ComfyError)) wrong.push([call[0], replies[at], error]);
      }
    };
    const askAll = async (from: number, until: number): Promise<void> => {
      const lane = async (first: number): Promise<void> => {
        for (let at = first; at < until; at += IN_FLIGHT) await ask(at);
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, (_, at) => lane(from + at)));
    };
    await askAll(0, REPLIES / 4);
    const before = heapBytes();
    await askAll(REPLIES / 4, REPLIES);
    expect(wrong).toEqual([]);
    expect(outcomes.answers).toBeGreaterThan(REPLIES / 20);
    expect(outcomes.errors).toBeGreaterThan(REPLIES / 20);
    expect(unhandled).toEqual([]);
    // Room for what the runtime itself keeps; a reply kept for each call would be many times this.
    expect(heapBytes() - before).toBeLessThan(8_000_000);
  }, 120_000);
});

describe('whatever comes over the socket', () => {
  const FRAMES = [
    { type: 'status', data: { status: { exec_info: { queue_remaining: 1 } }, sid: 'x' } },
    { type: 'progress', data: { value: 3, max: 10, prompt_id: ID, node: '7' } },
    { type: 'progress_state', data: { prompt_id: ID, nodes: { '7': { value: 3, max: 10, state: 'running', node_id: '7' } } } },
    { type: 'executing', data: { node: null, prompt_id: ID } },
    { type: 'execution_error', data: { prompt_id: ID, node_id: '7', exception_message: 'm' } },
  ];

  it('is a known frame or none, and never moves a training backwards or out of its bounds, 10,000 times', () => {
    const start = { phase: 'training', step: 40, totalSteps: 100 } as const;
    let known = 0;
    for (const frame of FRAMES) {
      fc.assert(
        fc.property(mangledText(frame), (text) => {
          const read = parseFrame(text);
          if (read === null) return;
          known += 1;
          const { step, totalSteps } = progressAfter(start, read, '7');
          expect(totalSteps).toBe(100);
          expect(step >= 40 && step <= 100).toBe(true);
        }),
        { numRuns: 10_000 / FRAMES.length },
      );
    }
    expect(known).toBeGreaterThan(100);
  });
});

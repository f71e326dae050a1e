import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createComfyClient, type ComfyClient } from '../../../activities/comfyui/client.js';
import { ComfyError } from '../../../activities/comfyui/comfy-error.js';
import { createObserver } from '../../../activities/comfyui/observer.js';
import { rejectionOf, untilTrue } from '../../support/comfy-node.js';

const PROMPT_ID = '9bc8fb0e-cc40-4a89-92df-04526747e5d6';

describe('the client', () => {
  let server: Server;
  let client: ComfyClient;
  let url: string;
  let requests: IncomingMessage[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request);
      request.resume();
      answer(request, response);
    });
    server.on('upgrade', (request, socket) => {
      requests.push(request);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createComfyClient({ url: `${url}/`, headers: { authorization: 'Bearer x' }, timeoutMs: 1_000 });
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function respond(status: number, body: unknown, contentType = 'application/json'): void {
    answer = (_request, response) => {
      response.writeHead(status, { 'content-type': contentType }).end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  }

  async function problemOf(call: Promise<unknown>): Promise<ComfyError['problem']> {
    const error = await rejectionOf(call);
    if (!(error instanceof ComfyError)) throw error;
    return error.problem;
  }

  it.each([
    ['500', 500, 'text/plain', '500 Internal Server Error', { kind: 'http', status: 500 }],
    ['a page with 200', 200, 'text/html', '<html>', { kind: 'malformed' }],
    ['JSON of something else', 200, 'application/json', '{"hello":1}', { kind: 'malformed' }],
    ['an empty body', 200, 'application/json', '', { kind: 'malformed' }],
  ])('tells %s from an answer', async (_, status, type, body, problem) => {
    respond(status, body, type);
    expect(await problemOf(client.queue())).toMatchObject(problem);
  });

  it('takes only the 404 of ComfyUI itself for an unknown job', async () => {
    respond(404, { error: 'Job not found' });
    expect(await client.job(PROMPT_ID)).toBeNull();
    respond(404, '<html>not here</html>', 'text/html');
    expect(await problemOf(client.job(PROMPT_ID))).toMatchObject({ kind: 'http', status: 404 });
  });

  it('gives up on a server that answers nothing, and on one that stops in the middle', async () => {
    answer = () => undefined;
    expect(await problemOf(client.queue())).toEqual({ kind: 'timeout' });
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"queue_running":');
    };
    expect(await problemOf(client.queue())).toEqual({ kind: 'timeout' });
  });

  it('reads a reply of 32 MiB, and none that is a byte larger', async () => {
    const empty = '{"queue_running":[],"queue_pending":[]}';
    const largest = 32 * 1024 * 1024;
    respond(200, empty.padEnd(largest));
    await expect(client.queue()).resolves.toEqual({ running: [], pending: [] });
    respond(200, empty.padEnd(largest + 1));
    expect(await problemOf(client.queue())).toEqual({ kind: 'malformed', problem: `expected a reply of at most ${largest} bytes, got more` });
  });

  it('reads no reply without end', async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(1024 * 1024, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect(await problemOf(client.queue())).toMatchObject({ kind: 'malformed' });
  });

  it('knows a connection that never was from one that broke', async () => {
    answer = (request) => {
      request.socket.destroy();
    };
    expect(await problemOf(client.queue())).toEqual({ kind: 'unreachable', refused: false });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await problemOf(client.queue())).toEqual({ kind: 'unreachable', refused: true });
  });

  it('follows no redirect: a login page is no node', async () => {
    answer = (_request, response) => {
      response.writeHead(302, { location: '/login' }).end();
    };
    expect(await problemOf(client.queue())).toMatchObject({ kind: 'unreachable' });
  });

  it('cancels on an old server by deleting and interrupting that one job', async () => {
    const bodies: [string | undefined, string][] = [];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        bodies.push([request.url, body]);
        response.writeHead(request.url?.endsWith('/cancel') === true ? 404 : 200).end();
      });
    });
    await client.cancelJob(PROMPT_ID);
    expect(bodies.slice(1)).toEqual([
      ['/queue', `{"delete":["${PROMPT_ID}"]}`],
      ['/interrupt', `{"prompt_id":"${PROMPT_ID}"}`],
    ]);
  });

  it('reads marks of ours, and jobs of others as they come', async () => {
    const mark = { yard: 'y', runId: 'r', attempt: 2, templateHash: 'h' };
    respond(200, { queue_running: [[1, 'a', {}, { orchestrator: mark, create_time: 5 }, ['5']]], queue_pending: [[2, 'b', {}, {}, []], [3, 'c', {}, { orchestrator: 'odd' }, []]] });
    const queue = await client.queue();
    expect(queue.running).toEqual([{ promptId: 'a', mark: { yard: 'y', runId: 'r', attempt: 2 }, createdAt: 5 }]);
    expect(queue.pending.map((entry) => entry.mark)).toEqual([null, null]);
  });

  it('sends the headers of the operator and never an Origin, on HTTP and on the socket', async () => {
    respond(200, { queue_running: [], queue_pending: [] });
    await client.queue();
    const ear = createObserver({ url, headers: { authorization: 'Bearer x' } }).follow(PROMPT_ID, () => undefined);
    await untilTrue(() => Promise.resolve(requests.length === 2));
    ear.close();
    for (const request of requests) {
      expect(request.headers.authorization).toBe('Bearer x');
      expect(request.headers.origin).toBeUndefined();
    }
    expect(requests[1]?.url).toMatch(/^\/ws\?clientId=[0-9a-f-]{36}$/);
  });
});

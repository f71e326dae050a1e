import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createComfyClient, type ComfyClient } from '../../../activities/comfyui/client.js';
import { ComfyError } from '../../../activities/comfyui/comfy-error.js';

const ID = '9bc8fb0e-cc40-4a89-92df-04526747e5d6';
const FILE = { type: 'output', folder: 'trainyard/x', fileName: 'lora.safetensors' } as const;
const MARK = { yard: 'y', runId: 'r', attempt: 1, templateHash: 'h' };
const TIMEOUT_MS = 250;
/** Three timeouts for a whole reply, and the time of a busy machine. */
const LONGEST_MS = 4_000;

const BODY = JSON.stringify({
  id: ID, status: 'completed', prompt_id: ID, node_errors: {}, queue_running: [], queue_pending: [], system: { comfyui_version: '0.28.0' }, devices: [], name: 'a.png', subfolder: 'f',
});
const CLASSES = JSON.stringify({ A: { input: { required: {}, optional: {} } } });
const head = (length: number | string = BODY.length, more = ''): string => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${more}\r\n`;
const GOOD = `${head()}${BODY}`;

/** What the way to a node, or a proxy on it, does to one request that has arrived. `null`: a right answer may come of it. */
const FAULTS: Readonly<Record<string, (socket: Socket) => void>> = {
  'reset before the reply': (socket) => void socket.resetAndDestroy(),
  'closed before the reply': (socket) => socket.end(),
  'reply dropped after the request was taken': (socket) => socket.destroy(),
  'silence': () => undefined,
  'silence after the status line': (socket) => socket.write('HTTP/1.1 200 OK\r\n'),
  'silence after the headers': (socket) => socket.write(head()),
  'silence in the middle of the body': (socket) => socket.write(GOOD.slice(0, -10)),
  'closed in the middle of the headers': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty'),
  'closed in the middle of the body': (socket) => socket.end(GOOD.slice(0, -10)),
  'reset in the middle of the body': (socket) => socket.write(GOOD.slice(0, -10), () => void socket.resetAndDestroy()),
  'a body cut to valid JSON of something else': (socket) => socket.end(`${head(2)}[]`),
  'a drop every moment, for ever': (socket) => { drip(socket, `${head(1e6)}${' '.repeat(1e5)}`); },
  'headers by the byte, for ever': (socket) => { drip(socket, `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(1e4)}`); },
  'a header larger than any': (socket) => socket.write(head(BODY.length, `x-a: ${'a'.repeat(1e6)}\r\n`) + BODY),
  'no HTTP at all': (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  'a TLS alert': (socket) => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 70])),
  'a broken chunk': (socket) => socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n${BODY}`),
  'chunks without an end': (socket) => socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n`),
  'a length that is no number': (socket) => socket.end(`${head('many')}${BODY}`),
  'two lengths that differ': (socket) => socket.end(`${head(BODY.length, 'content-length: 3\r\n')}${BODY}`),
  'compression that is none': (socket) => socket.end(`${head(BODY.length, 'content-encoding: gzip\r\n')}${BODY}`),
  'a redirect in a circle': (socket) => socket.end('HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n'),
  'a proxy’s page': (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<h1>'),
  'a page in place of the reply': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>'),
  'a status that is none': (socket) => socket.end('HTTP/1.1 999 ?\r\ncontent-length: 0\r\n\r\n'),
};

const CALLS: Readonly<Record<string, (client: ComfyClient) => Promise<unknown>>> = {
  systemStats: (client) => client.systemStats(),
  objectInfo: (client) => client.objectInfo('A'),
  queue: (client) => client.queue(),
  free: (client) => client.free(),
  job: (client) => client.job(ID),
  submit: (client) => client.submit({ promptId: ID, graph: {}, outputNode: '1', mark: MARK }),
  cancelJob: (client) => client.cancelJob(ID),
  deletePending: (client) => client.deletePending(ID),
  headFile: (client) => client.headFile(FILE),
  openFile: async (client) => {
    const stream = await client.openFile(FILE, 0, null);
    const startedAt = Date.now();
    let sizeBytes = 0;
    for await (const bytes of stream.bytes) {
      sizeBytes += bytes.byteLength;
      // A large file may come slowly for hours; its reader decides when it is enough.
      if (Date.now() - startedAt > 4 * TIMEOUT_MS) break;
    }
    stream.close();
    return { status: stream.status, sizeBytes };
  },
};

/** Calls that read no body know nothing of what is wrong with it; `openFile` hands bytes on to whoever checks the version and the size. */
const READ_NO_BODY = new Set(['free', 'cancelJob', 'deletePending', 'headFile', 'openFile']);

let server: Server;
const sockets = new Set<Socket>();
let faultOf = new Map<string, (socket: Socket) => void>();
const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeAll(async () => {
  process.on('unhandledRejection', note);
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // What a fault does to the socket is the point of the fault.
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', (data: Buffer) => {
      const fault = faultOf.get(/x-fault: (\S+)/i.exec(data.toString('latin1'))?.[1] ?? '');
      if (fault === undefined) socket.end(data.includes('/object_info') ? `${head(CLASSES.length)}${CLASSES}` : GOOD);
      else fault(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text.slice(at, (at += 20))), 20);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

describe('the way to a node', () => {
  it(`has ${Object.keys(FAULTS).length} faults, at least twenty`, () => {
    expect(Object.keys(FAULTS).length).toBeGreaterThanOrEqual(20);
  });

  it.each(Object.keys(CALLS))('every fault of it meets %s as a ComfyError in bounded time', async (name) => {
    const call = CALLS[name];
    if (call === undefined) throw new Error(`Expected a call named ${name}.`);
    faultOf = new Map(Object.values(FAULTS).map((fault, at) => [String(at), fault]));
    const outcomes = await Promise.all(
      Object.keys(FAULTS).map(async (fault, at) => {
        const client = createComfyClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: { 'x-fault': String(at) }, timeoutMs: TIMEOUT_MS });
        const startedAt = Date.now();
        const outcome = await call(client).then((value) => ({ value }), (error: unknown) => ({ error }));
        return { fault, outcome, tookMs: Date.now() - startedAt };
      }),
    );
    for (const { fault, outcome, tookMs } of outcomes) {
      expect({ fault, slow: tookMs > LONGEST_MS }).toEqual({ fault, slow: false });
      if ('error' in outcome) expect({ fault, kind: outcome.error instanceof ComfyError }).toEqual({ fault, kind: true });
      else expect({ fault, fine: READ_NO_BODY.has(name), value: outcome.value }).toEqual({ fault, fine: true, value: outcome.value });
    }
    expect(unhandled).toEqual([]);
  });

  it('without a fault brings the answer, so that a fault is what the others meet', async () => {
    const client = createComfyClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 2_000 });
    for (const call of Object.values(CALLS)) await expect(call(client)).resolves.not.toBeInstanceOf(Error);
  });
});

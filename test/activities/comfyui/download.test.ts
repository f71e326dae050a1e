import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createComfyClient } from '../../../activities/comfyui/client.js';
import { download, type Download } from '../../../activities/comfyui/download.js';

const FILE = { type: 'output', folder: 'loras', fileName: 'lora.safetensors' } as const;

/** A server of one file whose connections break where a test wants. */
describe('a download', () => {
  let folder: string;
  let server: Server;
  let content: Buffer;
  let etag: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let ranges: (string | undefined)[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-download-'));
    content = randomBytes(200_000);
    etag = '"1"';
    ranges = [];
    server = createServer((request, response) => {
      if (request.method !== 'HEAD') {
        ranges.push(request.headers.range);
        answer(request, response);
        return;
      }
      response.writeHead(200, { 'content-length': content.byteLength, etag }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  function run(silenceLimitMs = 5_000): Promise<Download> {
    const client = createComfyClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs: 300 });
    return download(client, FILE, join(folder, 'file'), { silenceLimitMs, retryMs: 10, onBytes: () => undefined });
  }

  function serve(request: IncomingMessage, response: ServerResponse, until = content.byteLength): void {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const size = content.byteLength;
    const headers = { 'content-length': size - start, etag };
    if (start > 0) response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${size - 1}/${size}` });
    else response.writeHead(200, headers);
    if (until >= size) response.end(content.subarray(start));
    else response.write(content.subarray(start, until), () => setImmediate(() => response.destroy()));
  }

  it('continues where the connection broke', async () => {
    answer = (request, response) => {
      serve(request, response, ranges.length === 1 ? 100_000 : content.byteLength);
    };
    expect(await run()).toEqual({ kind: 'fetched', sizeBytes: 200_000 });
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
    expect(content.equals(await readFile(join(folder, 'file')))).toBe(true);
  });

  it('continues after a silence in the middle', async () => {
    answer = (request, response) => {
      if (ranges.length > 1) serve(request, response);
      else response.writeHead(200, { 'content-length': content.byteLength, etag }).write(content.subarray(0, 70_000));
    };
    expect((await run()).kind).toBe('fetched');
    expect(ranges).toHaveLength(2);
    expect(content.equals(await readFile(join(folder, 'file')))).toBe(true);
  });

  it('starts over, with nothing left of the old one, when the file became another', async () => {
    answer = (request, response) => {
      serve(request, response, ranges.length === 1 ? 100_000 : content.byteLength);
      if (ranges.length > 1) return;
      content = randomBytes(60_000);
      etag = '"2"';
    };
    expect(await run()).toEqual({ kind: 'fetched', sizeBytes: 60_000 });
    expect(content.equals(await readFile(join(folder, 'file')))).toBe(true);
  });

  it('starts over on a server that does not do ranges', async () => {
    answer = (request, response) => {
      request.headers.range = undefined;
      serve(request, response, ranges.length === 1 ? 100_000 : content.byteLength);
    };
    expect((await run()).kind).toBe('fetched');
    expect(content.equals(await readFile(join(folder, 'file')))).toBe(true);
  });

  it('keeps no byte of a page that a proxy gives in place of the file', async () => {
    answer = (request, response) => {
      if (ranges.length <= 2) response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
      else serve(request, response);
    };
    expect(await run()).toEqual({ kind: 'fetched', sizeBytes: content.byteLength });
    expect(content.equals(await readFile(join(folder, 'file')))).toBe(true);
  });

  it('gives up when not one further byte comes for too long', async () => {
    answer = (_request, response) => {
      response.writeHead(503).end('<html>');
    };
    expect(await run(200)).toMatchObject({ kind: 'silent' });
  });
});

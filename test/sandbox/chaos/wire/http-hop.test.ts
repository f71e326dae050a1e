import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { Hop, HopName } from '../../../../sandbox/chaos/wire/hop.js';
import { openHop } from '../../../../sandbox/chaos/wire/open-hop.js';
import { eventually } from '../../../support/eventually.js';
import { createRecorder } from './recorder.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function served(server: Server): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closers.push(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function hopTo(target: { host: string; port: number }, name: HopName = 'comfyui') {
  const recorder = createRecorder();
  const hop: Hop = await openHop({ name, target, watch: recorder.watch });
  closers.push(() => hop.close());
  return { hop, recorder };
}

describe('an HTTP hop', () => {
  it('passes a large body up and a large file down, byte by byte, with status and headers', async () => {
    const file = randomBytes(20_000_000);
    const target = await served(createServer((incoming, outgoing) => {
      const hash = createHash('sha256');
      incoming.on('data', (chunk: Buffer) => hash.update(chunk)).on('end', () => {
        outgoing.writeHead(206, { 'x-body': hash.digest('hex'), 'x-url': incoming.url ?? '', 'set-cookie': ['a=1', 'b=2'] });
        outgoing.end(file);
      });
    }));
    const { hop, recorder } = await hopTo(target);
    const sent = randomBytes(5_000_000);
    const reply = await fetch(`http://${hop.address}/view?filename=a%20b`, { method: 'POST', body: sent });
    const got = Buffer.from(await reply.arrayBuffer());
    expect(got.equals(file)).toBe(true);
    expect([reply.status, reply.headers.get('x-body'), reply.headers.get('x-url'), reply.headers.getSetCookie()]).toEqual([206, createHash('sha256').update(sent).digest('hex'), '/view?filename=a%20b', ['a=1', 'b=2']]);
    expect(recorder.seen).toEqual(['before POST /view', 'after POST /view']);
  });

  it('waits before the server is asked, and again before the reply is handed back', async () => {
    let asked = 0;
    const target = await served(createServer((_incoming, outgoing) => { asked += 1; outgoing.end('done'); }));
    const { hop, recorder } = await hopTo(target);
    const letIn = recorder.holdAt('before GET /api/jobs/:id');
    const letOut = recorder.holdAt('after GET /api/jobs/:id');
    let replied = false;
    const reply = fetch(`http://${hop.address}/api/jobs/1b4e28ba-2fa1-5d38-8b7d-0242ac130002`).then((response) => { replied = true; return response.text(); });
    await eventually(() => { expect(recorder.seen).toHaveLength(1); });
    expect(asked).toBe(0);
    letIn();
    await eventually(() => { expect(recorder.seen).toHaveLength(2); });
    expect([asked, replied]).toEqual([1, false]);
    letOut();
    await expect(reply).resolves.toBe('done');
  });

  it('cuts a call before the server sees it, or after it was carried out', async () => {
    let asked = 0;
    const target = await served(createServer((_incoming, outgoing) => { asked += 1; outgoing.end('done'); }));
    const { hop, recorder } = await hopTo(target);
    recorder.cutAt('before POST /prompt');
    await expect(fetch(`http://${hop.address}/prompt`, { method: 'POST', body: '{}' })).rejects.toThrow();
    expect(asked).toBe(0);
    recorder.cutAt('after POST /free');
    await expect(fetch(`http://${hop.address}/free`, { method: 'POST', body: '{}' })).rejects.toThrow();
    expect(asked).toBe(1);
  });

  it('passes on that the server died in the middle of its reply, and that the caller went away', async () => {
    let gone = false;
    const target = await served(createServer((incoming, outgoing) => {
      outgoing.on('close', () => { gone = true; });
      outgoing.writeHead(200, { 'content-length': 100 });
      outgoing.write('half', () => { if (incoming.url === '/dies') incoming.socket.resetAndDestroy(); });
    }));
    const { hop } = await hopTo(target);
    const dying = await fetch(`http://${hop.address}/dies`);
    await expect(dying.text()).rejects.toThrow();
    gone = false;
    const leaving = connect(hop.port, hop.host);
    leaving.write('GET /stays HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => leaving.once('data', resolve));
    leaving.destroy();
    await eventually(() => { expect(gone).toBe(true); });
  });

  it('refuses by a cut where nobody listens', async () => {
    const { hop } = await hopTo({ host: '127.0.0.1', port: 1 });
    await expect(fetch(`http://${hop.address}/`)).rejects.toThrow();
  });

  it.each(['comfyui', 'gateway'] as const)('passes WebSocket frames of every size both ways on the way %s', async (name) => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (data: Buffer, isBinary) => { socket.send(data, { binary: isBinary }); }));
    const { hop, recorder } = await hopTo(await served(server), name);
    const socket = new WebSocket(`ws://${hop.address}/gw?v=10`);
    await new Promise((resolve) => socket.once('open', resolve));
    for (const sent of ['{"op":2,"d":{}}', '', 'x'.repeat(70_000), randomBytes(300)]) {
      const came = new Promise<Buffer>((resolve) => { socket.once('message', resolve); });
      socket.send(sent);
      expect((await came).equals(Buffer.from(sent))).toBe(true);
    }
    expect(recorder.seen).toEqual(name === 'comfyui' ? ['before GET /gw', 'after GET /gw'] : ['before GET /gw', 'after GET /gw', 'before Identify', 'after Identify']);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    for (const each of sockets.clients) each.terminate();
    await closed;
  });
});

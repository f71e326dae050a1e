import { createServer, request } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { passFrames } from './gateway-frames.js';
import type { Call, Hop, HopOptions } from './hop.js';
import { httpCallName } from './http-calls.js';
import { listening } from './listening.js';

/** A reverse proxy for HTTP and WebSockets. The reply counts as come with its head; its body streams. */
export async function openHttpHop(options: HopOptions): Promise<Hop> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (incoming, outgoing) => {
    passRequest(options, incoming, outgoing).catch(() => {
      cut(incoming.socket);
    });
  });
  server.on('upgrade', (incoming, client, head) => {
    passUpgrade(options, incoming, client, head).catch(() => {
      cut(client);
    });
  });
  // Whoever speaks no HTTP is cut off like by any server.
  server.on('clientError', (_error, socket) => {
    cut(socket);
  });
  return listening(server);
}

async function passRequest(options: HopOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const call = callOf(options, incoming);
  await options.watch.before?.(call);
  if (incoming.socket.destroyed) return;
  const upstream = toServer(options, incoming);
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  incoming.pipe(upstream);
  const reply = await replyTo(upstream);
  await options.watch.after?.(call);
  outgoing.writeHead(reply.statusCode ?? 502, reply.statusMessage ?? '', reply.rawHeaders);
  reply.on('error', () => {
    cut(incoming.socket);
  });
  reply.pipe(outgoing);
}

async function passUpgrade(options: HopOptions, incoming: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
  const call = callOf(options, incoming);
  await options.watch.before?.(call);
  const upstream = toServer(options, incoming);
  upstream.end();
  const { reply, server, rest } = await upgradeOf(upstream);
  await options.watch.after?.(call);
  const lines = [`HTTP/1.1 ${reply.statusCode ?? 502} ${reply.statusMessage ?? ''}`, ...pairs(reply.rawHeaders).map(([name, value]) => `${name}: ${value}`)];
  client.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (server === null) {
    reply.pipe(client);
    return;
  }
  for (const [one, other] of [[client, server], [server, client]] as const) {
    one.on('error', () => {
      cut(other);
    });
    one.on('close', () => {
      other.destroy();
    });
  }
  if (rest.length > 0) client.write(rest);
  server.pipe(client);
  if (head.length > 0) client.unshift(head);
  if (options.name === 'gateway') await passFrames({ from: client, to: server, watch: options.watch });
  else client.pipe(server);
}

function toServer({ target }: HopOptions, incoming: IncomingMessage): ClientRequest {
  const { host, port } = target;
  // A connection each: one that the server has just closed cannot be picked again by accident.
  return request({ host, port, method: incoming.method, path: incoming.url, headers: headersOf(incoming), agent: false, setHost: false });
}

/** As they came, repeated ones included. */
function headersOf({ rawHeaders }: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of pairs(rawHeaders)) {
    const known = headers[name];
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  return headers;
}

function replyTo(upstream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once('response', resolve);
    // Also later: an error of a request whose reply streams is told by the reply.
    upstream.on('error', reject);
    upstream.once('close', () => {
      reject(new Error('The server closed the connection without a reply.'));
    });
  });
}

interface Upgraded {
  readonly reply: IncomingMessage;
  /** Null when the server answered something else. */
  readonly server: Duplex | null;
  readonly rest: Buffer;
}

function upgradeOf(upstream: ClientRequest): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    upstream.once('upgrade', (reply, server, rest) => {
      resolve({ reply, server, rest });
    });
    replyTo(upstream).then((reply) => {
      resolve({ reply, server: null, rest: Buffer.alloc(0) });
    }, reject);
  });
}

function callOf({ name }: HopOptions, { method = 'GET', url = '/' }: IncomingMessage): Call {
  return { hop: name, name: httpCallName(method, url), detail: '' };
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []));
}

function cut(socket: Duplex): void {
  if ('resetAndDestroy' in socket) (socket as Socket).resetAndDestroy();
  else socket.destroy();
}

import { connect, constants, createServer } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Call, Hop, HopOptions } from './hop.js';
import { listening } from './listening.js';
import { activityIn } from './temporal-calls.js';

type Headers = IncomingHttpHeaders & IncomingHttpStatusHeader;

/** Temporal's clients open hundreds of calls at once on one connection, and a payload may have megabytes. */
const SETTINGS = { maxConcurrentStreams: 10_000, initialWindowSize: 4 * 1024 * 1024 } as const;
/** More frames of a kind than this a second would be taken for an attack. */
const UNLIMITED = { maxSessionMemory: 256, maxSettings: 1_000, peerMaxConcurrentStreams: 10_000 } as const;

/** A proxy for gRPC on HTTP/2 without TLS: one connection to the server for each of a client, so that the end of either ends both. */
export async function openTemporalHop(options: HopOptions): Promise<Hop> {
  const server = createServer({ settings: SETTINGS, ...UNLIMITED });
  server.on('session', (client) => {
    pairUp(client, options);
  });
  // Each stream and session answers for itself.
  server.on('sessionError', () => undefined);
  return listening(server);
}

function pairUp(client: ServerHttp2Session, options: HopOptions): void {
  const { host, port } = options.target;
  const server = connect(`http://${host}:${port}`, { settings: { ...SETTINGS, enablePush: false }, ...UNLIMITED });
  client.on('error', () => {
    server.destroy();
  });
  server.on('error', () => {
    client.destroy();
  });
  client.on('close', () => {
    server.destroy();
  });
  server.on('close', () => {
    client.destroy();
  });
  // The server asks its clients to go: no new calls, those under way come to their end.
  server.on('goaway', () => {
    if (!client.destroyed) client.goaway();
  });
  client.on('stream', (incoming, headers) => {
    passCall(incoming, headers, server, options).catch(() => {
      client.destroy();
      server.destroy();
    });
  });
}

async function passCall(incoming: ServerHttp2Stream, headers: IncomingHttpHeaders, server: ClientHttp2Session, { watch }: HopOptions): Promise<void> {
  incoming.on('error', () => undefined);
  const body = await wholeBodyOf(incoming);
  const call: Call = { hop: 'temporal', name: (headers[':path'] ?? '').split('/').at(-1) ?? '', detail: activityIn(body) };
  await watch.before?.(call);
  if (incoming.destroyed || server.destroyed) return;
  const outgoing = server.request(plain(headers));
  outgoing.end(body);
  const broken = new Promise<never>((_resolve, reject) => {
    outgoing.on('error', reject);
  });
  const closed = new Promise<void>((resolve) => {
    outgoing.on('close', resolve);
  });
  incoming.on('close', () => {
    // Given up by its caller: so it is to the server.
    if (!outgoing.closed) outgoing.close(constants.NGHTTP2_CANCEL);
  });
  const reply = await Promise.race([replyTo(outgoing), broken.catch(() => null), closed.then(() => null)]);
  if (reply === null) {
    incoming.close(outgoing.rstCode === constants.NGHTTP2_NO_ERROR ? constants.NGHTTP2_INTERNAL_ERROR : outgoing.rstCode);
    return;
  }
  await watch.after?.(call);
  handBack(reply, outgoing, incoming);
}

interface Reply {
  readonly headers: Headers;
  /** gRPC tells a failure by headers alone. */
  readonly isWhole: boolean;
}

function replyTo(outgoing: ClientHttp2Stream): Promise<Reply> {
  return new Promise((resolve) => {
    outgoing.once('response', (headers: Headers, flags: number) => {
      resolve({ headers, isWhole: (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0 });
    });
  });
}

function handBack({ headers, isWhole }: Reply, outgoing: ClientHttp2Stream, incoming: ServerHttp2Stream): void {
  if (incoming.destroyed) return;
  const ours = plain(headers);
  if (isWhole) {
    outgoing.resume();
    incoming.respond(ours, { endStream: true });
    return;
  }
  let trailers: IncomingHttpHeaders = {};
  outgoing.on('trailers', (came: IncomingHttpHeaders) => {
    trailers = came;
  });
  incoming.respond(ours, { waitForTrailers: true });
  incoming.on('wantTrailers', () => {
    incoming.sendTrailers(plain(trailers));
  });
  outgoing.on('close', () => {
    if (outgoing.rstCode !== constants.NGHTTP2_NO_ERROR && !incoming.closed) incoming.close(outgoing.rstCode);
  });
  outgoing.pipe(incoming);
}

/** A call of Temporal has one message of bounded size, which is read to know what it is about. */
async function wholeBodyOf(incoming: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Without what node:http2 keeps beside the headers for itself. */
function plain(headers: Headers): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers));
}

import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { parseFrame, type Frame } from './frames.js';

export interface ObserverOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timings?: ObserverTimings;
}

export interface ObserverTimings {
  readonly pingMs: number;
  readonly handshakeMs: number;
  /** Between tries to connect: doubled from the first to the most. */
  readonly retryMs: { readonly first: number; readonly most: number };
}

/** Ears on a node: one socket for all jobs that are followed there. It only makes polling quicker; nothing relies on it. */
export interface Observer {
  /** Hears the frames of one job, and those of the queue, until closed. */
  follow(promptId: string, hear: (frame: Frame) => void): { close(): void };
  /** Epoch ms since when the present socket is connected; null while it is not. */
  connectedSince(): number | null;
  /** Replaces the socket: one can go deaf and stay open. */
  reconnect(): void;
}

const TIMINGS: ObserverTimings = { pingMs: 20_000, handshakeMs: 10_000, retryMs: { first: 500, most: 15_000 } };
const FRAME_MAX_BYTES = 16 * 1024 * 1024;

export function createObserver(options: ObserverOptions): Observer {
  const followers = new Set<{ readonly promptId: string; readonly hear: (frame: Frame) => void }>();
  let socket: WebSocket | null = null;
  let connectedAt: number | null = null;
  let retry: NodeJS.Timeout | null = null;
  const timings = options.timings ?? TIMINGS;
  let retryMs = timings.retryMs.first;

  function connect(): void {
    retry = null;
    // A new client id on every connect: ComfyUI drops the new socket of an id when the old one closes late (ComfyUI#16243).
    const address = `${options.url.replace(/\/+$/, '').replace(/^http/, 'ws')}/ws?clientId=${randomUUID()}`;
    const opened = openSocket(address, options.headers, timings, {
      open: () => {
        connectedAt = Date.now();
        retryMs = timings.retryMs.first;
      },
      text: (text) => {
        deliver(parseFrame(text));
      },
      close: () => {
        if (socket === opened) lose();
      },
    });
    socket = opened;
  }

  function lose(): void {
    socket = null;
    connectedAt = null;
    if (followers.size === 0 || retry !== null) return;
    retry = setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, timings.retryMs.most);
  }

  function deliver(frame: Frame | null): void {
    if (frame === null) return;
    for (const follower of followers) {
      if (frame.kind === 'queue' || frame.promptId === follower.promptId) follower.hear(frame);
    }
  }

  function drop(): void {
    if (retry !== null) clearTimeout(retry);
    retry = null;
    const old = socket;
    socket = null;
    connectedAt = null;
    old?.terminate();
  }

  return {
    follow(promptId, hear) {
      const follower = { promptId, hear };
      followers.add(follower);
      if (socket === null && retry === null) connect();
      return {
        close() {
          followers.delete(follower);
          if (followers.size === 0) drop();
        },
      };
    },
    connectedSince: () => connectedAt,
    reconnect() {
      drop();
      if (followers.size > 0) connect();
    },
  };
}

/** A socket that ends itself when the other side no longer answers pings: ComfyUI has no heartbeat of its own. */
function openSocket(
  address: string,
  headers: Readonly<Record<string, string>> = {},
  { pingMs, handshakeMs }: ObserverTimings,
  on: { open: () => void; text: (text: string) => void; close: () => void },
): WebSocket {
  const socket = new WebSocket(address, { headers: { ...headers }, handshakeTimeout: handshakeMs, maxPayload: FRAME_MAX_BYTES, perMessageDeflate: false });
  let alive = true;
  const ping = setInterval(() => {
    if (!alive) socket.terminate();
    alive = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingMs);
  socket.on('open', on.open);
  socket.on('pong', () => {
    alive = true;
  });
  socket.on('message', (data, isBinary) => {
    alive = true;
    if (!isBinary) on.text(textOf(data));
  });
  // Every error is followed by a close, and a lost socket costs nothing but time.
  socket.on('error', () => {
    socket.terminate();
  });
  socket.on('close', () => {
    clearInterval(ping);
    on.close();
  });
  return socket;
}

function textOf(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

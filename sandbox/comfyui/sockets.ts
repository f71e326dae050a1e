import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { isRecord } from './protocol.js';

/** ComfyUI's map of sockets: one per client id, nothing is kept for a socket that is not there. */
export interface Sockets {
  join(socket: WebSocket, clientId: string | null): void;
  /** To one client, or to everyone when `clientId` is null. */
  send: (type: string, data: Record<string, unknown>, clientId: string | null) => void;
  /** Drops every connection without a closing handshake: the other side sees 1006. */
  dropAll(): void;
}

export interface SocketGreetings {
  status(): Record<string, unknown>;
  /** The node running now for this client's job, if any. */
  currentNode(clientId: string): string | null;
  features(): Record<string, unknown>;
}

export function createSockets(greetings: SocketGreetings): Sockets {
  const byId = new Map<string, WebSocket>();
  const open = new Set<WebSocket>();

  function send(type: string, data: Record<string, unknown>, clientId: string | null): void {
    const frame = JSON.stringify({ type, data });
    const receivers = clientId === null ? [...byId.values()] : [byId.get(clientId)];
    for (const socket of receivers) {
      if (socket !== undefined && socket.readyState === socket.OPEN) socket.send(frame);
    }
  }

  return {
    join(socket, clientId) {
      const sid = clientId === null || clientId === '' ? randomUUID().replaceAll('-', '') : clientId;
      byId.delete(sid);
      byId.set(sid, socket);
      open.add(socket);
      socket.on('error', () => {
        socket.terminate();
      });
      socket.on('close', () => {
        open.delete(socket);
        // ComfyUI removes by id, not by socket: a late close of the old connection cuts off the new one (ComfyUI#16243).
        byId.delete(sid);
      });
      socket.once('message', (raw) => {
        if (asksForFeatures(raw)) send('feature_flags', greetings.features(), sid);
      });
      send('status', { ...greetings.status(), sid }, sid);
      const node = greetings.currentNode(sid);
      if (node !== null) send('executing', { node }, sid);
    },
    send,
    dropAll() {
      for (const socket of open) socket.terminate();
      byId.clear();
    },
  };
}

function asksForFeatures(raw: unknown): boolean {
  try {
    const message: unknown = JSON.parse(String(raw));
    return isRecord(message) && message['type'] === 'feature_flags';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { World } from '../world.js';
import { createConnection } from './connection.js';
import type { Session } from './session.js';

const STARTS_PER_DAY = 1_000;

export interface GatewayOptions {
  /** Discord's is 41,250 ms. */
  heartbeatIntervalMs: number;
}

export interface Gateway {
  /** How many IDENTIFYs the bot has left today. */
  remainingStarts(): number;
  countStart(): void;
  /** Sends an event to every connected session that asked for it, and keeps it for those that may resume. */
  dispatch(event: string, data: unknown, intent?: number): void;
  isConnected(): boolean;
  /** Closes the bot's connections with `code`, as Discord does when it feels like it. */
  closeAll(code: number): void;
  /** Asks the bot to reconnect (op 7). */
  requestReconnect(): void;
  /** Forgets all sessions, so that the next RESUME is refused (op 9). */
  invalidateSessions(): void;
  stop(): void;
}

/** The gateway at `/gw`: one shard, JSON, no compression. */
export function serveGateway(server: Server, world: World, options: GatewayOptions): Gateway {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  let starts = STARTS_PER_DAY;

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://gateway');
    if (!/^\/gw\/?$/.test(url.pathname)) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (connected: WebSocket) => {
      createConnection(connected, url.searchParams, { world, gateway, sessions, options });
    });
  });

  const live = (): Session[] => [...sessions.values()].filter((session) => session.send !== undefined);

  const gateway: Gateway = {
    remainingStarts: () => starts,
    countStart() {
      starts -= 1;
    },
    dispatch(event, data, intent = 0) {
      for (const session of sessions.values()) {
        if (intent === 0 || (session.intents & intent) !== 0) session.dispatch(event, data);
      }
    },
    isConnected: () => live().length > 0,
    closeAll(code) {
      for (const socket of sockets.clients) socket.close(code);
    },
    requestReconnect() {
      for (const session of live()) session.send?.({ op: 7, d: null });
    },
    invalidateSessions() {
      for (const session of sessions.values()) session.isInvalid = true;
    },
    stop() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
  return gateway;
}

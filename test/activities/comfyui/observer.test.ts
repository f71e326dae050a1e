import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Frame } from '../../../activities/comfyui/frames.js';
import { createObserver, type Observer } from '../../../activities/comfyui/observer.js';
import { untilTrue } from '../../support/comfy-node.js';

describe('the observer', () => {
  let server: WebSocketServer;
  let observer: Observer;
  let ears: { close(): void }[];
  let sockets: { socket: WebSocket; clientId: string | null }[];

  beforeEach(async () => {
    sockets = [];
    ears = [];
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket, request) => {
      sockets.push({ socket, clientId: new URL(request.url ?? '', 'http://x').searchParams.get('clientId') });
    });
    await once(server, 'listening');
    observer = createObserver({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });

  afterEach(async () => {
    for (const ear of ears) ear.close();
    for (const { socket } of sockets) socket.terminate();
    await new Promise((resolve) => { server.close(resolve); });
  });

  const connections = (count: number): Promise<void> => untilTrue(() => Promise.resolve(sockets.length >= count && observer.connectedSince() !== null));
  const say = (frame: unknown): void => {
    sockets.at(-1)?.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  };

  it('tells each follower of its own job and everyone of the queue, by one socket', async () => {
    const heard: Record<string, Frame[]> = { a: [], b: [] };
    ears = ['a', 'b'].map((id) => observer.follow(id, (frame) => heard[id]?.push(frame)));
    await connections(1);
    say('not json');
    say({ type: 'progress', data: { value: 1, max: 2, prompt_id: 'a', node: '4' } });
    say({ type: 'status', data: { status: {} } });
    await untilTrue(() => Promise.resolve(heard['b']?.length === 1));
    expect(heard['a']?.map((frame) => frame.kind)).toEqual(['steps', 'queue']);
    expect(sockets).toHaveLength(1);
  });

  it('comes back with a new client id after the socket is lost, and when it is told to', async () => {
    ears = [observer.follow('a', () => undefined)];
    await connections(1);
    sockets[0]?.socket.terminate();
    await connections(2);
    observer.reconnect();
    await connections(3);
    expect(new Set(sockets.map(({ clientId }) => clientId)).size).toBe(3);
  });

  it('has no socket while nobody follows', async () => {
    const ear = observer.follow('a', () => undefined);
    await connections(1);
    ear.close();
    expect(observer.connectedSince()).toBeNull();
    await untilTrue(() => Promise.resolve(server.clients.size === 0));
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { createObserver } from '../../../activities/comfyui/observer.js';
import { NETWORK_FAULTS } from '../../../sandbox/chaos/network/faults.js';
import { openFaultyWay } from '../../../sandbox/chaos/network/faulty-way.js';
import { eventually } from '../../support/eventually.js';

const LONGEST_MS = 60_000;
const TIMINGS = { pingMs: 1_000, handshakeMs: 5_000, retryMs: { first: 20, most: 100 } };

describe('the way to the WebSocket of a node', () => {
  it('that goes silent for a socket that stands is noticed by its pings, and another socket takes its place', async () => {
    const http = createServer().listen(0, '127.0.0.1');
    const server = new WebSocketServer({ server: http });
    await once(http, 'listening');
    const way = await openFaultyWay({ host: '127.0.0.1', port: (http.address() as AddressInfo).port });
    const observer = createObserver({ url: `http://127.0.0.1:${way.port}`, timings: TIMINGS });
    const ear = observer.follow('a', () => undefined);
    await eventually(() => { expect(observer.connectedSince()).not.toBeNull(); });
    await way.inflict(NETWORK_FAULTS['accepted, then silent']);
    await eventually(() => { expect(observer.connectedSince()).toBeNull(); }, LONGEST_MS);
    await way.lift();
    await eventually(() => { expect(observer.connectedSince()).not.toBeNull(); }, LONGEST_MS);
    ear.close();
    await way.close();
    server.close();
    http.close();
  }, 90_000);
});

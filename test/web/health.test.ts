import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { serveHealth, type SweepHealth } from '../../web/health.js';
import type { Sweeps } from '../../workflows/settle-runs/client.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const COUNTS = { looked: 3, alive: 2, settling: 1, waiting: 0, reported: 0, skipped: 0, troubles: 0 };
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);

async function healthWith(sweeps: () => Promise<Sweeps>): Promise<{ status: number; body: { ok: boolean; degraded: boolean; settling: SweepHealth } }> {
  const app = fastify();
  serveHealth(app, { checks: { mongodb: () => Promise.resolve(), temporal: () => Promise.resolve() }, sweeps, now: () => NOW, limitMs: 100 });
  const answer = await app.inject('/healthz');
  await app.close();
  return { status: answer.statusCode, body: answer.json() };
}

function scheduled(changes: Partial<Extract<Sweeps, { kind: 'running' | 'paused' }>>): () => Promise<Sweeps> {
  return () => Promise.resolve({ kind: 'running', intervalMs: 2 * MINUTE_MS, since: ago(60 * MINUTE_MS), last: null, ...changes });
}

describe('the health of the sweeps', () => {
  it('is good while the last one is young, and tells what it counted', async () => {
    const { status, body } = await healthWith(scheduled({ last: { endedAt: ago(MINUTE_MS), counts: COUNTS } }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, degraded: false, settling: { state: 'on-time', lastSweepAt: ago(MINUTE_MS).toISOString(), counts: COUNTS } });
  });

  it('is good before the first one is due', async () => {
    expect((await healthWith(scheduled({ since: ago(MINUTE_MS) }))).body).toMatchObject({ degraded: false, settling: { state: 'on-time', lastSweepAt: null } });
  });

  const broken: readonly [SweepHealth['state'], () => Promise<Sweeps>][] = [
    ['late', scheduled({ last: { endedAt: ago(7 * MINUTE_MS), counts: COUNTS } })],
    ['late', scheduled({})],
    ['paused', scheduled({ kind: 'paused', last: { endedAt: ago(MINUTE_MS), counts: COUNTS } })],
    ['missing', () => Promise.resolve({ kind: 'missing' })],
    ['unknown', () => Promise.reject(new Error('away'))],
    ['unknown', () => new Promise(() => undefined)],
  ];
  it.each(broken)('is degraded, and downloads stay reachable, when they are %s', async (state, sweeps) => {
    const { status, body } = await healthWith(sweeps);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, degraded: true, settling: { state } });
  });
});

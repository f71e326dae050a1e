import type { FastifyInstance } from 'fastify';
import { isSweepLate } from '../domain/settling.js';
import type { Sweeps } from '../workflows/settle-runs/client.js';
import type { SweepCounts } from '../workflows/settle-runs/messages.js';

export interface HealthDependencies {
  /** Each rejects or resolves; what takes longer than the limit counts as away. */
  readonly checks: Readonly<Record<'mongodb' | 'temporal', () => Promise<unknown>>>;
  /** What Temporal knows of the sweeps that give the points of dead runs back. */
  readonly sweeps: () => Promise<Sweeps>;
  readonly now: () => Date;
  readonly limitMs: number;
}

/**
 * Whether dead runs are looked after. `late`: none of the last three sweeps ran to its end; `paused`: an operator paused the schedule;
 * `missing`: nobody made the schedule, or it was deleted; `unknown`: Temporal does not say.
 */
export interface SweepHealth {
  readonly state: 'on-time' | 'late' | 'paused' | 'missing' | 'unknown';
  readonly lastSweepAt: string | null;
  readonly counts: SweepCounts | null;
}

/**
 * `GET /healthz`: 200 when everything the yard stands on answers, else 503 with what does not. Sweeps that are not on time make it
 * `degraded`, not unhealthy: downloads go on without them, and no load balancer should take them away.
 */
export function serveHealth(app: FastifyInstance, { checks, sweeps, now, limitMs }: HealthDependencies): void {
  app.get('/healthz', async (_request, reply) => {
    const [mongodb, temporal, settling] = await Promise.all([
      answers(checks.mongodb, limitMs),
      answers(checks.temporal, limitMs),
      within(async () => healthOf(await sweeps(), now()), UNKNOWN, limitMs),
    ]);
    const ok = mongodb && temporal;
    const degraded = !ok || settling.state !== 'on-time';
    return reply.code(ok ? 200 : 503).header('cache-control', 'no-store').send({ ok, degraded, mongodb, temporal, settling });
  });
}

const UNKNOWN: SweepHealth = { state: 'unknown', lastSweepAt: null, counts: null };

function healthOf(sweeps: Sweeps, now: Date): SweepHealth {
  if (sweeps.kind === 'missing') return { state: 'missing', lastSweepAt: null, counts: null };
  const { kind, intervalMs, since, last } = sweeps;
  const late = isSweepLate({ intervalMs, sweptAt: last?.endedAt ?? since, now });
  return {
    state: kind === 'paused' ? 'paused' : late ? 'late' : 'on-time',
    lastSweepAt: last?.endedAt.toISOString() ?? null,
    counts: last?.counts ?? null,
  };
}

function answers(check: () => Promise<unknown>, limitMs: number): Promise<boolean> {
  return within(() => check().then(() => true), false, limitMs);
}

/** `otherwise` when the question fails or takes longer than the limit. */
async function within<Value>(ask: () => Promise<Value>, otherwise: Value, limitMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Value>((resolve) => {
    timer = setTimeout(() => {
      resolve(otherwise);
    }, limitMs);
  });
  try {
    return await Promise.race([ask().catch(() => otherwise), silence]);
  } finally {
    clearTimeout(timer);
  }
}

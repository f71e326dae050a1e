import type { FastifyInstance } from 'fastify';

export interface HealthDependencies {
  /** Each rejects or resolves; what takes longer than the limit counts as away. */
  readonly checks: Readonly<Record<'mongodb' | 'temporal', () => Promise<unknown>>>;
  readonly limitMs: number;
}

/** `GET /healthz`: 200 when everything the yard stands on answers, else 503 with what does not. */
export function serveHealth(app: FastifyInstance, { checks, limitMs }: HealthDependencies): void {
  app.get('/healthz', async (_request, reply) => {
    const [mongodb, temporal] = await Promise.all([answers(checks.mongodb, limitMs), answers(checks.temporal, limitMs)]);
    const ok = mongodb && temporal;
    return reply.code(ok ? 200 : 503).header('cache-control', 'no-store').send({ ok, mongodb, temporal });
  });
}

async function answers(check: () => Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, limitMs);
  });
  try {
    return await Promise.race([check().then(() => true, () => false), silence]);
  } finally {
    clearTimeout(timer);
  }
}

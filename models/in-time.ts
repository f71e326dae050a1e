import { setTimeout as delay } from 'node:timers/promises';

/**
 * What a call comes to, or the given error when its time is over. The call itself goes on then: a write may still happen, like one
 * whose reply was lost.
 */
export async function inTime<Result>(timeoutMs: number, call: Promise<Result>, late: () => Error): Promise<Result> {
  const over = new AbortController();
  const limit = delay(timeoutMs, null, { signal: over.signal }).then(() => {
    throw late();
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    over.abort();
  }
}

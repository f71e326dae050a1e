import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until `check` does not throw. @throws what it threw last, after `limitMs` */
export async function eventually<T>(check: () => T | Promise<T>, limitMs = 10_000, everyMs = 20): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(everyMs);
  }
}

import { randomInt } from 'node:crypto';

const DISCORD_EPOCH_MS = 1_420_070_400_000;

/** Discord's ids: 42 bits of time, 10 of the process, 12 of a counter. The random process bits keep them apart across restarts. */
export function createSnowflakes(now: () => number): () => string {
  const processBits = BigInt(randomInt(1024)) << 12n;
  let lastMs = 0;
  let counter = 0;
  return () => {
    const ms = Math.max(now(), lastMs);
    counter = ms === lastMs ? counter + 1 : 0;
    lastMs = ms;
    if (counter === 4096) {
      lastMs += 1;
      counter = 0;
    }
    return ((BigInt(lastMs - DISCORD_EPOCH_MS) << 22n) | processBits | BigInt(counter)).toString();
  };
}

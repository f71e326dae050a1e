/** How long a process waits for MongoDB before it says so. */
export interface Patience {
  /** Longest time to find a server that takes operations. */
  readonly findsServerWithinMs: number;
  /** An operation on a connection that has gone silent is given up after this, and done once more on another where that is safe. */
  readonly silentAfterMs: number;
}

/**
 * Options of a connection whose operations end in bounded time, whatever the network does: by default the driver waits for ever,
 * for a reply as for one of its connections, and `timeoutMS` does nothing in it. They also win over a connection string that asks
 * for less than a claim on a run needs: its own writes are read back, and what was written is never rolled back.
 */
export function connectionLimits({ findsServerWithinMs, silentAfterMs }: Patience) {
  return {
    serverSelectionTimeoutMS: findsServerWithinMs, connectTimeoutMS: silentAfterMs, socketTimeoutMS: silentAfterMs, waitQueueTimeoutMS: silentAfterMs,
    readPreference: 'primary', writeConcern: { w: 'majority', j: true },
  } as const;
}

/** A user waits for what the bot asks. */
export const BOT_PATIENCE: Patience = { findsServerWithinMs: 2_500, silentAfterMs: 5_000 };
/** An operation and its repetition end before the 15 seconds that the quickest activity has for one try. */
export const WORKER_PATIENCE: Patience = { findsServerWithinMs: 8_000, silentAfterMs: 6_000 };
/** Whoever downloads waits too. */
export const WEB_PATIENCE: Patience = { findsServerWithinMs: 5_000, silentAfterMs: 10_000 };

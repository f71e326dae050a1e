import { Context } from '@temporalio/activity';

/** Enough for every heartbeat timeout a yard would set; a shorter timeout makes it quicker. */
const MOST_MS = 2_000;

/**
 * Does `work` while the server hears at every beat that it goes on. Every wait inside is bounded by its own limit, so a
 * beating heart never hides a call that hangs.
 */
export async function withHeartbeats<Result>(details: () => unknown, work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const everyMs = Math.min(MOST_MS, Math.max(100, (context.info.heartbeatTimeoutMs ?? MOST_MS * 4) / 4));
  const beat = (): void => {
    context.heartbeat(details());
  };
  beat();
  const timer = setInterval(beat, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Does `work`; what a request throws when the activity's cancellation has ended it becomes that cancellation. */
export async function untilCancelled<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  try {
    return await work();
  } catch (error) {
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  }
}

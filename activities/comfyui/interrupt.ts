import { setTimeout as delay } from 'node:timers/promises';
import type { ComfyClient } from './client.js';
import { ComfyError } from './comfy-error.js';
import type { ComfyJob } from './replies.js';

/** `job` is what ComfyUI knows of it now: null for one that waited and is gone without a trace. */
export type InterruptOutcome = { readonly kind: 'gone'; readonly job: ComfyJob | null } | { readonly kind: 'stuck'; readonly problem: string };

const LOOK_MS = 300;

/**
 * Stops every entry of one job, and only of that job, and waits until none runs or waits. Idempotent: a job that has ended is gone.
 * Some jobs do not react and some nodes cannot be reached: after the limit the outcome is `stuck`.
 */
export async function interruptAndWait(client: ComfyClient, promptId: string, limitMs: number): Promise<InterruptOutcome> {
  const deadline = Date.now() + limitMs;
  let problem = 'the job does not react';
  do {
    try {
      await cancelEveryEntry(client, promptId);
      const queue = await client.queue();
      if (![...queue.running, ...queue.pending].some((entry) => entry.promptId === promptId)) return { kind: 'gone', job: await client.job(promptId) };
    } catch (error) {
      if (!(error instanceof ComfyError)) throw error;
      problem = error.message;
    }
    await delay(LOOK_MS);
  } while (Date.now() < deadline);
  return { kind: 'stuck', problem };
}

/** Takes the waiting entries of one job away, then interrupts the running one: the other way round, a surplus entry would begin in its place. */
export async function cancelEveryEntry(client: ComfyClient, promptId: string): Promise<void> {
  try {
    const { pending } = await client.queue();
    // ComfyUI removes one entry per call.
    for (const entry of pending) if (entry.promptId === promptId) await client.deletePending(promptId);
  } finally {
    // Also when nobody can tell what waits: what runs has to stop.
    await client.cancelJob(promptId);
  }
}

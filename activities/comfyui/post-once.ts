import { setTimeout as delay } from 'node:timers/promises';
import type { ComfyClient, Submission, SubmitReply } from './client.js';
import { ComfyError } from './comfy-error.js';

/**
 * `unknown`: the node fell silent after a request that it may have taken; the job may run. `not-queued`: it can be asked and has
 * no such job, whatever it answered.
 */
export type PostOutcome =
  | { readonly kind: 'queued' }
  | Exclude<SubmitReply, { kind: 'accepted' }>
  | { readonly kind: 'not-reached'; readonly problem: string }
  | { readonly kind: 'unknown'; readonly problem: string }
  | { readonly kind: 'not-queued'; readonly problem: string };

const POSTS = 3;
const LOOKS = 4;

/**
 * Queues a job so that it is there once. After a lost reply it looks several times before it posts again, since a server may act
 * on a request long after we stopped waiting for it. ComfyUI has no dedupe of its own.
 */
export async function postOnce(
  client: ComfyClient,
  submission: Submission,
  lookEveryMs: number,
  mayPost: () => Promise<boolean>,
): Promise<PostOutcome | { readonly kind: 'not-allowed' }> {
  let problem = '';
  for (let post = 1; post <= POSTS; post += 1) {
    // Asked anew right before each post: a worker that was frozen since the last look must not post any more.
    if (!(await mayPost())) return { kind: 'not-allowed' };
    try {
      const reply = await client.submit(submission);
      return reply.kind === 'accepted' ? { kind: 'queued' } : reply;
    } catch (error) {
      if (!(error instanceof ComfyError)) throw error;
      problem = error.message;
      if (post === 1 && error.problem.kind === 'unreachable' && error.problem.refused) return { kind: 'not-reached', problem };
    }
    const found = await lookFor(client, submission.promptId, lookEveryMs);
    if (found === 'here') return { kind: 'queued' };
    if (found === 'unknown') return { kind: 'unknown', problem };
  }
  return { kind: 'not-queued', problem };
}

async function lookFor(client: ComfyClient, promptId: string, everyMs: number): Promise<'here' | 'absent' | 'unknown'> {
  let answered = false;
  for (let look = 0; look < LOOKS; look += 1) {
    await delay(everyMs);
    try {
      if ((await client.job(promptId)) !== null) return 'here';
      answered = true;
    } catch (error) {
      if (!(error instanceof ComfyError)) throw error;
      answered = false;
    }
  }
  return answered ? 'absent' : 'unknown';
}

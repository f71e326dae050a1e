import type { ComfyJob } from './replies.js';

export interface FollowLimits {
  /** From the start of the job to its first step. */
  readonly firstStepMs: number;
  /** Between two steps, and without any contact with the node. */
  readonly stallMs: number;
  readonly lostAfterReads: number;
}

/** One look at a job. `queued-behind`: it waits while the node works on something else. */
export type Reading =
  | { readonly kind: 'no-contact' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'queued-behind' }
  | { readonly kind: 'job'; readonly job: ComfyJob };

export type Judgement =
  | { readonly kind: 'go-on' }
  /** The node does not know the job, again and again: a restart, or somebody deleted it. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'node-gone' }
  | { readonly kind: 'stalled'; readonly silentMs: number }
  | { readonly kind: 'ended'; readonly job: ComfyJob };

/** Judges a job from one look after the other; times are given, so that it has no clock. */
export interface Judge {
  read(reading: Reading, now: number): Judgement;
  /** A further step, or another sign that the job moves, was heard. */
  progressed(step: number, now: number): void;
  /** Since when nothing was heard although the job runs. */
  silentSince(): number;
}

/**
 * @param hearsSince since when the socket that brings progress is connected, or null; silence proves nothing while nobody listens,
 * and a socket can go deaf, so that half a limit of silence must have passed on the present one
 */
export function createJudge(limits: FollowLimits, startedAt: number, hearsSince: () => number | null): Judge {
  let absences = 0;
  let contactAt = startedAt;
  let movedAt = startedAt;
  let started = false;

  return {
    read(reading, now) {
      if (reading.kind === 'no-contact') return now - contactAt >= limits.stallMs ? { kind: 'node-gone' } : { kind: 'go-on' };
      // Time without contact says nothing about the job.
      movedAt += absentMs(now);
      contactAt = now;
      if (reading.kind === 'absent') {
        absences += 1;
        return absences >= limits.lostAfterReads ? { kind: 'lost' } : { kind: 'go-on' };
      }
      absences = 0;
      if (reading.kind === 'queued-behind') {
        movedAt = now;
        return { kind: 'go-on' };
      }
      if (reading.job.status !== 'pending' && reading.job.status !== 'in_progress') return { kind: 'ended', job: reading.job };
      const silentMs = now - movedAt;
      return silentMs >= limitMs() && hasListened(now) ? { kind: 'stalled', silentMs } : { kind: 'go-on' };
    },
    progressed(step, now) {
      if (step > 0) started = true;
      movedAt = now;
    },
    silentSince: () => movedAt,
  };

  function limitMs(): number {
    return started ? limits.stallMs : limits.firstStepMs;
  }

  function hasListened(now: number): boolean {
    const since = hearsSince();
    return since !== null && now - since >= Math.min(limitMs() / 2, limits.stallMs / 2);
  }

  /** Gaps between polls are ordinary; only one that a failed read has lengthened counts. */
  function absentMs(now: number): number {
    const gap = now - contactAt;
    return gap > limits.stallMs / 2 ? gap : 0;
  }
}

import { ApplicationFailure, Context } from '@temporalio/activity';
import { z } from 'zod';

/** A decoder that died thrice of the same picture dies of it again; once may have been the machine's doing. */
const DEATHS_OF_A_PICTURE = 3;

const HEARTBEAT_DETAILS = z.object({ deaths: z.record(z.string(), z.number()) });

/** What decoders died of in this activity, its earlier attempts included. */
export interface Deaths {
  /** To be part of every heartbeat: it is what the next attempt knows. */
  readonly details: () => { readonly deaths?: Readonly<Record<string, number>> };
  /**
   * Notes one more death over a picture and gives it up after the third.
   *
   * @throws `DecoderDied` (retryable) before that.
   */
  of(pictureId: string, how: string): { readonly kind: 'refused'; readonly problem: { readonly code: 'IMG_UNDECODABLE' } };
}

/** Counts by heartbeat details, which Temporal hands to the next attempt: a worker that dies meanwhile is nobody's fault. */
export function countDeaths(): Deaths {
  const context = Context.current();
  const earlier = HEARTBEAT_DETAILS.safeParse(context.info.heartbeatDetails);
  const deaths: Record<string, number> = earlier.success ? { ...earlier.data.deaths } : {};
  return {
    details: () => (Object.keys(deaths).length === 0 ? {} : { deaths }),
    of(pictureId, how) {
      const died = (deaths[pictureId] ?? 0) + 1;
      if (died >= DEATHS_OF_A_PICTURE) return { kind: 'refused', problem: { code: 'IMG_UNDECODABLE' } };
      deaths[pictureId] = died;
      context.heartbeat({ deaths });
      throw ApplicationFailure.retryable(`Expected a decoder to survive picture ${pictureId}, it ended with ${how} (${died} of ${DEATHS_OF_A_PICTURE} times).`, 'DecoderDied');
    },
  };
}

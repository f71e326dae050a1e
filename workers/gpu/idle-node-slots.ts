import { setTimeout as delay } from 'node:timers/promises';
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit, SlotReserveContext } from '@temporalio/worker';
import type { ComfyQueue } from '../../activities/comfyui/client.js';
import type { NodeProbe } from '../../activities/comfyui/node-probe.js';
import type { Runs } from '../../models/runs.js';
import type { GpuLog } from './gpu-log.js';

export interface IdleNodeSlotsOptions {
  readonly nodeId: string;
  readonly probe: NodeProbe;
  readonly runs: Pick<Runs, 'read'>;
  readonly yardId: string;
  readonly log: GpuLog;
  /** Between two looks at a node that cannot take work. */
  readonly lookEveryMs: number;
  /** How long a job of ours may run without being followed before the node asks for its submission again. */
  readonly adoptAfterMs: number;
}

/**
 * Grants the one slot of a node's lease queue: only while the node answers, is fit and has nothing to do, so that the node's own
 * queue is the lease. One exception: the only job is ours and nobody follows it (its submitter died before it could answer, or its
 * claim was moved back). Then the next try of `submitTraining` must reach some worker, and with one node there is no other.
 */
export function createIdleNodeSlots(options: IdleNodeSlotsOptions): CustomSlotSupplier<ActivitySlotInfo> {
  let taken = false;
  let unfollowedSince: number | null = null;

  return {
    type: 'custom',
    async reserveSlot(_context: SlotReserveContext, signal: AbortSignal): Promise<SlotPermit> {
      for (;;) {
        const free = !taken && (await mayTakeWork());
        signal.throwIfAborted();
        if (free && !taken) {
          taken = true;
          return { nodeId: options.nodeId };
        }
        await delay(options.lookEveryMs, undefined, { ref: false, signal }).catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error;
        });
      }
    },
    tryReserveSlot: () => null,
    markSlotUsed() {
      // Nothing to count: there is one slot, and it is taken from its reservation on.
    },
    releaseSlot() {
      taken = false;
    },
  };

  async function mayTakeWork(): Promise<boolean> {
    try {
      const look = await options.probe.look();
      if (look.state === 'idle') return true;
      const waits = look.state !== 'unreachable' && (await hasUnfollowedJob(look.queue));
      unfollowedSince = waits ? (unfollowedSince ?? Date.now()) : null;
      return unfollowedSince !== null && Date.now() - unfollowedSince >= options.adoptAfterMs;
    } catch (error) {
      // A slot supplier must not throw: without the database this node takes nothing and looks again.
      options.log.warn({ nodeId: options.nodeId, error: String(error) }, 'could not look at a node');
      return false;
    }
  }

  async function hasUnfollowedJob({ running, pending }: ComfyQueue): Promise<boolean> {
    const [job, ...others] = [...running, ...pending];
    if (job?.mark?.yard !== options.yardId || others.length > 0) return false;
    const row = await options.runs.read(job.mark.runId);
    return row !== null && row.open && row.claim?.nodeId === options.nodeId && row.claim.promptId === job.promptId && row.progress === null;
  }
}

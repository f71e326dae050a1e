import { proxyActivities } from '@temporalio/workflow';
import type { ComfyActivities } from '../../../activities/comfyui/activities.js';

interface Training {
  readonly runId: string;
  readonly leaseQueue: string;
  /** The node queues by node id. */
  readonly nodeQueues: Readonly<Record<string, string>>;
}

/** Nothing but the three steps of a training on a node, as the process of a run takes them. */
export async function trainOnNode({ runId, leaseQueue, nodeQueues }: Training): Promise<unknown> {
  const lease = proxyActivities<Pick<ComfyActivities, 'submitTraining'>>({
    taskQueue: leaseQueue,
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '2 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '100 milliseconds', backoffCoefficient: 1 },
  });
  const submitted = await lease.submitTraining({ runId, attempt: 1, avoid: null });
  if (submitted.kind === 'not-open') return submitted;
  const node = proxyActivities<Pick<ComfyActivities, 'followTraining' | 'collectLora'>>({
    taskQueue: nodeQueues[submitted.nodeId] ?? '',
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '2 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '100 milliseconds', backoffCoefficient: 1 },
  });
  const followed = await node.followTraining({ runId, attempt: 1 });
  return followed.kind === 'trained' ? node.collectLora({ runId, attempt: 1 }) : followed;
}

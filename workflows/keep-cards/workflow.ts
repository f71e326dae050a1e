import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { DiscordActivities } from '../../activities/discord/activities.js';
import { prefixOfYardQueue, queueNames } from '../../domain/queues.js';

/** Keeps every card in step with its row: one heartbeating activity does it, and Temporal sees to it that there is one. */
export async function keepCards(): Promise<void> {
  const queues = queueNames(prefixOfYardQueue(workflowInfo().taskQueue));
  const discord = proxyActivities<Pick<DiscordActivities, 'keepCards'>>({
    taskQueue: queues.discord,
    // The activity returns by itself well before this; a worker that died is noticed by its heartbeat.
    startToCloseTimeout: '3 hours',
    heartbeatTimeout: '15 seconds',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: 'follow the run rows and edit their cards',
    retry: { initialInterval: '1 second', maximumInterval: '10 seconds' },
  });
  await discord.keepCards({});
  await continueAsNew<typeof keepCards>();
}

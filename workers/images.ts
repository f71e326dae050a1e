import { Worker } from '@temporalio/worker';
import { createImageActivities } from '../activities/images/activities.js';
import { createDecoderPool } from '../activities/images/decoder-pool.js';
import type { RoleWorkers, WorkerContext } from './context.js';

/** A decoder takes up to 500 MB for one picture: two at a time is what a small machine bears. */
const PICTURES_AT_ONCE = 2;

/** The worker of pictures. It decodes none itself: a crash in a decoder costs one try of one file. */
export async function createImageWorkers(context: WorkerContext): Promise<RoleWorkers> {
  const decoder = createDecoderPool({ processes: PICTURES_AT_ONCE });
  const worker = await Worker.create({
    connection: context.temporal,
    namespace: context.namespace,
    taskQueue: context.queues.images,
    maxConcurrentActivityTaskExecutions: PICTURES_AT_ONCE,
    shutdownGraceTime: context.settings.SHUTDOWN_GRACE,
    interceptors: context.interceptors,
    activities: createImageActivities({ ...context.models, recipes: context.recipes, decoder }),
  });
  return { workers: [worker], background: [{ start: () => undefined, stop: () => decoder.stop() }] };
}

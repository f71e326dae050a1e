import { Worker } from '@temporalio/worker';
import { createImageActivities } from '../activities/images/activities.js';
import { setUpDecoder } from '../activities/images/decoder.js';
import type { RoleWorkers, WorkerContext } from './context.js';

/** One picture of 50 megapixels takes up to 600 MB while it is decoded: two at a time is what a small machine bears. */
const PICTURES_AT_ONCE = 2;

/** The worker that decodes pictures: in a process of its own, so that a crash in a decoder costs one try of one file. */
export async function createImageWorkers(context: WorkerContext): Promise<RoleWorkers> {
  setUpDecoder();
  const worker = await Worker.create({
    connection: context.temporal,
    namespace: context.namespace,
    taskQueue: context.queues.images,
    maxConcurrentActivityTaskExecutions: PICTURES_AT_ONCE,
    shutdownGraceTime: context.settings.SHUTDOWN_GRACE,
    activities: createImageActivities({ ...context.models, recipes: context.recipes }),
  });
  return { workers: [worker] };
}

import type { RoleWorkers, WorkerContext } from './context.js';
import { createGpuNodeWorkers } from './gpu/gpu-worker.js';
import { readNodeHeaders, readNodeList } from './gpu/node-list.js';

/** The workers of every node in `COMFYUI_NODES`, each with its reporter. */
export async function createGpuWorkers(context: WorkerContext): Promise<RoleWorkers> {
  const { settings, models, recipes } = context;
  const listed = readNodeList(settings.COMFYUI_NODES);
  const read = readNodeHeaders(settings.COMFYUI_HEADERS);
  const problems = [...(listed.kind === 'problems' ? listed.problems : []), ...('problem' in read ? [read.problem] : [])];
  if (listed.kind === 'problems' || 'problem' in read) throw new Error(problems.join('\n'));

  const served = await Promise.all(
    listed.nodes.map(async (node) =>
      createGpuNodeWorkers({
        // Nodes share the lease queue, and one connection takes only one worker a queue.
        connection: await context.connectTemporal(),
        namespace: context.namespace,
        interceptors: context.interceptors,
        queues: context.queues,
        node,
        deps: {
          ...models,
          recipes,
          baseModels: { SD15_BASE_MODEL: settings.SD15_BASE_MODEL, SDXL_BASE_MODEL: settings.SDXL_BASE_MODEL },
          yardId: `${context.namespaceId}/${settings.TASK_QUEUE_PREFIX}`,
          log: context.log,
        },
        settings: {
          headers: read.headers,
          pollIntervalMs: settings.POLL_INTERVAL,
          submitRetryMs: settings.SUBMIT_RETRY_INTERVAL,
          firstStepLimitMs: settings.FIRST_STEP_LIMIT,
          stallLimitMs: settings.STALL_LIMIT,
          lostAfterReads: settings.LOST_AFTER_READS,
          reportIntervalMs: settings.NODE_REPORT_INTERVAL,
          shutdownGraceMs: settings.SHUTDOWN_GRACE,
        },
      }),
    ),
  );
  return { workers: served.flatMap((node) => node.workers), background: served.map((node) => node.reporter) };
}

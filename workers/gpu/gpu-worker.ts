import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createComfyActivities } from '../../activities/comfyui/activities.js';
import { createComfyClient } from '../../activities/comfyui/client.js';
import type { ComfyDependencies, ComfyTimings } from '../../activities/comfyui/dependencies.js';
import type { BaseModels } from '../../activities/comfyui/fitness.js';
import { createNodeProbe, type ComfyNode } from '../../activities/comfyui/node-probe.js';
import { createObserver } from '../../activities/comfyui/observer.js';
import type { QueueNames } from '../../domain/queues.js';
import type { Recipe } from '../../domain/recipes.js';
import type { Nodes } from '../../models/nodes.js';
import type { Runs } from '../../models/runs.js';
import type { GpuLog } from './gpu-log.js';
import { createIdleNodeSlots } from './idle-node-slots.js';
import { createReporter, type Reporter } from './reporter.js';

export interface GpuNodeOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: QueueNames;
  readonly interceptors?: NonNullable<WorkerOptions['interceptors']>;
  readonly node: ComfyNode;
  readonly deps: {
    readonly runs: Runs;
    readonly nodes: Pick<Nodes, 'report' | 'seenSince'>;
    readonly blobs: ComfyDependencies['blobs'];
    readonly recipes: ReadonlyMap<string, Recipe>;
    readonly baseModels: BaseModels;
    /** Names this yard on every job; two yards that share a node must differ in it. */
    readonly yardId: string;
    readonly log: GpuLog;
  };
  readonly settings: ComfyTimings & {
    /** Sent to the node with every request, for a proxy in front of it. */
    readonly headers: Readonly<Record<string, string>>;
    readonly reportIntervalMs: number;
    readonly shutdownGraceMs: number;
  };
}

/** The two workers of one node, not yet running, and its reporter, not yet started. */
export interface GpuNodeWorkers {
  readonly workers: readonly Worker[];
  readonly reporter: Reporter;
}

/** Following is waiting: one node may well have some jobs followed, collected and interrupted at once. */
const NODE_SLOTS = 50;
const LONGEST_GRACE_MS = 2_000;
/** A cancel reaches an activity with its heartbeat: this is how long an owner waits for it. */
const HEARTBEAT_MOST_MS = 3_000;

/**
 * Serves one node: the lease queue it shares with others (one slot, granted while the node is idle) and its own queue.
 * A worker that stops leaves the node's job alone; the next one attaches to it again.
 */
export async function createGpuNodeWorkers({ connection, namespace, queues, interceptors = {}, node, deps, settings }: GpuNodeOptions): Promise<GpuNodeWorkers> {
  const { headers } = settings;
  const client = createComfyClient({ url: node.url, headers });
  const observer = createObserver({ url: node.url, headers });
  const probe = createNodeProbe({
    node,
    client,
    recipes: deps.recipes,
    baseModels: deps.baseModels,
    onProblem: (problem) => {
      if (problem === null) deps.log.info({ nodeId: node.nodeId }, 'the node takes work');
      else deps.log.warn({ nodeId: node.nodeId }, problem);
    },
  });
  const { submitTraining, ...onNode } = createComfyActivities({ ...deps, node, client, observer, probe, timings: settings });
  const shared = {
    connection,
    namespace,
    interceptors,
    shutdownGraceTime: settings.shutdownGraceMs,
    maxHeartbeatThrottleInterval: HEARTBEAT_MOST_MS,
  };
  const lease = await Worker.create({
    ...shared,
    taskQueue: queues.lease(node.queue),
    activities: { submitTraining },
    tuner: {
      activityTaskSlotSupplier: createIdleNodeSlots({
        ...deps,
        nodeId: node.nodeId,
        probe,
        lookEveryMs: settings.pollIntervalMs,
        adoptAfterMs: settings.submitRetryMs,
      }),
      workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
      localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
    },
    maxConcurrentActivityTaskPolls: 1,
  });
  const own = await Worker.create({
    ...shared,
    taskQueue: queues.node(node.nodeId),
    activities: onNode,
    // Following never ends by itself before its job does, and all of this attaches or resumes elsewhere: a long grace would only delay the stop.
    shutdownGraceTime: Math.min(settings.shutdownGraceMs, LONGEST_GRACE_MS),
    maxConcurrentActivityTaskExecutions: NODE_SLOTS,
  });
  const reporter = createReporter({ ...deps, node, client, probe, everyMs: settings.reportIntervalMs });
  return { workers: [lease, own], reporter };
}

import { setImmediate } from 'node:timers/promises';
import type { Execution } from './executor.js';
import { executePrompt } from './executor.js';
import type { GroundTruth, JobRecord } from './ground-truth.js';
import type { NodeCache } from './node-cache.js';
import type { PromptQueue } from './prompt-queue.js';
import type { QueueItem } from './protocol.js';
import { clientIdOf } from './protocol.js';
import type { RunningJob } from './running-job.js';
import { createRunningJob } from './running-job.js';
import type { Scenarios } from './scenarios.js';
import type { Folders } from './folders.js';
import type { Sockets } from './sockets.js';
import type { Stage } from './stage.js';

export interface WorkerDeps {
  queue: PromptQueue;
  sockets: Sockets;
  cache: NodeCache;
  folders: Folders;
  stage: Stage;
  scenarios: Scenarios;
  truth: GroundTruth;
  /** Fires when the server process dies. */
  gone: AbortSignal;
  crash: () => void;
}

/** ComfyUI's only worker thread: one job at a time, in queue order. */
export interface Worker {
  readonly running: RunningJob | null;
  /** The node at work, for clients that connect late. */
  readonly currentNode: string | null;
  readonly modelsLoaded: boolean;
  /** Takes what is queued; does nothing while it is at it. */
  wake(): void;
  /** Honoured at once when idle, else after the running job. */
  free: (flags: FreeFlags) => void;
}

export interface FreeFlags {
  unloadModels: boolean;
  freeMemory: boolean;
}

export function createWorker(deps: WorkerDeps): Worker {
  const { queue, gone } = deps;
  let running: RunningJob | null = null;
  let currentNode: string | null = null;
  let modelsLoaded = false;
  let awake = false;
  let toFree: FreeFlags = { unloadModels: false, freeMemory: false };

  async function work(): Promise<void> {
    awake = true;
    await setImmediate();
    for (;;) {
      await deps.stage.untilAlive(gone);
      const item = gone.aborted ? null : queue.take();
      if (item === null) break;
      await run(item);
      freeNow();
    }
    awake = false;
  }

  async function run(item: QueueItem): Promise<void> {
    const job = createRunningJob(item, deps.truth, deps.stage, deps.scenarios.takeForJob());
    running = job;
    modelsLoaded = true;
    markStarted(job);
    const execution = await executePrompt(job, {
      folders: deps.folders,
      cache: deps.cache,
      send: deps.sockets.send,
      setCurrentNode: (nodeId) => {
        currentNode = nodeId;
      },
      onOutOfMemory: () => {
        modelsLoaded = false;
      },
      crash: deps.crash,
    });
    running = null;
    markEnded(job.record, endStateOf(execution));
    queue.finish(item, execution.status, execution.outputs);
    const clientId = clientIdOf(item);
    const silent = execution.status === null || job.scenario?.behaviour.kind === 'silent-ws';
    if (clientId !== null && !silent) deps.sockets.send('executing', { node: null, prompt_id: item.promptId }, clientId);
  }

  function freeNow(): void {
    if (toFree.unloadModels || toFree.freeMemory) modelsLoaded = false;
    if (toFree.freeMemory) deps.cache.clear();
    toFree = { unloadModels: false, freeMemory: false };
  }

  return {
    get running() {
      return running;
    },
    get currentNode() {
      return currentNode;
    },
    get modelsLoaded() {
      return modelsLoaded;
    },
    wake() {
      if (!awake) void work();
    },
    free(flags) {
      toFree = { unloadModels: toFree.unloadModels || flags.unloadModels, freeMemory: toFree.freeMemory || flags.freeMemory };
      if (running === null) freeNow();
    },
  };
}

export function markEnded(record: JobRecord, state: JobRecord['state']): void {
  record.state = state;
  record.endedAt = Date.now();
  record.held = false;
}

function markStarted(job: RunningJob): void {
  job.record.state = 'running';
  job.record.startedAt = Date.now();
  job.record.behaviour = job.scenario?.behaviour.kind ?? null;
}

function endStateOf({ status }: Execution): JobRecord['state'] {
  if (status === null) return 'lost';
  if (status.completed) return 'completed';
  return status.messages.some(([event]) => event === 'execution_interrupted') ? 'cancelled' : 'failed';
}

import type { Folders } from './folders.js';
import type { GroundTruth, InterruptSource } from './ground-truth.js';
import { createNoCache, createNodeCache } from './node-cache.js';
import type { PromptQueue } from './prompt-queue.js';
import { createPromptQueue } from './prompt-queue.js';
import type { QueueItem } from './protocol.js';
import { clientIdOf } from './protocol.js';
import type { Scenarios } from './scenarios.js';
import type { Sockets } from './sockets.js';
import { createSockets } from './sockets.js';
import type { Stage } from './stage.js';
import type { FreeFlags } from './worker.js';
import { createWorker, markEnded } from './worker.js';

export interface ServerProcessDeps {
  folders: Folders;
  stage: Stage;
  scenarios: Scenarios;
  truth: GroundTruth;
  cacheNone: boolean;
  features: Record<string, unknown>;
  /** Ends this process and starts a new one. */
  crash: () => void;
}

/** All that ComfyUI keeps in memory: a restart is a new one of these. */
export interface ServerProcess {
  readonly queue: PromptQueue;
  readonly sockets: Sockets;
  readonly modelsLoaded: boolean;
  /** The number a prompt gets that brings none; starts at 0 with every process. */
  nextNumber(): number;
  /** @returns false when queueing raised after the append */
  enqueue(item: Omit<QueueItem, 'entry'>): boolean;
  /** Interrupts the running job when it has this id, or whatever runs when the id is null. */
  interrupt(promptId: string | null, by: InterruptSource): boolean;
  deletePending(promptId: string): boolean;
  clearPending(): void;
  /** Drops the job without a trace, pending or running. */
  forget(promptId: string): boolean;
  free(flags: FreeFlags): void;
  kill(): void;
}

export function createServerProcess(deps: ServerProcessDeps): ServerProcess {
  const { truth } = deps;
  const gone = new AbortController();
  let counter = 0;

  const status = () => ({ status: { exec_info: { queue_remaining: queue.remaining() } } });
  const sockets: Sockets = createSockets({
    status,
    currentNode: (clientId) => (worker.running !== null && clientIdOf(worker.running.item) === clientId ? worker.currentNode : null),
    features: () => deps.features,
  });
  const queue: PromptQueue = createPromptQueue(() => {
    sockets.send('status', status(), null);
  });
  const cache = deps.cacheNone ? createNoCache() : createNodeCache();
  const worker = createWorker({ ...deps, queue, sockets, cache, gone: gone.signal });

  function dropPending(promptId: string, state: 'deleted' | 'lost'): boolean {
    const dropped = queue.deletePending(promptId);
    if (dropped !== null) markEnded(truth.of(dropped.entry), state);
    return dropped !== null;
  }

  return {
    queue,
    sockets,
    get modelsLoaded() {
      return worker.modelsLoaded;
    },
    nextNumber: () => counter++,
    enqueue(item) {
      const entered = truth.add(item);
      const fine = queue.put(entered);
      worker.wake();
      return fine;
    },
    interrupt(promptId, by) {
      const { running } = worker;
      if (running === null || (promptId !== null && running.item.promptId !== promptId)) return false;
      // The server cannot know that a job does not react: it answers as if it would.
      running.interrupt(by);
      return true;
    },
    deletePending: (promptId) => dropPending(promptId, 'deleted'),
    clearPending() {
      for (const item of queue.clearPending()) markEnded(truth.of(item.entry), 'deleted');
    },
    forget(promptId) {
      if (worker.running?.item.promptId !== promptId) return dropPending(promptId, 'lost');
      worker.running.vanish();
      return true;
    },
    free: worker.free,
    kill() {
      gone.abort();
      worker.running?.vanish();
      for (const item of queue.pending()) markEnded(truth.of(item.entry), 'lost');
      sockets.dropAll();
    },
  };
}

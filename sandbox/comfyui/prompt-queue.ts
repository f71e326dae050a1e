import type { ExecutionStatus, HistoryEntry, NodeOutputs, QueueItem } from './protocol.js';
import { queueTuple } from './protocol.js';

const HISTORY_CAPACITY = 10_000;

/** ComfyUI's queue and history: memory only, no dedupe of ids, one job at a time. */
export interface PromptQueue {
  /** @returns false when the entry was queued but comparing it raised, which the server answers with 500 */
  put(item: QueueItem): boolean;
  take(): QueueItem | null;
  /** Ends the running entry. A null status forgets it. */
  finish(item: QueueItem, status: ExecutionStatus | null, outputs: NodeOutputs): void;
  /** Removes one pending entry of this id. */
  deletePending(promptId: string): QueueItem | null;
  clearPending(): QueueItem[];
  running(): QueueItem[];
  /** In the order in which they will run. */
  pending(): QueueItem[];
  remaining(): number;
  history(): Map<string, HistoryEntry>;
}

/** @param onChange called whenever `remaining()` may have changed */
export function createPromptQueue(onChange: () => void): PromptQueue {
  let pending: QueueItem[] = [];
  let running: QueueItem[] = [];
  const history = new Map<string, HistoryEntry>();

  return {
    put(item) {
      // heapq appends first and compares then: equal number and id make it compare two dicts, which raises.
      const clashes = pending.some((each) => each.number === item.number && each.promptId === item.promptId);
      pending = [...pending, item].sort(byTurn);
      onChange();
      return !clashes;
    },
    take() {
      const item = pending.shift() ?? null;
      if (item === null) return null;
      running = [item];
      onChange();
      return item;
    },
    finish(item, status, outputs) {
      running = running.filter((each) => each !== item);
      if (status !== null) {
        if (history.size >= HISTORY_CAPACITY) dropOldest(history);
        history.delete(item.promptId);
        history.set(item.promptId, { prompt: queueTuple(item), outputs, status, meta: {} });
      }
      onChange();
    },
    deletePending(promptId) {
      const found = pending.find((each) => each.promptId === promptId) ?? null;
      if (found === null) return null;
      pending = pending.filter((each) => each !== found);
      onChange();
      return found;
    },
    clearPending() {
      const dropped = pending;
      pending = [];
      onChange();
      return dropped;
    },
    running: () => [...running],
    pending: () => [...pending],
    remaining: () => running.length + pending.length,
    history: () => history,
  };
}

function byTurn(a: QueueItem, b: QueueItem): number {
  if (a.number !== b.number) return a.number - b.number;
  if (a.promptId !== b.promptId) return a.promptId < b.promptId ? -1 : 1;
  return a.entry - b.entry;
}

function dropOldest(history: Map<string, HistoryEntry>): void {
  for (const oldest of history.keys()) {
    history.delete(oldest);
    return;
  }
}

import type { GroundTruthFile } from './ground-truth-file.js';
import type { GraphNode, QueueItem } from './protocol.js';
import { isRecord } from './protocol.js';

export type InterruptSource = 'cancel' | 'interrupt' | 'interrupt-all' | 'foreign-interrupt';

export interface StagedImage {
  name: string;
  sha256: string;
  sizeBytes: number;
  widthPx: number;
  heightPx: number;
  caption: string;
}

export interface WrittenFile {
  /** Relative to the output folder. */
  path: string;
  sha256: string;
  sizeBytes: number;
}

/** What really happened to one queue entry; survives a simulated restart, and with a file the end of the process, which ComfyUI's own memory does not. */
export interface JobRecord {
  entry: number;
  promptId: string;
  number: number;
  state: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'deleted' | 'lost';
  clientId: string | null;
  /** The first `runId` found in `extra_data` or one level below it. */
  runId: string | null;
  extraData: Record<string, unknown>;
  graph: Record<string, GraphNode>;
  behaviour: string | null;
  /** True once the training node has really run, not come from the cache. */
  trained: boolean;
  trainedSteps: number;
  totalSteps: number | null;
  held: boolean;
  enqueuedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  interruptedBy: InterruptSource | null;
  /** The images the training node got, the caption each had. */
  images: StagedImage[];
  cachedNodes: string[];
  file: WrittenFile | null;
}

export interface GroundTruth {
  /** Gives the entry its number and opens its record. */
  add(item: Omit<QueueItem, 'entry'>): QueueItem;
  of(entry: number): JobRecord;
  all(): JobRecord[];
  /** How often the training node was run, per prompt id. */
  trainings(): Record<string, number>;
  clear(): void;
}

export function createGroundTruth(file: GroundTruthFile | null = null): GroundTruth {
  const earlier = file?.read(Date.now()) ?? [];
  const records = new Map<number, JobRecord>(earlier.map((record) => [record.entry, record]));
  let lastEntry = Math.max(0, ...records.keys());

  return {
    add(item) {
      lastEntry += 1;
      const entered = { ...item, entry: lastEntry };
      const record = newRecord(entered);
      file?.add(record);
      records.set(lastEntry, file === null ? record : writtenDown(record, file));
      return entered;
    },
    of(entry) {
      const record = records.get(entry);
      if (record === undefined) throw new Error(`Expected a record of queue entry ${entry}, found none.`);
      return record;
    },
    all: () => [...records.values()],
    trainings() {
      const counts: Record<string, number> = {};
      for (const record of records.values()) {
        counts[record.promptId] = (counts[record.promptId] ?? 0) + (record.trained ? 1 : 0);
      }
      return counts;
    },
    clear() {
      for (const [entry, record] of records) {
        if (record.state !== 'pending' && record.state !== 'running') records.delete(entry);
      }
    },
  };
}

/** The same record, whose changes are in the file before anybody can learn of them. Single steps are told at the end only. */
function writtenDown(record: JobRecord, file: GroundTruthFile): JobRecord {
  return new Proxy(record, {
    set(target, field, value: unknown) {
      Reflect.set(target, field, value);
      const isStep = field === 'trainedSteps' || field === 'held';
      const { trainedSteps } = target;
      if (!isStep) file.change(target.entry, { [field]: value, ...(field === 'endedAt' ? { trainedSteps } : {}) });
      return true;
    },
  });
}

function newRecord(item: QueueItem): JobRecord {
  const clientId = item.extraData['client_id'];
  return {
    entry: item.entry,
    promptId: item.promptId,
    number: item.number,
    state: 'pending',
    clientId: typeof clientId === 'string' ? clientId : null,
    runId: findRunId(item.extraData),
    extraData: item.extraData,
    graph: item.graph,
    behaviour: null,
    trained: false,
    trainedSteps: 0,
    totalSteps: null,
    held: false,
    enqueuedAt: Date.now(),
    startedAt: null,
    endedAt: null,
    interruptedBy: null,
    images: [],
    cachedNodes: [],
    file: null,
  };
}

function findRunId(extraData: Record<string, unknown>): string | null {
  for (const place of [extraData, ...Object.values(extraData)]) {
    if (isRecord(place) && typeof place['runId'] === 'string') return place['runId'];
  }
  return null;
}

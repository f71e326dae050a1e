/** One node of an API graph, as `POST /prompt` takes it. */
export interface GraphNode {
  class_type: string;
  inputs: Record<string, unknown>;
  _meta?: { title?: string };
}

export type Graph = Record<string, GraphNode>;

/** One entry of ComfyUI's queue. The same prompt id may be queued more than once; `entry` tells such entries apart. */
export interface QueueItem {
  entry: number;
  number: number;
  promptId: string;
  graph: Graph;
  extraData: Record<string, unknown>;
  outputs: string[];
}

/** An event name with its body: what a socket gets, and what history keeps of the `execution_*` events. */
export type Message = [event: string, data: Record<string, unknown>];

export interface ExecutionStatus {
  status_str: 'success' | 'error';
  completed: boolean;
  messages: Message[];
}

export type NodeOutputs = Record<string, Record<string, unknown[]>>;

export interface HistoryEntry {
  prompt: QueueTuple;
  outputs: NodeOutputs;
  status: ExecutionStatus;
  meta: Record<string, unknown>;
}

export type QueueTuple = [number, string, Graph, Record<string, unknown>, string[]];

/** The five public parts of a queue entry, in the order ComfyUI serialises them. */
export function queueTuple(item: QueueItem): QueueTuple {
  return [item.number, item.promptId, item.graph, item.extraData, item.outputs];
}

export function clientIdOf(item: QueueItem): string | null {
  const clientId = item.extraData['client_id'];
  return typeof clientId === 'string' ? clientId : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A link to another node's output slot: `["3", 0]`. */
export function isLink(value: unknown): value is [string, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number';
}

import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';

/** `unfit`: it answers but cannot train every recipe of its queue. */
export type NodeState = 'idle' | 'busy' | 'unfit' | 'unreachable';

/** What the worker of a node last saw of it. */
export interface NodeRow {
  readonly nodeId: string;
  /** The lease queue it serves. */
  readonly queue: string;
  readonly state: NodeState;
  /** One sentence for operators when it is unfit or out of reach. */
  readonly problem: string | null;
  readonly vramTotalBytes: number | null;
  readonly seenAt: Date;
  /** When it was first seen in this state. */
  readonly stateSince: Date;
}

export interface NodeReport {
  readonly nodeId: string;
  readonly queue: string;
  readonly state: NodeState;
  readonly problem?: string;
  readonly vramTotalBytes?: number;
  readonly seenAt: Date;
}

type NodeDocument = Omit<NodeRow, 'nodeId' | 'stateSince'> & { _id: string; stateSince?: Date | null };

const nodeSchema = new Schema<NodeDocument>(
  {
    _id: { type: String, required: true },
    queue: { type: String, required: true },
    state: { type: String, required: true },
    problem: { type: String, default: null },
    vramTotalBytes: { type: Number, default: null },
    seenAt: { type: Date, required: true },
    stateSince: { type: Date, default: null },
  },
  { collection: 'nodes', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);
nodeSchema.index({ queue: 1, seenAt: -1 });

/** One row a node, written by the worker that serves it. */
export type Nodes = ReturnType<typeof createNodes>;

export function createNodes(connection: Connection) {
  const Node = connection.model<NodeDocument>('Node', nodeSchema);
  return {
    ensureIndexes: async (): Promise<void> => {
      await Node.createIndexes();
    },

    /** Records what was seen; a report that comes late never replaces a newer one. The memory once seen stays known. */
    async report({ nodeId, queue, state, problem, vramTotalBytes, seenAt }: NodeReport): Promise<void> {
      const seen = { queue, state, problem: problem ?? null, seenAt, ...(vramTotalBytes === undefined ? {} : { vramTotalBytes }) };
      const newer = Object.fromEntries(
        Object.entries({ ...seen, stateSince: seenAt }).map(([field, value]) => [field, { $cond: [{ $gt: ['$seenAt', seenAt] }, `$${field}`, { $literal: value }] }]),
      );
      const sameState = { $and: [{ $eq: ['$state', state] }, { $lte: ['$seenAt', seenAt] }] };
      await Node.updateOne({ _id: nodeId }, [{ $set: { ...newer, stateSince: { $cond: [sameState, { $ifNull: ['$stateSince', '$seenAt'] }, newer['stateSince']] } } }], { upsert: true, updatePipeline: true });
    },

    async read(nodeId: string): Promise<NodeRow | null> {
      const document = await Node.findById(nodeId).lean<NodeDocument>();
      return document === null ? null : rowOf(document);
    },

    /** The nodes of a queue that were reported at or after a time, whatever their state. */
    async seenSince(queue: string, since: Date): Promise<NodeRow[]> {
      const documents = await Node.find({ queue, seenAt: { $gte: since } }).sort({ _id: 1 }).lean<NodeDocument[]>();
      return documents.map(rowOf);
    },

    async all(): Promise<NodeRow[]> {
      const documents = await Node.find().sort({ _id: 1 }).lean<NodeDocument[]>();
      return documents.map(rowOf);
    },
  };
}

function rowOf({ _id, queue, state, problem, vramTotalBytes, seenAt, stateSince }: NodeDocument): NodeRow {
  return { nodeId: _id, queue, state, problem, vramTotalBytes: vramTotalBytes ?? null, seenAt, stateSince: stateSince ?? seenAt };
}

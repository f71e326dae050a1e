/**
 * The names of the task queues. `prefix` separates yards that share a Temporal namespace; it is empty in production.
 */
export interface QueueNames {
  readonly yard: string;
  readonly images: string;
  readonly discord: string;
  /** The shared queue on which idle nodes take new trainings of this kind. */
  lease(queue: string): string;
  /** The queue of one node: following, collecting and interrupting its jobs. */
  node(nodeId: string): string;
}

const YARD = 'yard';

export function queueNames(prefix: string): QueueNames {
  return {
    yard: `${prefix}${YARD}`,
    images: `${prefix}images`,
    discord: `${prefix}discord`,
    lease: (queue) => `${prefix}gpu:${queue}`,
    node: (nodeId) => `${prefix}node:${nodeId}`,
  };
}

/** The prefix of a yard, read back from the name of its `yard` queue (a workflow knows only the queue it runs on). */
export function prefixOfYardQueue(yardQueue: string): string {
  return yardQueue.slice(0, yardQueue.length - YARD.length);
}

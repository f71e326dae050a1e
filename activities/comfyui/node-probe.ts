import type { Recipe } from '../../domain/recipes.js';
import type { ComfyClient, ComfyQueue } from './client.js';
import { ComfyError, describeProblem } from './comfy-error.js';
import { fitnessProblem, type BaseModels } from './fitness.js';

/** One ComfyUI server and the lease queue it serves. */
export interface ComfyNode {
  readonly nodeId: string;
  readonly url: string;
  readonly queue: string;
}

/** What a node is like right now. `busy` and `idle` nodes are fit. */
export type NodeLook =
  | { readonly state: 'idle' | 'busy'; readonly queue: ComfyQueue; readonly vramTotalBytes: number | null }
  | { readonly state: 'unfit'; readonly problem: string; readonly queue: ComfyQueue; readonly vramTotalBytes: number | null }
  | { readonly state: 'unreachable'; readonly problem: string };

export interface NodeProbe {
  look(): Promise<NodeLook>;
  /** The next look checks the node's fitness anew: it has refused what it should be able to do. */
  doubt(): void;
}

export interface NodeProbeOptions {
  readonly node: ComfyNode;
  readonly client: ComfyClient;
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly baseModels: BaseModels;
  /** Told once for each new sentence about a node that is unfit or out of reach, and with null when it is fit again. */
  readonly onProblem?: (problem: string | null) => void;
}

/** How long a node counts as fit, or unfit, before it is asked again: an operator may have added or removed a file. */
const FIT_FOR_MS = 60_000;
const UNFIT_FOR_MS = 10_000;

/** Looks at one node; its fitness is checked at the first look, after it was out of reach, and now and then. */
export function createNodeProbe({ node, client, recipes, baseModels, onProblem }: NodeProbeOptions): NodeProbe {
  const own = [...recipes.values()].filter((recipe) => recipe.queue === node.queue);
  let fitness: { readonly problem: string | null; readonly vramTotalBytes: number | null; readonly until: number } | null = null;
  let told: string | null = null;

  return {
    async look() {
      const seen = await lookNow();
      const problem = 'problem' in seen ? seen.problem : null;
      if (problem !== told) onProblem?.(problem);
      told = problem;
      return seen;
    },
    doubt() {
      fitness = null;
    },
  };

  async function lookNow(): Promise<NodeLook> {
    try {
      fitness = fitness !== null && Date.now() < fitness.until ? fitness : await checkFitness();
      const queue = await client.queue();
      const { problem, vramTotalBytes } = fitness;
      if (problem !== null) return { state: 'unfit', problem, queue, vramTotalBytes };
      return { state: queue.running.length + queue.pending.length === 0 ? 'idle' : 'busy', queue, vramTotalBytes };
    } catch (error) {
      if (!(error instanceof ComfyError)) throw error;
      fitness = null;
      return { state: 'unreachable', problem: `Node "${node.nodeId}" cannot be used: ${describeProblem(error.problem)}.` };
    }
  }

  async function checkFitness(): Promise<NonNullable<typeof fitness>> {
    const { vramTotalBytes } = await client.systemStats();
    const problem =
      own.length === 0 ? `Node "${node.nodeId}" serves the queue "${node.queue}", which no recipe uses.` : await fitnessProblem(client, node.nodeId, own, baseModels);
    return { problem, vramTotalBytes, until: Date.now() + (problem === null ? FIT_FOR_MS : UNFIT_FOR_MS) };
  }
}

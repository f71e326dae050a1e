import { createHash } from 'node:crypto';
import type { NodeResult } from './nodes/node-run.js';
import type { Graph } from './protocol.js';
import { isLink } from './protocol.js';

/**
 * Results of nodes, kept by class and inputs. The content of a dataset folder is no part of the key,
 * so a folder that changed under the same name is served from here: ComfyUI's stale-dataset hazard.
 */
export interface NodeCache {
  get(graph: Graph, nodeId: string): NodeResult | null;
  put(graph: Graph, nodeId: string, result: NodeResult): void;
  clear(): void;
}

export function createNodeCache(): NodeCache {
  const results = new Map<string, NodeResult>();
  return {
    get: (graph, nodeId) => results.get(signature(graph, nodeId)) ?? null,
    put: (graph, nodeId, result) => results.set(signature(graph, nodeId), result),
    clear() {
      results.clear();
    },
  };
}

/** What `--cache-none` amounts to. */
export function createNoCache(): NodeCache {
  return { get: () => null, put: () => undefined, clear: () => undefined };
}

function signature(graph: Graph, nodeId: string): string {
  const node = graph[nodeId];
  const inputs = Object.entries(node?.inputs ?? {})
    .map(([name, value]) => [name, isLink(value) ? [signature(graph, value[0]), value[1]] : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify([node?.class_type, inputs])).digest('hex');
}

import { createGraphCheck } from './graph-check.js';
import type { Catalogue } from './node-classes.js';
import { nodeClass } from './node-classes.js';
import type { ProblemReport } from './problem-report.js';
import { problem } from './problem-report.js';
import type { Graph } from './protocol.js';

export interface NodeProblems {
  errors: ProblemReport[];
  dependent_outputs: string[];
  class_type: string;
}

export type Validation =
  | { kind: 'valid'; outputs: string[]; nodeErrors: Record<string, NodeProblems> }
  | { kind: 'invalid'; error: ProblemReport; nodeErrors: Record<string, NodeProblems> };

/**
 * Checks a graph as ComfyUI does before queueing it, and coerces its widget values in place.
 * An output node with problems is dropped as long as another one is fine; then its errors come back beside a 200.
 */
export function validatePrompt(graph: Graph, targets: string[] | null, catalogue: Catalogue): Validation {
  const outputs: string[] = [];
  for (const [id, node] of Object.entries(graph)) {
    const found = nodeClass(node.class_type);
    if (found === undefined) return { kind: 'invalid', error: missingNodeType(graph, id), nodeErrors: {} };
    if (found.outputNode && (targets === null || targets.includes(id))) outputs.push(id);
  }
  if (outputs.length === 0) {
    return { kind: 'invalid', error: problem('prompt_no_outputs', 'Prompt has no outputs', '', {}), nodeErrors: {} };
  }

  const check = createGraphCheck(graph, catalogue);
  const good: string[] = [];
  const lines: string[] = [];
  const nodeErrors: Record<string, NodeProblems> = {};
  for (const output of outputs) {
    const result = check.checkOutput(output);
    if (result.valid) {
      good.push(output);
      continue;
    }
    lines.push(...result.errors.map((error) => `${error.message}: ${error.details}`));
    for (const [id, errors] of check.failures()) {
      const entry = (nodeErrors[id] ??= { errors, dependent_outputs: [], class_type: graph[id]?.class_type ?? '' });
      entry.dependent_outputs.push(output);
    }
  }
  if (good.length > 0) return { kind: 'valid', outputs: good, nodeErrors };
  const error = problem('prompt_outputs_failed_validation', 'Prompt outputs failed validation', lines.join('\n'), {});
  return { kind: 'invalid', error, nodeErrors };
}

function missingNodeType(graph: Graph, id: string): ProblemReport {
  const node = graph[id];
  const classType = node?.class_type ?? null;
  const title = node?._meta?.title ?? classType;
  const message =
    classType === null
      ? `Node '${title ?? `ID #${id}`}' has no class_type. The workflow may be corrupted or a custom node is missing.`
      : `Node '${title ?? classType}' not found. The custom node may not be installed.`;
  return problem('missing_node_type', message, `Node ID '#${id}'`, { node_id: id, class_type: classType, node_title: title });
}

import { repr } from './coercion.js';
import type { Catalogue, NodeClass, NodeInput } from './node-classes.js';
import { inputConfig, nodeClass } from './node-classes.js';
import type { ProblemReport } from './problem-report.js';
import { problem } from './problem-report.js';
import type { Graph } from './protocol.js';
import { checkValue } from './value-check.js';

export interface NodeResult {
  valid: boolean;
  errors: ProblemReport[];
}

/** Checks the nodes of one graph from its outputs upwards, each once. */
export interface GraphCheck {
  checkOutput(id: string): NodeResult;
  /** The nodes with problems of their own, among those checked so far. */
  failures(): [id: string, errors: ProblemReport[]][];
}

/** Stands for a Python exception raised while a node is validated. */
class ValidationRaised extends Error {
  readonly exceptionType: string;
  constructor(exceptionType: string, message: string) {
    super(message);
    this.exceptionType = exceptionType;
  }
}

interface Check {
  graph: Graph;
  catalogue: Catalogue;
  results: Map<string, NodeResult>;
}

export function createGraphCheck(graph: Graph, catalogue: Catalogue): GraphCheck {
  const check: Check = { graph, catalogue, results: new Map() };
  return {
    checkOutput(id) {
      try {
        return checkNode(check, id, []);
      } catch (error) {
        if (!(error instanceof ValidationRaised)) throw error;
        const failed = { valid: false, errors: [raised('exception_during_validation', 'Exception when validating node', error, {})] };
        check.results.set(id, failed);
        return failed;
      }
    },
    failures: () =>
      [...check.results].filter(([, result]) => !result.valid && result.errors.length > 0).map(([id, result]) => [id, result.errors]),
  };
}

function checkNode(check: Check, id: string, visiting: string[]): NodeResult {
  const { graph, results } = check;
  const known = results.get(id);
  if (known !== undefined) return known;
  if (visiting.includes(id)) return markCycle(check, id, visiting);
  const node = graph[id];
  const of = node === undefined ? undefined : nodeClass(node.class_type);
  if (node === undefined || of === undefined) throw new ValidationRaised('KeyError', `'${id}'`);

  const errors: ProblemReport[] = [];
  let valid = true;
  for (const input of of.inputs) {
    const value = node.inputs[input.name];
    if (value === undefined) {
      if (input.required) errors.push(problem('required_input_missing', 'Required input is missing', input.name, { input_name: input.name }));
    } else if (Array.isArray(value)) {
      const outcome = checkLink(check, of, input, value, [...visiting, id]);
      if (outcome === 'upstream') valid = false;
      else if (outcome !== null) errors.push(outcome);
    } else {
      const found = checkValue(of, input, node.inputs, check.catalogue);
      if (found !== null) errors.push(found);
    }
  }
  const marked = results.get(id);
  const result = { valid: valid && errors.length === 0 && marked === undefined, errors: [...(marked?.errors ?? []), ...errors] };
  results.set(id, result);
  return result;
}

function checkLink(check: Check, of: NodeClass, input: NodeInput, value: unknown[], visiting: string[]): ProblemReport | 'upstream' | null {
  const info = { input_name: input.name, input_config: inputConfig(of, input, check.catalogue) };
  if (value.length !== 2) {
    const message = 'Bad linked input, must be a length-2 list of [node_id, slot_index]';
    return problem('bad_linked_input', message, input.name, { ...info, received_value: value });
  }
  const [from, slot] = [String(value[0]), Number(value[1])];
  const source = check.graph[from];
  if (source === undefined) throw new ValidationRaised('KeyError', repr(value[0]));
  const received = nodeClass(source.class_type)?.outputs[slot]?.type;
  if (received === undefined) throw new ValidationRaised('IndexError', 'tuple index out of range');
  if (received !== input.type) {
    const details = `${input.name}, received_type(${received}) mismatch input_type(${input.type})`;
    const extra = { ...info, received_type: received, linked_node: value };
    return problem('return_type_mismatch', 'Return type mismatch between linked nodes', details, extra);
  }
  try {
    return checkNode(check, from, visiting).valid ? null : 'upstream';
  } catch (error) {
    if (!(error instanceof ValidationRaised)) throw error;
    const extra = { ...info, exception_message: error.message, linked_node: value };
    const reason = raised('exception_during_inner_validation', 'Exception when validating inner node', error, extra);
    check.results.set(from, { valid: false, errors: [reason] });
    return 'upstream';
  }
}

function markCycle({ graph, results }: Check, id: string, visiting: string[]): NodeResult {
  const path = [...visiting.slice(visiting.indexOf(id)), id];
  const cycleNodes = [...new Set(path)];
  const details = path.map((each) => `${each} (${graph[each]?.class_type ?? ''})`).join(' -> ');
  for (const each of cycleNodes) {
    const extra = { node_id: each, cycle_nodes: cycleNodes };
    results.set(each, { valid: false, errors: [problem('dependency_cycle', 'Dependency cycle detected', details, extra)] });
  }
  return { valid: false, errors: results.get(id)?.errors ?? [] };
}

function raised(type: string, message: string, error: ValidationRaised, extra: Record<string, unknown>): ProblemReport {
  return problem(type, message, error.message, { ...extra, exception_type: error.exceptionType, traceback: [] });
}

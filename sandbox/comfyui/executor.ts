import type { Folders } from './folders.js';
import type { NodeCache } from './node-cache.js';
import type { NodeResult } from './nodes/node-run.js';
import { runNode } from './nodes/run-node.js';
import { createProgressReports } from './progress.js';
import type { ExecutionStatus, Graph, Message, NodeOutputs } from './protocol.js';
import { clientIdOf, isLink } from './protocol.js';
import { repr } from './coercion.js';
import type { RunningJob } from './running-job.js';
import { Interrupted, PythonError, Vanished } from './running-job.js';

export interface ExecutorDeps {
  folders: Folders;
  cache: NodeCache;
  send: (type: string, data: Record<string, unknown>, clientId: string | null) => void;
  /** The node a reconnecting client is told about; null between jobs. */
  setCurrentNode: (nodeId: string | null) => void;
  /** Called when a training ran out of memory: ComfyUI unloads its models then. */
  onOutOfMemory: () => void;
  crash: () => void;
}

export interface Execution {
  /** Null when the server died or forgot the job: then nothing may be recorded. */
  status: ExecutionStatus | null;
  outputs: NodeOutputs;
}

/** Runs one queued graph node by node with ComfyUI's events, in the order of its recorded frames. */
export async function executePrompt(job: RunningJob, deps: ExecutorDeps): Promise<Execution> {
  const { graph, promptId, outputs: wanted } = job.item;
  const events = createEvents(job, deps);
  const progress = createProgressReports(promptId, events.sendAlways);
  const results = new Map<string, NodeResult>();
  const outputs: NodeOutputs = {};
  const executed: string[] = [];

  for (const id of Object.keys(graph)) {
    const cached = deps.cache.get(graph, id);
    if (cached !== null) results.set(id, cached);
  }
  job.record.cachedNodes = [...results.keys()];
  events.message('execution_start', { prompt_id: promptId }, false);
  events.message('execution_cached', { nodes: job.record.cachedNodes, prompt_id: promptId }, false);

  let current = '';
  try {
    for (const id of executionOrder(graph, wanted, (node) => results.has(node))) {
      current = id;
      let result = results.get(id);
      if (result === undefined) {
        progress.start(id);
        deps.setCurrentNode(id);
        events.sendOwn('executing', { node: id, display_node: id, prompt_id: promptId });
        result = await runGraphNode(job, deps, id, results, (value, max) => {
          progress.report(id, value, max);
        });
        executed.push(id);
        results.set(id, result);
        deps.cache.put(graph, id, result);
      }
      if (result.ui !== undefined) {
        outputs[id] = result.ui;
        events.sendOwn('executed', { node: id, display_node: id, output: result.ui, prompt_id: promptId });
      }
      progress.finish(id);
    }
    events.message('execution_success', { prompt_id: promptId }, false);
    return { status: { status_str: 'success', completed: true, messages: events.messages }, outputs };
  } catch (error) {
    if (error instanceof Vanished) return { status: null, outputs: {} };
    reportEnd(error, { job, deps, events, nodeId: current, executed });
    return { status: { status_str: 'error', completed: false, messages: events.messages }, outputs };
  } finally {
    deps.setCurrentNode(null);
  }
}

interface Events {
  messages: Message[];
  /** Kept in history with a timestamp; sent to the submitter, and to everyone without one when `broadcast`. */
  message(event: string, data: Record<string, unknown>, broadcast: boolean): void;
  sendOwn: (type: string, data: Record<string, unknown>) => void;
  sendAlways: (type: string, data: Record<string, unknown>) => void;
}

function createEvents(job: RunningJob, deps: ExecutorDeps): Events {
  const clientId = clientIdOf(job.item);
  const messages: Message[] = [];
  const silent = job.scenario?.behaviour.kind === 'silent-ws';
  const sendAlways = (type: string, data: Record<string, unknown>) => {
    if (!silent) deps.send(type, data, clientId);
  };
  const sendOwn = (type: string, data: Record<string, unknown>) => {
    if (clientId !== null) sendAlways(type, data);
  };
  return {
    messages,
    sendOwn,
    sendAlways,
    message(event, data, broadcast) {
      const stamped = { ...data, timestamp: Date.now() };
      messages.push([event, stamped]);
      (broadcast ? sendAlways : sendOwn)(event, stamped);
    },
  };
}

async function runGraphNode(
  job: RunningJob,
  deps: ExecutorDeps,
  nodeId: string,
  results: Map<string, NodeResult>,
  report: (value: number, max: number) => void,
): Promise<NodeResult> {
  const node = job.item.graph[nodeId];
  if (node === undefined) throw new PythonError('KeyError', `'${nodeId}'`);
  job.check();
  const behaviour = job.scenario?.behaviour;
  if (behaviour?.kind === 'node-error' && behaviour.nodeId === nodeId) {
    throw new PythonError(behaviour.exceptionType ?? 'RuntimeError', behaviour.message ?? 'The node failed, as the scenario asked.');
  }
  const inputs: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node.inputs)) {
    inputs[name] = isLink(value) ? results.get(value[0])?.outputs[value[1]] : value;
  }
  return runNode(node.class_type, {
    inputs,
    job,
    folders: deps.folders,
    report,
    crash: deps.crash,
  });
}

interface Ending {
  job: RunningJob;
  deps: ExecutorDeps;
  events: Events;
  nodeId: string;
  executed: string[];
}

/** No closing `progress_state` comes before these: ComfyUI sends none for a failing node. */
function reportEnd(error: unknown, { job, deps, events, nodeId, executed }: Ending): void {
  const { promptId, graph } = job.item;
  const about = {
    prompt_id: promptId,
    node_id: nodeId,
    node_type: graph[nodeId]?.class_type,
    // ComfyUI lists a set here: no order to rely on.
    executed: shuffled(executed),
  };
  if (error instanceof Interrupted) {
    events.message('execution_interrupted', about, true);
    return;
  }
  // Anything else a node throws here becomes its Python exception, as in ComfyUI.
  const { exceptionType: type, message } = error instanceof PythonError ? error : new PythonError('RuntimeError', String(error));
  const outOfMemory = type.endsWith('OutOfMemoryError');
  if (outOfMemory) deps.onOutOfMemory();
  const failure = {
    ...about,
    exception_message: `${message}\n${outOfMemory ? OUT_OF_MEMORY_TIPS : ''}`,
    exception_type: type,
    traceback: [`  File "${deps.folders.pathOf('input')}/../nodes.py", line 1, in execute\n    raise ${type}\n`],
    current_inputs: formattedInputs(graph, nodeId),
    current_outputs: Object.keys(graph).filter((id) => deps.cache.get(graph, id) !== null),
  };
  events.message('execution_error', failure, false);
}

const OUT_OF_MEMORY_TIPS =
  'This error means you ran out of memory on your GPU.\n\n' +
  'TIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.';

/** Every value wrapped in a list; what came over a link appears as Python prints the object. */
function formattedInputs(graph: Graph, nodeId: string): Record<string, unknown[]> {
  const inputs = Object.entries(graph[nodeId]?.inputs ?? {});
  return Object.fromEntries(inputs.map(([name, value]) => [name, [isLink(value) ? `<output ${value[1]} of node ${repr(value[0])}>` : value]]));
}

/**
 * The nodes to visit, dependencies first. A cached node hides what lies above it; output nodes come in random order.
 */
function executionOrder(graph: Graph, wanted: string[], isCached: (nodeId: string) => boolean): string[] {
  const outputs = shuffled(wanted);
  const needed = new Set<string>();
  const waiting = [...outputs];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (needed.has(id)) continue;
    needed.add(id);
    if (!isCached(id)) waiting.push(...parents(graph, id).filter((parent) => !isCached(parent)));
  }
  const candidates = [...outputs, ...Object.keys(graph).filter((id) => needed.has(id) && !outputs.includes(id))];
  const order: string[] = [];
  while (order.length < needed.size) {
    const next = candidates.find((id) => !order.includes(id) && parents(graph, id).every((parent) => !needed.has(parent) || order.includes(parent)));
    if (next === undefined) throw new PythonError('DependencyCycleError', 'Dependency cycle detected');
    order.push(next);
  }
  return order;
}

function parents(graph: Graph, nodeId: string): string[] {
  return Object.values(graph[nodeId]?.inputs ?? {})
    .filter(isLink)
    .map(([from]) => from);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Least distance between two progress reports of one node; the first and the last are always sent. */
const MIN_INTERVAL_MS = 100;
const MIN_SHARE = 0.005;

interface NodeProgress {
  value: number;
  max: number;
  state: 'running' | 'finished';
}

export interface ProgressReports {
  start(nodeId: string): void;
  report(nodeId: string, value: number, max: number): void;
  finish(nodeId: string): void;
}

/** Progress of one job: `progress_state` carries every node touched so far, `progress` the training alone. */
export function createProgressReports(promptId: string, send: (type: string, data: Record<string, unknown>) => void): ProgressReports {
  const nodes = new Map<string, NodeProgress>();
  let last: { nodeId: string; at: number; value: number } | null = null;

  function sendState(): void {
    const states = [...nodes].map(([id, { value, max, state }]) => [
      id,
      { value, max, state, node_id: id, prompt_id: promptId, display_node_id: id, parent_node_id: null, real_node_id: id },
    ]);
    send('progress_state', { prompt_id: promptId, nodes: Object.fromEntries(states) });
  }

  return {
    start(nodeId) {
      nodes.set(nodeId, { value: 0, max: 1, state: 'running' });
      sendState();
    },
    report(nodeId, value, max) {
      nodes.set(nodeId, { value, max, state: 'running' });
      const now = performance.now();
      const first = last?.nodeId !== nodeId;
      const due = last !== null && now - last.at >= MIN_INTERVAL_MS && (value - last.value) / max >= MIN_SHARE;
      if (!first && !due && value < max) return;
      last = { nodeId, at: now, value };
      sendState();
      send('progress', { value, max, prompt_id: promptId, node: nodeId });
    },
    finish(nodeId) {
      const known = nodes.get(nodeId);
      const max = known?.max ?? 1;
      nodes.set(nodeId, { value: max, max, state: 'finished' });
      sendState();
    },
  };
}

import { z } from 'zod';
import type { Progress } from '../../domain/runs.js';
import { jsonOf } from './calls.js';

/** What a WebSocket frame of ComfyUI tells a follower; every other frame is null. */
export type Frame =
  | { readonly kind: 'steps'; readonly promptId: string; readonly nodeId: string; readonly value: number; readonly max: number }
  /** Some node of the job began or ended. */
  | { readonly kind: 'nodes'; readonly promptId: string; readonly nodes: readonly NodeProgress[] }
  /** The job may have ended; only `/api/jobs/{id}` knows. */
  | { readonly kind: 'end'; readonly promptId: string }
  /** The queue changed, whoever's it was. */
  | { readonly kind: 'queue' };

export interface NodeProgress {
  readonly nodeId: string;
  readonly value: number;
  readonly max: number;
  readonly state: string;
}

const frameSchema = z.object({ type: z.string(), data: z.unknown() });
const stepsSchema = z.object({ prompt_id: z.string(), node: z.string(), value: z.number(), max: z.number() });
const nodesSchema = z.object({
  prompt_id: z.string(),
  nodes: z.record(z.string(), z.object({ value: z.number(), max: z.number(), state: z.string() })),
});
const endSchema = z.object({ prompt_id: z.string() });
const lastExecutingSchema = z.object({ prompt_id: z.string(), node: z.null() });

/** Reads a text frame; what it does not know, or binary previews, is null. */
export function parseFrame(text: string): Frame | null {
  const frame = frameSchema.safeParse(jsonOf(text));
  if (!frame.success) return null;
  const { type, data } = frame.data;
  switch (type) {
    case 'status':
      return { kind: 'queue' };
    case 'progress': {
      const steps = stepsSchema.safeParse(data).data;
      return steps === undefined ? null : { kind: 'steps', promptId: steps.prompt_id, nodeId: steps.node, value: steps.value, max: steps.max };
    }
    case 'progress_state': {
      const state = nodesSchema.safeParse(data).data;
      if (state === undefined) return null;
      return { kind: 'nodes', promptId: state.prompt_id, nodes: Object.entries(state.nodes).map(([nodeId, node]) => ({ nodeId, ...node })) };
    }
    case 'execution_success':
    case 'execution_error':
    case 'execution_interrupted': {
      const end = endSchema.safeParse(data).data;
      return end === undefined ? null : { kind: 'end', promptId: end.prompt_id };
    }
    case 'executing': {
      const last = lastExecutingSchema.safeParse(data).data;
      return last === undefined ? null : { kind: 'end', promptId: last.prompt_id };
    }
    default:
      return null;
  }
}

/**
 * How far a job is after one more frame of its own. Steps are counted by the recipe's progress node, whose `max` counts micro-steps;
 * they never go back, since frames of two sockets may overlap.
 */
export function progressAfter(progress: Progress, frame: Frame, progressNode: string): Progress {
  switch (frame.kind) {
    case 'steps':
      return frame.nodeId === progressNode ? trained(progress, frame.value, frame.max) : progress;
    case 'nodes': {
      const trainer = frame.nodes.find((node) => node.nodeId === progressNode);
      if (trainer !== undefined) return trained(progress, trainer.value, trainer.max, trainer.state === 'finished');
      return progress.phase === 'waiting' ? { ...progress, phase: 'preparing' } : progress;
    }
    case 'end':
    case 'queue':
      return progress;
  }
}

function trained(progress: Progress, value: number, max: number, finished = false): Progress {
  // Before its first step the trainer shows 0 of 1, like every other node.
  const share = max > 0 ? Math.min(Math.max(value / max, 0), 1) : 0;
  const step = Math.max(progress.step, Math.floor(share * progress.totalSteps));
  if (finished || step >= progress.totalSteps) return { ...progress, step: finished ? progress.totalSteps : step, phase: 'saving' };
  if (progress.phase === 'saving') return progress;
  return { ...progress, step, phase: step > 0 ? 'training' : 'preparing' };
}

import { z } from 'zod';
import type { GraphNode } from '../../domain/recipes.js';
import { ask, expectOk, httpError, jsonOf, parse, postJson } from './calls.js';
import { fileCalls } from './file-calls.js';
import { send, type HttpOptions, type HttpRequest } from './http.js';
import {
  jobNotFoundSchema, jobSchema, objectInfoSchema, promptAcceptedSchema, promptRefusedSchema, queueSchema, systemStatsSchema,
  type ComfyJob, type NodeErrors, type QueueEntry,
} from './replies.js';

export interface ComfyClientOptions {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one request, or of one silence in a download. */
  readonly timeoutMs?: number;
}

export interface Submission {
  readonly promptId: string;
  readonly graph: Readonly<Record<string, GraphNode>>;
  /** The only output node that runs. */
  readonly outputNode: string;
  readonly mark: { readonly yard: string; readonly runId: string; readonly attempt: number; readonly templateHash: string };
}

/** `refused` is final: the same graph will be refused again. `partly` was queued although some of its nodes are wrong. */
export type SubmitReply =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'partly'; readonly nodeErrors: NodeErrors }
  | { readonly kind: 'refused'; readonly status: number; readonly problem: string; readonly nodeErrors: NodeErrors };

export interface ComfyQueue {
  readonly running: readonly QueueEntry[];
  readonly pending: readonly QueueEntry[];
}

/** The inputs of a node class: for a choice its options, else null. */
export type NodeClassInputs = ReadonlyMap<string, readonly string[] | null>;

/**
 * The part of ComfyUI's HTTP interface that a training needs (0.28 and newer). Every call is bounded in time and size.
 * Each throws a `ComfyError` when it brought no usable answer; an abort by the given signal is rethrown as it is.
 */
export type ComfyClient = ReturnType<typeof serverCalls> &
  ReturnType<typeof jobCalls> &
  ReturnType<typeof fileCalls> & {
    /** The same node, with requests that `signal` ends. */
    within(signal: AbortSignal): ComfyClient;
  };

const TIMEOUT_MS = 10_000;

export function createComfyClient(options: ComfyClientOptions, signal?: AbortSignal): ComfyClient {
  const http: HttpOptions = { url: options.url.replace(/\/+$/, ''), headers: options.headers ?? {}, timeoutMs: options.timeoutMs ?? TIMEOUT_MS, signal };
  return { ...serverCalls(http), ...jobCalls(http), ...fileCalls(http), within: (outer) => createComfyClient(options, outer) };
}

function serverCalls(http: HttpOptions) {
  return {
    async systemStats(): Promise<{ version: string; vramTotalBytes: number | null }> {
      const stats = await ask(http, { method: 'GET', path: '/system_stats' }, systemStatsSchema);
      return { version: stats.system.comfyui_version, vramTotalBytes: stats.devices[0]?.vram_total ?? null };
    },

    /** Null when the node does not know the class. */
    async objectInfo(className: string): Promise<NodeClassInputs | null> {
      const classes = await ask(http, { method: 'GET', path: `/object_info/${encodeURIComponent(className)}` }, objectInfoSchema);
      const found = classes[className];
      if (found === undefined) return null;
      const inputs = { ...found.input.required, ...found.input.optional };
      return new Map(Object.entries(inputs).map(([name, config]) => [name, choicesOf(config)]));
    },

    async queue(): Promise<ComfyQueue> {
      const queue = await ask(http, { method: 'GET', path: '/queue' }, queueSchema);
      return { running: queue.queue_running, pending: queue.queue_pending };
    },

    /** Takes effect when the worker is idle. */
    async free(): Promise<void> {
      await expectOk(http, postJson('/free', { unload_models: true, free_memory: true }));
    },
  };
}

function jobCalls(http: HttpOptions) {
  return {
    /** Null when ComfyUI itself says that it does not know the job; a proxy's 404 is an error. */
    async job(promptId: string): Promise<ComfyJob | null> {
      const request: HttpRequest = { method: 'GET', path: `/api/jobs/${promptId}` };
      const reply = await send(http, request);
      if (reply.status === 404 && jobNotFoundSchema.safeParse(jsonOf(reply.text)).success) return null;
      if (reply.status !== 200) throw httpError(request, reply);
      return parse(request, reply, jobSchema);
    },

    /**
     * Queues a graph under an id of ours. There is no dedupe: the same id posted twice is queued twice. Without a client id,
     * so that progress goes to every socket. Every error but `unreachable` with `refused` leaves open whether the job is queued.
     */
    async submit({ promptId, graph, outputNode, mark }: Submission): Promise<SubmitReply> {
      const request = postJson('/prompt', {
        prompt: graph,
        prompt_id: promptId,
        partial_execution_targets: [outputNode],
        extra_data: { orchestrator: mark },
      });
      const reply = await send(http, request);
      if (reply.status === 413) return { kind: 'refused', status: 413, problem: 'the request is too large for the node', nodeErrors: {} };
      if (reply.status === 400) {
        const { error, node_errors: nodeErrors } = parse(request, reply, promptRefusedSchema);
        return { kind: 'refused', status: 400, problem: typeof error === 'string' ? error : error.type, nodeErrors };
      }
      if (reply.status !== 200) throw httpError(request, reply);
      const { node_errors: nodeErrors } = parse(request, reply, promptAcceptedSchema);
      return Object.keys(nodeErrors).length === 0 ? { kind: 'accepted' } : { kind: 'partly', nodeErrors };
    },

    /** Interrupts the job or takes one queue entry of it away; one that is finished or unknown is no error. */
    async cancelJob(promptId: string): Promise<void> {
      const request = postJson(`/api/jobs/${promptId}/cancel`, {});
      const reply = await send(http, request);
      if (reply.status === 200) return;
      if (reply.status !== 404 && reply.status !== 405) throw httpError(request, reply);
      // Servers before 0.26. An interrupt without an id would stop whatever is running: never send one.
      await expectOk(http, postJson('/queue', { delete: [promptId] }));
      await expectOk(http, postJson('/interrupt', { prompt_id: promptId }));
    },

    /** Takes one waiting queue entry of the job away; ComfyUI does not say whether there was one. */
    async deletePending(promptId: string): Promise<void> {
      await expectOk(http, postJson('/queue', { delete: [promptId] }));
    },
  };
}

/** Older classes list the options as the type itself, newer ones say `COMBO` and carry `options`. */
function choicesOf(config: readonly unknown[]): readonly string[] | null {
  const [type, details] = config;
  const options = z.array(z.string());
  const old = options.safeParse(type);
  if (old.success) return old.data;
  const recent = z.object({ options }).safeParse(details);
  return recent.success ? recent.data.options : null;
}

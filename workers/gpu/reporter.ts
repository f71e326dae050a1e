import { setTimeout as delay } from 'node:timers/promises';
import type { ComfyClient, ComfyQueue } from '../../activities/comfyui/client.js';
import { cancelEveryEntry } from '../../activities/comfyui/interrupt.js';
import type { ComfyNode, NodeLook, NodeProbe } from '../../activities/comfyui/node-probe.js';
import type { JobMark } from '../../activities/comfyui/replies.js';
import type { Nodes } from '../../models/nodes.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { GpuLog } from './gpu-log.js';

export interface ReporterOptions {
  readonly node: ComfyNode;
  readonly client: ComfyClient;
  readonly probe: NodeProbe;
  readonly nodes: Pick<Nodes, 'report'>;
  readonly runs: Pick<Runs, 'read' | 'moveClaimBack'>;
  readonly yardId: string;
  readonly everyMs: number;
  readonly log: GpuLog;
}

export interface Reporter {
  /** Reports at once and then in its interval, until stopped. */
  start(): void;
  /** Waits for a report that is under way. */
  stop(): Promise<void>;
  /** One report: the node's row is written, and its jobs are held against their run rows. */
  reportOnce(): Promise<void>;
}

/**
 * Says what a node is like, and is the last word against stray work: whatever way a run ended, its job ends at the latest when the
 * reporter of its node sees both.
 */
export function createReporter(options: ReporterOptions): Reporter {
  const { node, nodes, probe, log } = options;
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  async function reportOnce(): Promise<void> {
    const look = await probe.look();
    await nodes.report({ nodeId: node.nodeId, queue: node.queue, seenAt: new Date(), ...rowFieldsOf(look) });
    if (look.state !== 'unreachable') await checkJobs(options, look.queue);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await reportOnce();
      } catch (error) {
        // Node or database are away; both are looked at again.
        log.warn({ nodeId: node.nodeId, error: String(error) }, 'could not report a node');
      }
      await delay(options.everyMs, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      loop = run();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
    reportOnce,
  };
}

function rowFieldsOf(look: NodeLook) {
  const problem = 'problem' in look ? { problem: look.problem } : {};
  const memory = look.state === 'unreachable' || look.vramTotalBytes === null ? {} : { vramTotalBytes: look.vramTotalBytes };
  return { state: look.state, ...problem, ...memory };
}

async function checkJobs(options: ReporterOptions, { running, pending }: ComfyQueue): Promise<void> {
  const entries = new Map<string, { mark: JobMark; count: number }>();
  for (const { promptId, mark } of [...running, ...pending]) {
    if (mark?.yard !== options.yardId) continue;
    entries.set(promptId, { mark, count: (entries.get(promptId)?.count ?? 0) + 1 });
  }
  for (const [promptId, { mark, count }] of entries) await checkJob(options, promptId, mark, count);
}

async function checkJob({ node, client, runs, log }: ReporterOptions, promptId: string, mark: JobMark, count: number): Promise<void> {
  const fields = { nodeId: node.nodeId, promptId, runId: mark.runId, attempt: mark.attempt };
  const row = await runs.read(mark.runId);
  const verdict = verdictOn(row, node.nodeId, promptId, mark);
  switch (verdict) {
    case 'unknown':
      log.warn(fields, 'a job carries the id of this yard, but its run is not on record: it is left alone');
      return;
    case 'wanted':
      for (let surplus = count - 1; surplus > 0; surplus -= 1) await client.deletePending(promptId);
      return;
    case 'stray':
      log.info(fields, 'cancelling a job whose run no longer wants it');
      await cancelEveryEntry(client, promptId);
      return;
    case 'comes-back': {
      const attempt = row?.attempt ?? mark.attempt;
      const moved = await runs.moveClaimBack(mark.runId, { attempt, nodeId: node.nodeId, promptId, activityAttempt: 0 });
      if (moved !== null) log.info(fields, 'a job has come back: the waiting attempt takes it over');
      return;
    }
  }
}

/** What a run row says about one of its jobs on a node. */
function verdictOn(row: RunRow | null, nodeId: string, promptId: string, mark: JobMark): 'unknown' | 'wanted' | 'stray' | 'comes-back' {
  if (row === null) return 'unknown';
  if (!row.open || row.status === 'ending') return 'stray';
  if (row.claim !== null) return row.claim.nodeId === nodeId && row.claim.promptId === promptId ? 'wanted' : 'stray';
  const { lastFailure } = row;
  // A job that was given up because it made no step is not worth another wait.
  if (mark.attempt < row.attempt && lastFailure?.type === 'Stalled' && lastFailure.nodeId === nodeId) return 'stray';
  return 'comes-back';
}

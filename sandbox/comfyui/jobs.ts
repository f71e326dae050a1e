import type { PromptQueue } from './prompt-queue.js';
import type { HistoryEntry, NodeOutputs, QueueItem } from './protocol.js';
import { isRecord } from './protocol.js';

export type JobStatus = 'pending' | 'in_progress' | 'completed' | 'failed' | 'cancelled';
export const JOB_STATUSES: readonly JobStatus[] = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'];

type Job = Record<string, unknown> & { id: string; status: JobStatus };

/** One job by id, or null. History wins over the queue, so a reused id shows its finished twin. */
export function jobOf(queue: PromptQueue, promptId: string): Job | null {
  const finished = queue.history().get(promptId);
  if (finished !== undefined) return { ...finishedJob(promptId, finished), ...details(finished) };
  const running = queue.running().find((item) => item.promptId === promptId);
  if (running !== undefined) return queuedJob(running, 'in_progress');
  const pending = queue.pending().find((item) => item.promptId === promptId);
  return pending === undefined ? null : queuedJob(pending, 'pending');
}

export interface JobListing {
  statuses: readonly JobStatus[];
  workflowId: string | null;
  sortBy: 'created_at' | 'execution_duration';
  descending: boolean;
  limit: number | null;
  offset: number;
}

export function listJobs(queue: PromptQueue, listing: JobListing): Record<string, unknown> {
  const all = [
    ...queue.running().map((item) => queuedJob(item, 'in_progress')),
    ...queue.pending().map((item) => queuedJob(item, 'pending')),
    ...[...queue.history()].map(([promptId, entry]) => finishedJob(promptId, entry)),
  ];
  const wanted = all
    .filter((job) => listing.statuses.includes(job.status))
    .filter((job) => listing.workflowId === null || job['workflow_id'] === listing.workflowId)
    .sort((a, b) => (sortKey(a, listing) - sortKey(b, listing)) * (listing.descending ? -1 : 1));
  const end = listing.limit === null ? wanted.length : listing.offset + listing.limit;
  const jobs = wanted.slice(listing.offset, end);
  const { offset, limit } = listing;
  return { jobs, pagination: { offset, limit, total: wanted.length, has_more: offset + jobs.length < wanted.length } };
}

function sortKey(job: Job, listing: JobListing): number {
  if (listing.sortBy === 'created_at') return Number(job['create_time'] ?? 0);
  const start = Number(job['execution_start_time'] ?? 0);
  const end = Number(job['execution_end_time'] ?? 0);
  return start > 0 && end > 0 ? end - start : 0;
}

function queuedJob(item: QueueItem, status: JobStatus): Job {
  return pruned({
    id: item.promptId,
    status,
    priority: item.number,
    ...origin(item.extraData),
    outputs_count: 0,
    previewable_outputs_count: 0,
  });
}

function finishedJob(promptId: string, entry: HistoryEntry): Job {
  const [number, , , extraData] = entry.prompt;
  const ends = entry.status.messages.filter(([event]) => ['execution_success', 'execution_error', 'execution_interrupted'].includes(event));
  const interrupted = ends.some(([event]) => event === 'execution_interrupted');
  const { create_time, workflow_id } = origin(extraData);
  const previews = previewsOf(entry.outputs);
  return pruned({
    id: promptId,
    status: entry.status.status_str === 'success' ? 'completed' : interrupted ? 'cancelled' : 'failed',
    priority: number,
    create_time,
    execution_start_time: entry.status.messages.find(([event]) => event === 'execution_start')?.[1]['timestamp'],
    execution_end_time: ends[0]?.[1]['timestamp'],
    execution_error: ends.find(([event]) => event === 'execution_error')?.[1],
    outputs_count: previews.length,
    previewable_outputs_count: previews.length,
    preview_output: previews[0],
    workflow_id,
  });
}

function details(entry: HistoryEntry): Record<string, unknown> {
  const [, , prompt, extraData] = entry.prompt;
  return { outputs: entry.outputs, execution_status: entry.status, workflow: { prompt, extra_data: extraData } };
}

function origin(extraData: Record<string, unknown>): { create_time: unknown; workflow_id: unknown } {
  const info = extraData['extra_pnginfo'];
  // A null here breaks the whole listing in ComfyUI too: it looks into the value without checking it.
  if (info === null) throw new TypeError("'NoneType' object has no attribute 'get'");
  const workflow = isRecord(info) ? info['workflow'] : undefined;
  return { create_time: extraData['create_time'], workflow_id: isRecord(workflow) ? workflow['id'] : undefined };
}

function previewsOf(outputs: NodeOutputs): Record<string, unknown>[] {
  return Object.entries(outputs).flatMap(([nodeId, media]) =>
    Object.entries(media).flatMap(([mediaType, items]) => items.filter(isRecord).map((item) => ({ ...item, nodeId, mediaType }))),
  );
}

/** Fields without a value are absent, not null. */
function pruned(job: Job): Job {
  return Object.fromEntries(Object.entries(job).filter(([, value]) => value !== undefined && value !== null)) as Job;
}

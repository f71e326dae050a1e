import { createHash } from 'node:crypto';
import type { RunRow } from '../../../models/runs-schema.js';
import type { JobRecord } from '../../comfyui/ground-truth.js';
import type { Expectation } from './expectation.js';
import type { Witnesses } from './witnesses.js';

/** No job is left, none was trained twice or side by side with another, each was asked for once, and the file is the node's. */
export async function nodeDisagreements({ nodes }: Witnesses, row: RunRow, { trainings, end }: Expectation): Promise<string[]> {
  const found: string[] = [];
  const jobs: (JobRecord & { nodeId: string })[] = [];
  for (const { nodeId, control } of nodes) {
    const ofRun = (await control.jobs()).filter((job) => job.runId === row.runId);
    jobs.push(...ofRun.map((job) => ({ ...job, nodeId })));
    for (const job of ofRun) {
      if (job.state === 'pending' || job.state === 'running') found.push(`job ${job.promptId} is still ${job.state} on ${nodeId}`);
    }
    found.push(...(await postedTwice(control, ofRun)));
  }
  const trained = jobs.filter((job) => job.trained || job.trainedSteps > 0);
  if (trained.length !== trainings) found.push(`expected ${trainings} trainings, found ${trained.length}`);
  if (new Set(trained.map((job) => job.promptId)).size !== trained.length) found.push('one prompt id was trained twice');
  for (const [first, second] of pairs(trained)) {
    if (overlap(first, second)) found.push(`${first.promptId} and ${second.promptId} trained side by side`);
  }
  if (end.kind === 'succeeded') found.push(...(await fileDisagreements(nodes, row, jobs)));
  return found;
}

async function postedTwice(control: Witnesses['nodes'][number]['control'], jobs: readonly JobRecord[]): Promise<string[]> {
  const posts = (await control.calls()).filter((call) => call.method === 'POST' && /\/prompt$/.test(call.path) && call.status === 200);
  const promptIds = posts.map((call) => (typeof call.body === 'object' && call.body !== null && 'prompt_id' in call.body ? call.body.prompt_id : null));
  return jobs.filter((job) => promptIds.filter((promptId) => promptId === job.promptId).length > 1).map((job) => `${job.promptId} was submitted twice`);
}

async function fileDisagreements(nodes: Witnesses['nodes'], row: RunRow, jobs: readonly (JobRecord & { nodeId: string })[]): Promise<string[]> {
  const job = jobs.find((candidate) => candidate.promptId === row.claim?.promptId);
  const node = nodes.find(({ nodeId }) => nodeId === job?.nodeId);
  if (job?.file === undefined || job.file === null || node === undefined) return [`expected the node to have written a file for ${row.claim?.promptId ?? 'the run'}, found none`];
  const slash = job.file.path.lastIndexOf('/');
  const query = new URLSearchParams({ type: 'output', subfolder: job.file.path.slice(0, Math.max(slash, 0)), filename: job.file.path.slice(slash + 1) });
  const response = await fetch(`${node.url}/view?${query.toString()}`);
  const sha256 = createHash('sha256').update(Buffer.from(await response.arrayBuffer())).digest('hex');
  return sha256 === row.artifact?.sha256AsFetched ? [] : [`expected the node's file to be ${row.artifact?.sha256AsFetched ?? 'on record'}, found ${sha256}`];
}

function pairs<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((first, at) => items.slice(at + 1).map((second): [Item, Item] => [first, second]));
}

function overlap(first: JobRecord, second: JobRecord): boolean {
  const end = (job: JobRecord): number => job.endedAt ?? Number.POSITIVE_INFINITY;
  const start = (job: JobRecord): number => job.startedAt ?? Number.POSITIVE_INFINITY;
  return start(first) < end(second) && start(second) < end(first);
}

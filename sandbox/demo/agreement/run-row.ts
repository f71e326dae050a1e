import type { RunEnd } from '../../../domain/runs.js';
import { createBlobs } from '../../../models/blobs.js';
import { createLoras } from '../../../models/loras.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { Expectation } from './expectation.js';
import type { Witnesses } from './witnesses.js';

/** Closed, with the right end, attempt and notice; after a success the proven file is stored and on its owner's shelf. */
export async function runRowDisagreements({ mongo }: Witnesses, row: RunRow, { end, attempts }: Expectation): Promise<string[]> {
  const found: string[] = [];
  if (row.open) found.push('the row is still open');
  if (row.status !== end.kind) found.push(`expected the status ${end.kind}, found ${row.status}`);
  if (describeEnd(row.end) !== wantedEnd(end)) found.push(`expected the end "${wantedEnd(end)}", found "${describeEnd(row.end)}"`);
  if (row.attempt !== attempts) found.push(`expected attempt ${attempts}, found ${row.attempt}`);
  if (row.notice !== 'delivered') found.push(`expected a delivered notice, found ${row.notice}`);
  if (end.kind === 'succeeded') found.push(...(await fileDisagreements(mongo, row)));
  else if (await createLoras(mongo).read(row.runId)) found.push('a file is on the shelf although the run did not succeed');
  return found;
}

async function fileDisagreements(mongo: Witnesses['mongo'], { runId, accountId, artifact }: RunRow): Promise<string[]> {
  if (artifact === null) return ['expected a proven file in the row, found none'];
  const lora = await createLoras(mongo).read(runId);
  const found: string[] = [];
  if (lora?.sha256 !== artifact.sha256) found.push(`expected the file ${artifact.sha256} on the shelf, found ${lora?.sha256 ?? 'none'}`);
  if (lora !== null && lora.owner !== accountId) found.push(`expected the file to be ${accountId}'s, found ${lora.owner}'s`);
  const sizeBytes = await createBlobs(mongo).size(artifact.sha256);
  if (sizeBytes !== artifact.sizeBytes) found.push(`expected ${artifact.sizeBytes} stored bytes, found ${sizeBytes ?? 'none'}`);
  return found;
}

function describeEnd(end: RunEnd | null): string {
  switch (end?.kind) {
    case undefined:
      return 'none';
    case 'succeeded':
      return 'succeeded';
    case 'refused':
      return `refused ${end.refusal.code}`;
    case 'failed':
      return `failed ${end.failure.type}`;
    case 'cancelled':
      return `cancelled by ${end.by}`;
  }
}

function wantedEnd(end: Expectation['end']): string {
  switch (end.kind) {
    case 'succeeded':
      return 'succeeded';
    case 'refused':
      return `refused ${end.code}`;
    case 'failed':
      return `failed ${end.type}`;
    case 'cancelled':
      return `cancelled by ${end.by}`;
  }
}

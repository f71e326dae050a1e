import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import type { Artifact } from '../../domain/runs.js';
import type { ComfyDependencies } from './dependencies.js';
import { download } from './download.js';
import { attemptFailure, notOwner } from './failures.js';
import { baseModelOf } from './fitness.js';
import { untilCancelled, withHeartbeats } from '../heartbeats.js';
import { loraFileName, loraMetadata } from './lora-metadata.js';
import { ownedJob, type OwnedJob } from './owned-job.js';
import { proveLora, withMetadata } from './proven-lora.js';

/** See `collectLora` in `activities.ts` for what is promised. */
export async function collectLora(deps: ComfyDependencies, { runId, attempt }: { runId: string; attempt: number }): Promise<Artifact> {
  const recorded = await deps.runs.read(runId);
  if (recorded?.artifact !== undefined && recorded.artifact !== null) return recorded.artifact;
  const job = await ownedJob(deps, runId, attempt);
  await deps.runs.setStatus(runId, 'collecting');
  let fetchedBytes = 0;
  return untilCancelled(() =>
    withHeartbeats(() => ({ phase: 'collecting', fetchedBytes }), async () => {
      const folder = await mkdtemp(join(deps.tempFolder ?? tmpdir(), 'trainyard-lora-'));
      try {
        const path = join(folder, 'lora.safetensors');
        const sizeBytes = await fetchTo(deps, job, path, (bytes) => {
          fetchedBytes = bytes;
        });
        const artifact = await storeProven(deps, job, path, sizeBytes);
        if ((await deps.runs.recordArtifact(runId, attempt, artifact)) === null) throw notOwner(runId, attempt);
        return artifact;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }),
  );
}

async function fetchTo(deps: ComfyDependencies, { file, claim }: OwnedJob, path: string, onBytes: (bytes: number) => void): Promise<number> {
  const client = deps.client.within(Context.current().cancellationSignal);
  const { stallLimitMs: silenceLimitMs, pollIntervalMs: retryMs } = deps.timings;
  const fetched = await download(client, file, path, { silenceLimitMs, retryMs, onBytes });
  const { nodeId, attempt } = claim;
  switch (fetched.kind) {
    case 'fetched':
      return fetched.sizeBytes;
    case 'missing':
      throw attemptFailure({ type: 'ArtifactMissing', nodeId, attempts: attempt }, `Expected ${file.folder}/${file.fileName} on ${nodeId}, found nothing.`);
    case 'silent':
      throw attemptFailure({ type: 'NodeGone', nodeId, attempts: attempt }, `Node ${nodeId} stopped giving the file: ${fetched.problem}`);
  }
}

async function storeProven(deps: ComfyDependencies, { row, recipe, claim }: OwnedJob, path: string, sizeBytes: number): Promise<Artifact> {
  const { nodeId, attempt } = claim;
  const proof = await proveLora(path, sizeBytes, row.settings.rank);
  switch (proof.kind) {
    case 'corrupt':
      throw attemptFailure({ type: 'ArtifactCorrupt', nodeId, attempts: attempt, problem: proof.problem.slice(0, 300) }, `The file of ${nodeId} is no LoRA: ${proof.problem}`);
    case 'without-effect':
      throw attemptFailure({ type: 'ArtifactWithoutEffect', nodeId, problem: proof.problem }, `The LoRA of ${nodeId} has no effect: ${proof.problem}.`);
    case 'proven':
      break;
  }
  const metadata = loraMetadata(row, recipe, baseModelOf(recipe, deps.baseModels));
  const stored = await deps.blobs.put(withMetadata(path, proof.header, metadata));
  return {
    sha256: stored.sha256,
    sha256AsFetched: proof.sha256,
    sizeBytes: stored.sizeBytes,
    tensors: proof.header.tensors.length,
    fileName: loraFileName(row),
  };
}

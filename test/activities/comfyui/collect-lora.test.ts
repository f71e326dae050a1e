import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import { promptIdOf } from '../../../activities/comfyui/graph.js';
import type { SubmitOutcome } from '../../../activities/comfyui/submit-training.js';
import { headerLengthOf, LENGTH_BYTES, readHeader } from '../../../domain/safetensors.js';
import type { Artifact } from '../../../domain/runs.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { JobBehaviour } from '../../../sandbox/comfyui/behaviours.js';
import { activityTry, openRunWorld, rejectionOf, startTestNode, untilTrue, type RunWorld, type TestNode } from '../../support/comfy-node.js';

describe('collectLora', () => {
  let world: RunWorld;
  let node: TestNode;

  beforeAll(async () => {
    world = await openRunWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  beforeEach(async () => {
    node = await startTestNode(world);
  });

  afterEach(async () => {
    expect(await readdir(node.tempFolder)).toEqual([]);
    await node.stop();
  });

  async function trained(behaviour?: JobBehaviour, wish: Parameters<RunWorld['openRun']>[0] = {}): Promise<RunRow> {
    const row = await world.openRun(wish);
    if (behaviour !== undefined) await node.control.scenario({ next: 1, behaviour });
    await activityTry().run(node.activities.submitTraining, { runId: row.runId, attempt: 1, avoid: null });
    await node.control.waitForJobs((jobs) => jobs.some((job) => job.runId === row.runId && job.state === 'completed'));
    return row;
  }

  function collect(row: RunRow, of: TestNode = node): Promise<Artifact> {
    return activityTry().run(of.activities.collectLora, { runId: row.runId, attempt: 1 });
  }

  it('stores a proven file that tells its own story, and records it in the row', async () => {
    const row = await trained(undefined, { datasetName: 'Käthe’s Cats & 猫' });
    const artifact = await collect(row);
    const [job] = await node.control.jobs();
    const stored = await world.blobs.read(artifact.sha256);
    if (stored === null) throw new Error('Expected the stored file.');
    expect(artifact).toEqual({
      sha256: createHash('sha256').update(stored).digest('hex'),
      sha256AsFetched: job?.file?.sha256,
      sizeBytes: stored.byteLength,
      tensors: expect.any(Number),
      fileName: `kathe-s-cats-sd15-lora-${row.runId.slice(0, 8)}.safetensors`,
    });
    expect((await world.runs.read(row.runId))?.artifact).toEqual(artifact);

    const length = headerLengthOf(stored, stored.byteLength) ?? 0;
    const reading = readHeader(stored.subarray(LENGTH_BYTES, LENGTH_BYTES + length), stored.byteLength);
    if (reading.kind !== 'ok') throw new Error(reading.problem);
    expect(reading.header.tensors).toHaveLength(artifact.tensors);
    expect(reading.header.metadata).toMatchObject({
      'trainyard.run_id': row.runId,
      'trainyard.trigger_word': 'tyrdcats',
      'trainyard.base_model': 'v1-5-pruned-emaonly-fp16.safetensors',
      'modelspec.trigger_phrase': 'tyrdcats',
      ss_network_dim: '4',
    });
  });

  it('keeps what the node had written into the header', async () => {
    const row = await trained();
    const artifact = await collect(row);
    const stored = await world.blobs.read(artifact.sha256);
    expect(stored?.subarray(0, 4000).toString('latin1')).toContain('simulated');
  });

  it('answers with the recorded artifact when it is asked again, whatever has become of the node', async () => {
    const row = await trained();
    const artifact = await collect(row);
    await node.control.down(true);
    expect(await collect(row)).toEqual(artifact);
  });

  it.each([
    ['nan', 'ArtifactWithoutEffect', { problem: 'not-a-number' }],
    ['zero-weights', 'ArtifactWithoutEffect', { problem: 'all-zero' }],
    ['truncated', 'ArtifactCorrupt', { attempts: 1 }],
    ['no-file', 'ArtifactMissing', { attempts: 1 }],
  ] as const)('refuses a training that ended in success with %s', async (kind, type, details) => {
    const row = await trained({ kind });
    expect(await rejectionOf(collect(row))).toMatchObject({ type, nonRetryable: true, details: [{ type, nodeId: 'alpha', ...details }] });
    expect((await world.runs.read(row.runId))?.artifact).toBeNull();
  });

  it('refuses a file of another rank', async () => {
    const row = await trained(undefined, { rank: 8 });
    await world.connection.collection('runs').updateOne({ _id: row.runId as never }, { $set: { 'settings.rank': 16 } });
    expect(await rejectionOf(collect(row))).toMatchObject({ type: 'ArtifactCorrupt', details: [{ problem: expect.stringContaining('expected rank 16') }] });
  });

  it('bears resets and odd answers on the way', async () => {
    const row = await trained();
    await node.control.scenario({ behaviour: { kind: 'http', route: 'HEAD /view', nothing: 'reset', times: 2 } });
    await node.control.scenario({ behaviour: { kind: 'http', route: 'GET /view', status: 502, body: '<html>', times: 2 } });
    expect((await collect(row)).tensors).toBeGreaterThan(0);
  });

  it('gives up on a node that stays silent, so that a new attempt can be made', async () => {
    const row = await trained();
    await node.control.down(true);
    const impatient = { ...node, activities: node.again({ stallLimitMs: 300 }) };
    expect(await rejectionOf(collect(row, impatient))).toMatchObject({ type: 'NodeGone', nonRetryable: true });
  });

  it('records nothing for a run that has ended meanwhile', async () => {
    const row = await trained();
    await world.runs.end(row.runId, { kind: 'cancelled', by: 'operator', capturedPoints: 0, releasedPoints: 1500 }, new Date());
    expect(await rejectionOf(collect(row))).toMatchObject({ type: 'NotOwner' });
  });

  it('leaves no file behind when its worker stops', async () => {
    const row = await trained();
    await node.control.scenario({ behaviour: { kind: 'http', route: 'GET /view', nothing: 'hang' } });
    const env = activityTry();
    const stopped = rejectionOf(env.run(node.activities.collectLora, { runId: row.runId, attempt: 1 }));
    await untilTrue(async () => (await node.control.calls()).some((call) => call.method === 'GET' && call.path.endsWith('/view')));
    env.cancel('WORKER_SHUTDOWN');
    expect(await stopped).toBeInstanceOf(CancelledFailure);
  });
});

describe('interruptJob and freeMemory', () => {
  let world: RunWorld;
  let node: TestNode;

  beforeAll(async () => {
    world = await openRunWorld();
    node = await startTestNode(world, { timings: { interruptLimitMs: 400 } });
  });

  afterAll(async () => {
    await node.stop();
    await world.close();
  });

  it('stop a running job, are content with one that is unknown, and tell the steps of one that had finished', async () => {
    const row = await world.openRun();
    const submitted: SubmitOutcome = await activityTry().run(node.activities.submitTraining, { runId: row.runId, attempt: 1, avoid: null });
    const promptId = submitted.kind === 'submitted' ? submitted.promptId : '';
    await node.control.waitForJobs((jobs) => jobs.some((job) => job.state === 'completed'));
    const interrupt = (id: string): Promise<unknown> => activityTry().run(node.activities.interruptJob, { runId: row.runId, promptId: id });
    expect(await interrupt(promptId)).toEqual({ stepsDone: 100 });
    expect(await interrupt('00000000-0000-4000-8000-000000000000')).toEqual({ stepsDone: null });
  });

  it('stop what runs also while nobody can tell what waits', async () => {
    const row = await world.openRun();
    await node.control.hold(0);
    await activityTry().run(node.activities.submitTraining, { runId: row.runId, attempt: 1, avoid: null });
    const promptId = promptIdOf(row.runId, 1);
    await node.control.scenario({ behaviour: { kind: 'http', route: 'GET /queue', status: 502, body: 'Bad gateway', contentType: 'text/plain', times: 50 } });
    expect(await rejectionOf(activityTry().run(node.activities.interruptJob, { runId: row.runId, promptId }))).toMatchObject({ nonRetryable: false });
    await node.control.waitForJobs((jobs) => jobs.some((job) => job.promptId === promptId && job.state === 'cancelled'));
    await node.control.clearScenarios();
    await node.control.release();
  });

  it('fail retryably while the node is away', async () => {
    await node.control.down(true);
    const failure = await rejectionOf(activityTry().run(node.activities.interruptJob, { runId: 'r', promptId: '00000000-0000-4000-8000-000000000000' }));
    expect(failure).toMatchObject({ nonRetryable: false });
    await node.control.down(false);
  });

  it('ask the node, and only the one meant, to unload its models', async () => {
    const frees = async (): Promise<number> => (await node.control.calls()).filter((call) => call.path.endsWith('/free')).length;
    await activityTry().run(node.activities.freeMemory, { nodeId: 'beta' });
    expect(await frees()).toBe(0);
    await activityTry().run(node.activities.freeMemory, { nodeId: 'alpha' });
    expect(await frees()).toBe(1);
  });
});

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { promptIdOf } from '../../../activities/comfyui/graph.js';
import { queueNames } from '../../../domain/queues.js';
import { createGpuNodeWorkers, type GpuNodeWorkers } from '../../../workers/gpu/gpu-worker.js';
import { openRunWorld, rejectionOf, startTestNode, TIMINGS, untilTrue, YARD_ID, type RunWorld, type TestNode } from '../../support/comfy-node.js';
import { testTemporalAddress } from '../../support/temporal.js';
import type { trainOnNode } from './training-workflow.js';

const SILENT = { info: () => undefined, warn: () => undefined };

describe('the workers of a node on a Temporal server', () => {
  const queues = queueNames(`gpu-${randomUUID()}-`);
  let world: RunWorld;
  let node: TestNode;
  let connection: NativeConnection;
  let client: Client;
  let workflows: Worker;
  let gpu: GpuNodeWorkers;
  let running: Promise<void>[];

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    world = await openRunWorld();
    node = await startTestNode(world);
    connection = await NativeConnection.connect({ address: testTemporalAddress() });
    client = new Client({ connection: await Connection.connect({ address: testTemporalAddress() }) });
    workflows = await Worker.create({ connection, taskQueue: queues.yard, workflowsPath: join(import.meta.dirname, 'training-workflow.ts') });
    gpu = await startGpu();
    running = [workflows.run(), ...gpu.workers.map((worker) => worker.run())];
  });

  afterAll(async () => {
    await gpu.reporter.stop();
    for (const worker of [workflows, ...gpu.workers]) worker.shutdown();
    await Promise.all(running);
    await client.connection.close();
    await connection.close();
    await node.stop();
    await world.close();
  });

  async function startGpu(): Promise<GpuNodeWorkers> {
    const workers = await createGpuNodeWorkers({
      connection,
      namespace: 'default',
      queues,
      node: node.deps.node,
      deps: { ...world, recipes: node.deps.recipes, baseModels: {}, yardId: YARD_ID, log: SILENT },
      settings: { ...TIMINGS, headers: {}, reportIntervalMs: 100, shutdownGraceMs: 100 },
    });
    workers.reporter.start();
    return workers;
  }

  function train(runId: string) {
    return client.workflow.start<typeof trainOnNode>('trainOnNode', {
      workflowId: `train-${runId}`,
      taskQueue: queues.yard,
      args: [{ runId, leaseQueue: queues.lease('default'), nodeQueues: { alpha: queues.node('alpha') } }],
    });
  }

  const alive = async (): Promise<number> => (await node.control.jobs()).filter((job) => job.state === 'pending' || job.state === 'running').length;

  it('train several runs one after the other, never two at once', async () => {
    const rows = [await world.openRun(), await world.openRun(), await world.openRun()];
    const handles = await Promise.all(rows.map((row) => train(row.runId)));
    let most = 0;
    let done = false;
    const watching = untilTrue(async () => {
      most = Math.max(most, await alive());
      return done;
    }).catch(() => undefined);
    const artifacts = await Promise.all(handles.map((handle) => handle.result()));
    done = true;
    await watching;
    expect(most).toBe(1);
    expect(new Set(artifacts.map((artifact) => JSON.stringify(artifact))).size).toBe(3);
  });

  it('stop the job of a workflow that is cancelled, and leave a terminated one to the reporter', async () => {
    await node.control.setStepMs(30);
    await node.control.hold(80);
    const row = await world.openRun();
    const handle = await train(row.runId);
    await untilTrue(async () => ((await world.runs.read(row.runId))?.progress?.step ?? 0) > 0);
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ kind: 'interrupted' });
    expect(await alive()).toBe(0);

    const other = await world.openRun();
    const terminated = await train(other.runId);
    await untilTrue(async () => ((await world.runs.read(other.runId))?.progress?.step ?? 0) > 0);
    await terminated.terminate();
    expect(await rejectionOf(terminated.result())).toBeInstanceOf(WorkflowFailedError);
    await world.runs.beginEnding(other.runId);
    await untilTrue(async () => (await alive()) === 0);
    await node.control.setStepMs(1);
    await node.control.release();
  });

  it('attach again after a restart in mid-training, without a second submission', async () => {
    await node.control.setStepMs(30);
    await node.control.hold(80);
    const row = await world.openRun();
    const handle = await train(row.runId);
    await untilTrue(async () => ((await world.runs.read(row.runId))?.progress?.step ?? 0) > 0);
    const [workflowRun, ...gpuRuns] = running;
    for (const worker of gpu.workers) worker.shutdown();
    await gpu.reporter.stop();
    await Promise.all(gpuRuns);
    expect(await alive()).toBe(1);
    gpu = await startGpu();
    running = [...(workflowRun === undefined ? [] : [workflowRun]), ...gpu.workers.map((worker) => worker.run())];
    await node.control.setStepMs(1);
    await node.control.release();
    expect(await handle.result()).toMatchObject({ tensors: expect.any(Number) });
    expect((await node.control.trainings())[promptIdOf(row.runId, 1)]).toBe(1);
  });
});

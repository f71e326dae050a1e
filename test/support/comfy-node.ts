import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Connection } from 'mongoose';
import { createComfyActivities, type ComfyActivities } from '../../activities/comfyui/activities.js';
import { createComfyClient, type ComfyClient } from '../../activities/comfyui/client.js';
import type { ComfyDependencies, ComfyTimings } from '../../activities/comfyui/dependencies.js';
import { createNodeProbe, type NodeProbe } from '../../activities/comfyui/node-probe.js';
import { createObserver } from '../../activities/comfyui/observer.js';
import type { RunSettings } from '../../domain/recipes.js';
import { createBlobs, type Blobs } from '../../models/blobs.js';
import { createNodes, type Nodes } from '../../models/nodes.js';
import { createRuns, type Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { loadRecipes, RECIPES_FOLDER } from '../../recipes/load.js';
import { createComfyControl, type ComfyControl } from '../../sandbox/comfyui/control.js';
import { createComfyStandIn, type ComfyStandInOptions } from '../../sandbox/comfyui/stand-in.js';
import { openTestDatabase } from './database.js';

export const YARD_ID = 'test-yard';

/** Short enough for a test, with the proportions of a real yard. */
export const TIMINGS: ComfyTimings = {
  pollIntervalMs: 60,
  submitRetryMs: 100,
  firstStepLimitMs: 20_000,
  stallLimitMs: 20_000,
  lostAfterReads: 3,
  interruptLimitMs: 4_000,
};

/** The smallest PNG there is: one pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** The database of one suite with what the activities of a node read and write there. */
export interface RunWorld {
  readonly connection: Connection;
  readonly runs: Runs;
  readonly nodes: Nodes;
  readonly blobs: Blobs;
  openRun(wish?: Partial<RunSettings> & { readonly recipeId?: string; readonly images?: number; readonly datasetName?: string }): Promise<RunRow>;
  close(): Promise<void>;
}

export async function openRunWorld(): Promise<RunWorld> {
  const database = await openTestDatabase();
  const { connection } = database;
  const [runs, nodes, blobs] = [createRuns(connection), createNodes(connection), createBlobs(connection)];
  await Promise.all([runs.ensureIndexes(), nodes.ensureIndexes(), blobs.ensureIndexes()]);
  const { sha256 } = await blobs.put(PIXEL);
  return {
    connection,
    runs,
    nodes,
    blobs,
    async openRun({ recipeId = 'sd15-lora', images = 4, datasetName = 'Cats', ...settings } = {}) {
      const runId = randomUUID();
      const opened = await runs.open(
        {
          runId,
          accountId: `discord:${runId}`,
          datasetId: randomUUID(),
          datasetName,
          triggerWord: 'tyrdcats',
          datasetRevision: 1,
          images: Array.from({ length: images }, (_, index) => ({
            imageId: `image-${index}`, fileName: `cat ${index}.png`, sha256, caption: `a cat, number ${index}`, trainingSha256: sha256,
          })),
          recipeId,
          queue: 'default',
          settings: { steps: 100, learningRate: 3e-4, rank: 4, resolutionPx: 512, ...settings },
          pricePoints: 1500,
          namespaceId: 'test',
          interactionId: 'interaction',
          locale: 'en-GB',
          cardPlace: { where: 'dm' },
        },
        1,
        new Date(),
      );
      if (opened.kind !== 'opened') throw new Error(`Expected the run to open, got ${opened.kind}.`);
      return opened.row;
    },
    close: () => database.close(),
  };
}

/** One stand-in with everything that serves it. */
export interface TestNode {
  readonly deps: ComfyDependencies;
  readonly client: ComfyClient;
  readonly probe: NodeProbe;
  readonly control: ComfyControl;
  /** Where fetched files are put while they are proven. */
  readonly tempFolder: string;
  readonly activities: ComfyActivities;
  /** Another set of activities for the same node, as another worker process would have. */
  again(timings: Partial<ComfyTimings>): ComfyActivities;
  stop(): Promise<void>;
}

export async function startTestNode(world: RunWorld, options: Partial<ComfyStandInOptions> & { readonly nodeId?: string; readonly timings?: Partial<ComfyTimings> } = {}): Promise<TestNode> {
  const { nodeId = 'alpha', timings, ...standInOptions } = options;
  const dir = await mkdtemp(join(tmpdir(), 'trainyard-comfy-'));
  const tempFolder = await mkdtemp(join(tmpdir(), 'trainyard-temp-'));
  const standIn = await createComfyStandIn({ dir, stepMs: 1, ...standInOptions });
  const node = { nodeId, url: standIn.url, queue: 'default' };
  const recipes = await loadRecipes(RECIPES_FOLDER);
  const client = createComfyClient({ url: standIn.url, timeoutMs: 1_500 });
  const probe = createNodeProbe({ node, client, recipes, baseModels: {} });
  const deps: ComfyDependencies = {
    node,
    client,
    observer: createObserver({ url: standIn.url }),
    probe,
    ...world,
    recipes,
    baseModels: {},
    yardId: YARD_ID,
    timings: { ...TIMINGS, ...timings },
    tempFolder,
  };
  return {
    deps,
    client,
    probe,
    tempFolder,
    control: createComfyControl(standIn.controlUrl),
    activities: createComfyActivities(deps),
    again: (other) => createComfyActivities({ ...deps, observer: createObserver({ url: standIn.url }), timings: { ...deps.timings, ...other } }),
    async stop() {
      await standIn.stop();
      for (const folder of [dir, tempFolder]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The context of one try of an activity; nothing is logged. */
export function activityTry(attempt = 1): MockActivityEnvironment {
  return new MockActivityEnvironment({ attempt, heartbeatTimeoutMs: 2_000 }, { logger: new DefaultLogger('ERROR') });
}

/** What a promise was rejected with; fails when it was not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then((value) => ({ value }), (error: unknown) => ({ error }));
  if ('error' in outcome) return outcome.error;
  throw new Error(`Expected a rejection, got ${JSON.stringify(outcome.value)}.`);
}

/** Waits for a condition by asking again and again; fails after ten seconds. */
export async function untilTrue(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('Expected the condition to come true within 10 s.');
    await delay(15);
  }
}

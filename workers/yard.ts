import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { createDatasetActivities } from '../activities/datasets/activities.js';
import { DOWNLOAD_TIMEOUTS } from '../activities/datasets/download.js';
import { createLedgerActivities } from '../activities/ledger/activities.js';
import { createLoraActivities } from '../activities/loras/activities.js';
import { createOperatorsActivities } from '../activities/operators/activities.js';
import { createRunActivities } from '../activities/runs/activities.js';
import { createTemporalActivities } from '../activities/temporal/activities.js';
import { keepCardsIdOf } from '../domain/workflow-names.js';
import { ensureSettleRuns, restoreSettleRuns } from '../workflows/settle-runs/client.js';
import { createBlobSweep } from './blob-sweep.js';
import type { RoleWorkers, WorkerContext } from './context.js';
import { createScheduleKeeper } from './schedule-keeper.js';

/** The list of workflows, as source or compiled like this file. */
export const WORKFLOWS_PATH = fileURLToPath(new URL(`../workflows/index${extname(import.meta.url)}`, import.meta.url));

/** Where `workers/bundle.ts` puts the workflows of a compiled yard. */
export const BUNDLE_PATH = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/** Enough for every run that is alive in a yard of some dozen nodes; a cold one is replayed in 5 ms. */
const CACHED_WORKFLOWS = 300;

/** The worker of all workflows and of the light activities: rows, ledger, shelf, Temporal itself. */
export async function createYardWorkers(context: WorkerContext, workflowBundle: WorkflowBundleOption | undefined = bundleOfBuild()): Promise<RoleWorkers> {
  const { settings, models, queues, client } = context;
  const temporal = createTemporalActivities({
    client,
    ...models,
    namespaceId: context.namespaceId,
    yardQueue: queues.yard,
    keepCardsId: keepCardsIdOf(settings.TASK_QUEUE_PREFIX),
    graceMs: settings.SETTLE_GRACE,
    announceMs: settings.ANNOUNCE_LIMIT,
  });
  const worker = await Worker.create({
    connection: context.temporal,
    namespace: context.namespace,
    taskQueue: queues.yard,
    ...(workflowBundle === undefined ? { workflowsPath: WORKFLOWS_PATH } : { workflowBundle }),
    maxCachedWorkflows: CACHED_WORKFLOWS,
    shutdownGraceTime: settings.SHUTDOWN_GRACE,
    interceptors: context.interceptors,
    activities: {
      ...createRunActivities({
        ...models,
        recipes: context.recipes,
        priceFactor: settings.PRICE_FACTOR,
        maxOpenRuns: settings.MAX_OPEN_RUNS,
        namespaceId: context.namespaceId,
        limits: {
          heartbeatMs: settings.HEARTBEAT_TIMEOUT,
          queueWaitMs: settings.QUEUE_WAIT_LIMIT,
          trainingMs: settings.TRAINING_LIMIT,
          nodeQueueUnservedMs: settings.NODE_QUEUE_UNSERVED_LIMIT,
          submitRetryMs: settings.SUBMIT_RETRY_INTERVAL,
          announceMs: settings.ANNOUNCE_LIMIT,
        },
      }),
      ...createLedgerActivities(models),
      ...createLoraActivities({ ...models, recipes: context.recipes }),
      ...createDatasetActivities({
        ...models,
        download: { allowedOrigins: settings.ATTACHMENT_ORIGINS, timeouts: DOWNLOAD_TIMEOUTS },
        uploadMaxBytes: settings.UPLOAD_MAX_BYTES,
        imagesPerDataset: settings.DATASET_IMAGE_LIMIT,
      }),
      ...createOperatorsActivities({ ...models, namespaceId: context.namespaceId, nodeReportIntervalMs: settings.NODE_REPORT_INTERVAL }),
      ...temporal,
    },
  });
  await temporal.ensureKeepCards();
  await ensureSettleRuns(client, settings.TASK_QUEUE_PREFIX, settings.SETTLE_INTERVAL);
  const keeper = createScheduleKeeper(() => restoreSettleRuns(client, settings.TASK_QUEUE_PREFIX, settings.SETTLE_INTERVAL), context.log, settings.SETTLE_INTERVAL);
  return { workers: [worker], background: [createBlobSweep(models, context.log), keeper] };
}

/** A compiled yard has its workflows bundled already, so that every start runs the very same code. */
function bundleOfBuild(): WorkflowBundleOption | undefined {
  return existsSync(BUNDLE_PATH) ? { codePath: BUNDLE_PATH } : undefined;
}

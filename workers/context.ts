import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { queueNames } from '../domain/queues.js';
import { createRedaction } from '../domain/secrets.js';
import type { QueueNames } from '../domain/queues.js';
import type { Recipe } from '../domain/recipes.js';
import { connectionLimits, WORKER_PATIENCE } from '../models/connection-limits.js';
import { loadRecipes, RECIPES_FOLDER } from '../recipes/load.js';
import type { WorkerConfig, WorkerSettings } from './config.js';
import { guardActivities } from './activity-guard.js';
import { openModels } from './models.js';
import type { Models } from './models.js';

/** What a role runs: Temporal workers, and what goes on beside them. */
export interface RoleWorkers {
  readonly workers: readonly Worker[];
  readonly background?: readonly { start(): void; stop(): Promise<void> }[];
}

/** What the workers of one process share: one connection to each server. */
export interface WorkerContext {
  readonly settings: WorkerSettings;
  readonly log: Logger;
  readonly mongo: Connection;
  readonly models: Models;
  readonly temporal: NativeConnection;
  /** Another connection, closed with the context. */
  connectTemporal(): Promise<NativeConnection>;
  readonly namespace: string;
  readonly namespaceId: string;
  readonly client: Client;
  readonly queues: QueueNames;
  readonly recipes: ReadonlyMap<string, Recipe>;
  /** For every worker of this process. */
  readonly interceptors: ReturnType<typeof guardActivities>;
  close(): Promise<void>;
}

/** Connects to MongoDB and Temporal; throws when one of them cannot be reached, so that the supervisor starts the process again. */
export async function openContext({ settings, temporal: config, secrets }: WorkerConfig, log: Logger): Promise<WorkerContext> {
  const recipes = await loadRecipes(RECIPES_FOLDER);
  const mongo = await createConnection(settings.MONGODB_URI, { ...connectionLimits(WORKER_PATIENCE), appName: 'trainyard' }).asPromise();
  const models = await openModels(mongo);
  const connections: NativeConnection[] = [];
  const connectTemporal = async (): Promise<NativeConnection> => {
    const connection = await NativeConnection.connect(config.connectionOptions);
    connections.push(connection);
    return connection;
  };
  const temporal = await connectTemporal();
  const namespace = config.namespace ?? settings.TEMPORAL_NAMESPACE;
  const described = await temporal.workflowService.describeNamespace({ namespace });
  const namespaceId = described.namespaceInfo?.id;
  if (namespaceId === undefined || namespaceId === null) throw new Error(`Expected the Temporal namespace "${namespace}" to have an id, got none.`);
  return {
    settings,
    log,
    mongo,
    models,
    temporal,
    connectTemporal,
    namespace,
    namespaceId,
    client: new Client({ connection: temporal, namespace }),
    queues: queueNames(settings.TASK_QUEUE_PREFIX),
    recipes,
    interceptors: guardActivities(createRedaction(secrets)),
    async close() {
      for (const connection of connections) await connection.close();
      await mongo.close();
    },
  };
}

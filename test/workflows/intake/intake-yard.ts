import { randomInt } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createDatasetActivities } from '../../../activities/datasets/activities.js';
import { createImageActivities } from '../../../activities/images/activities.js';
import { createDecoderPool } from '../../../activities/images/decoder-pool.js';
import type { Decoder } from '../../../activities/images/decoder-pool.js';
import { queueNames } from '../../../domain/queues.js';
import type { FileVerdict } from '../../../domain/verdicts.js';
import { createBlobs, type Blobs } from '../../../models/blobs.js';
import { createDatasets, type Datasets } from '../../../models/datasets.js';
import { createInteractions, type Interactions } from '../../../models/interactions.js';
import type { InteractionUpload } from '../../../models/interactions-schema.js';
import { createRuns } from '../../../models/runs.js';
import { createUploads, type Uploads } from '../../../models/uploads.js';
import { startIntake } from '../../../workflows/intake/client.js';
import { intakeIdOf, type IntakeAnswering } from '../../../workflows/intake/messages.js';
import { openAttachmentHost, type AttachmentHost } from '../../support/attachment-host.js';
import { openTestDatabase } from '../../support/database.js';
import { testTemporalAddress } from '../../support/temporal.js';
import { workflowBundle } from '../../support/workflow-bundle.js';

export const IMAGE_LIMIT = 25;
export const MAX_BYTES = 3_000_000;

export interface SentFile {
  readonly fileName: string;
  readonly content: Parameters<AttachmentHost['serve']>[1];
  /** What Discord said of the size; the true size unless given. */
  readonly sizeBytes?: number;
  readonly url?: string;
  /** The image a caption file is for, when that is known. */
  readonly imageId?: string;
}

export interface Sent {
  readonly datasetId: string;
  readonly files: readonly SentFile[];
  readonly captionFiles?: readonly SentFile[];
  readonly captions?: InteractionUpload['captions'];
  readonly captionPrefix?: string;
}

/** A yard that only takes uploads in: the real workflow, activities, servers and database, a host of attachments, and an adapter that notes its answers. */
export async function openIntakeYard() {
  const decoder = createDecoderPool({ processes: 2 });
  const [database, host] = await Promise.all([openTestDatabase(), openAttachmentHost()]);
  const { connection } = database;
  const models = {
    blobs: createBlobs(connection), datasets: createDatasets(connection), interactions: createInteractions(connection), uploads: createUploads(connection), runs: createRuns(connection),
  };
  await Promise.all(Object.values(models).map((model) => model.ensureIndexes()));
  const prefix = `${connection.name}-`;
  const answers: (readonly FileVerdict[])[] = [];
  const answering: IntakeAnswering = {
    answerIntake: async ({ interactionId }) => {
      answers.push((await models.interactions.read(interactionId))?.verdicts ?? []);
    },
  };
  const clientConnection = await Connection.connect({ address: testTemporalAddress() });
  const client = new Client({ connection: clientConnection });
  const stopWorkers = await runWorkers(prefix, { ...models, decoder }, host, answering);

  return {
    ...models, decoder, host, answers, client, prefix, connection,
    ...conversation(models, host, client, prefix),
    close: async () => {
      await stopWorkers();
      await clientConnection.close();
      await Promise.all([database.close(), host.close(), decoder.stop()]);
    },
  };
}

interface Models {
  readonly blobs: Blobs;
  readonly datasets: Datasets;
  readonly interactions: Interactions;
  readonly uploads: Uploads;
  readonly runs: ReturnType<typeof createRuns>;
}

async function runWorkers(prefix: string, models: Models & { readonly decoder: Decoder }, host: AttachmentHost, answering: IntakeAnswering): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: testTemporalAddress() });
  const queues = queueNames(prefix);
  const download = { allowedOrigins: [host.origin], timeouts: { answerMs: 2000, idleMs: 2000, totalMs: 10_000 } };
  const workers = await Promise.all([
    Worker.create({
      connection, workflowBundle: await workflowBundle(), taskQueue: queues.yard,
      activities: { ...createDatasetActivities({ ...models, download, uploadMaxBytes: MAX_BYTES, imagesPerDataset: IMAGE_LIMIT }) },
    }),
    Worker.create({ connection, taskQueue: queues.images, maxConcurrentActivityTaskExecutions: 2, activities: { ...createImageActivities({ ...models, recipes: new Map() }) } }),
    Worker.create({ connection, taskQueue: queues.discord, activities: { ...answering } }),
  ]);
  const running = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
  };
}

function conversation({ datasets, interactions }: Models, host: AttachmentHost, client: Client, prefix: string) {
  // Workflow ids come from interaction ids, and all suites share one Temporal server.
  const family = randomInt(1e9, 1e10);
  let last = 0;
  const next = (): string => {
    last += 1;
    return `${family}${String(last).padStart(4, '0')}`;
  };

  async function newDataset(): Promise<string> {
    const id = next();
    await datasets.create({ datasetId: `d${id}`, owner: 'discord:1', name: `Set ${id}`, nameKey: `set ${id}`, triggerWord: 'tyrd', now: new Date() });
    return `d${id}`;
  }

  /** What the bot does with an upload before it starts the intake. */
  async function send(sent: Sent): Promise<string> {
    const interactionId = next();
    const filesOf = (files: readonly SentFile[]) =>
      files.map(({ fileName, content, sizeBytes, url, imageId }, index) => ({
        number: index + 1, fileName, contentType: null, url: url ?? host.serve(fileName, content), sizeBytes: sizeBytes ?? (typeof content === 'function' ? 1 : content.length),
        ...(imageId === undefined ? {} : { imageId }),
      }));
    const { datasetId, captions = {}, captionPrefix } = sent;
    await interactions.store({
      interactionId, platform: 'discord', applicationId: '1', token: 'secret-token', accountId: 'discord:1', channelId: '2', guildId: null, canPostHere: false, locale: 'en-US',
      isOperator: false, createdAt: new Date(),
      upload: { datasetId, files: filesOf(sent.files), captionFiles: filesOf(sent.captionFiles ?? []), captions, ...(captionPrefix === undefined ? {} : { captionPrefix }) },
    });
    return interactionId;
  }

  const handleOf = (interactionId: string): WorkflowHandle => client.workflow.getHandle(intakeIdOf(interactionId));

  return {
    newDataset, send, handleOf,

    /** Starts the intake of an upload and waits for its end; gives the verdicts by the number of their file. */
    async takeIn(sent: Sent): Promise<{ interactionId: string; pictures: FileVerdict[]; captions: FileVerdict[] }> {
      const interactionId = await send(sent);
      await startIntake(client, prefix, interactionId);
      await handleOf(interactionId).result();
      const verdicts = [...((await interactions.read(interactionId))?.verdicts ?? [])].sort((a, b) => a.number - b.number);
      return { interactionId, pictures: verdicts.filter(({ role }) => role === 'picture'), captions: verdicts.filter(({ role }) => role === 'caption') };
    },
  };
}

export type IntakeYard = Awaited<ReturnType<typeof openIntakeYard>>;

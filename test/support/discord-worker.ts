import { MockActivityEnvironment } from '@temporalio/testing';
import type { Connection } from 'mongoose';
import { createDiscordActivities, type DiscordActivities } from '../../activities/discord/activities.js';
import { createDiscordRest } from '../../activities/discord/rest.js';
import { createBlobs, type Blobs } from '../../models/blobs.js';
import { createDatasets } from '../../models/datasets.js';
import { createDownloadLinks } from '../../models/download-links.js';
import { createInteractions } from '../../models/interactions.js';
import { createNodes, type Nodes } from '../../models/nodes.js';
import { createPreferences, type PreferencesOfAccounts } from '../../models/preferences.js';
import { createRuns, type Runs } from '../../models/runs.js';
import { createTroubles, type Troubles } from '../../models/troubles.js';
import type { RunRow } from '../../models/runs-schema.js';
import { createDiscordDriver, type DiscordDriver } from '../../sandbox/discord/driver/driver.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../sandbox/discord/stand-in.js';

export interface TestDiscord {
  readonly standIn: DiscordStandIn;
  readonly driver: DiscordDriver;
  readonly rest: ReturnType<typeof createDiscordRest>;
  readonly activities: DiscordActivities;
  readonly runs: Runs;
  readonly interactions: ReturnType<typeof createInteractions>;
  readonly nodes: Nodes;
  readonly preferences: PreferencesOfAccounts;
  readonly blobs: Blobs;
  readonly troubles: Troubles;
  /** Writes a row as the yard would. */
  record(row: RunRow): Promise<void>;
  /** Starts the keeper of the cards in an activity of its own; the result stops it and waits for its end. */
  keepCards(): () => Promise<void>;
  close(): Promise<void>;
}

const CARD_EDIT_INTERVAL_MS = 1_000;
const ATTACH_UP_TO_BYTES = 1_000_000;

/** The activities of a `discord` worker over a stand-in, its own unless one is given, and a database, without Temporal around them. */
export async function startTestDiscord(connection: Connection, given?: DiscordStandIn, opsChannelId?: string): Promise<TestDiscord> {
  const standIn = given ?? (await createDiscordStandIn());
  const runs = createRuns(connection);
  const interactions = createInteractions(connection);
  const [nodes, preferences, blobs] = [createNodes(connection), createPreferences(connection), createBlobs(connection)];
  await blobs.ensureIndexes();
  const troubles = createTroubles(connection);
  const rest = createDiscordRest({ token: standIn.token, apiUrl: standIn.apiUrl });
  const activities = createDiscordActivities({
    rest,
    runs,
    interactions,
    blobs,
    datasets: createDatasets(connection),
    downloadLinks: createDownloadLinks({ baseUrl: 'http://127.0.0.1:8080', secret: 'a secret of tests', ttlMs: 3_600_000 }),
    cardEditIntervalMs: CARD_EDIT_INTERVAL_MS,
    cardSlowIntervalMs: CARD_EDIT_INTERVAL_MS,
    attachUpToBytes: ATTACH_UP_TO_BYTES,
    nodes,
    preferences,
    pointsHelp: undefined,
    troubles,
    opsChannelId,
    webUi: { url: 'http://127.0.0.1:8233', namespace: 'the yard' },
  });
  return {
    standIn,
    driver: createDiscordDriver(standIn.controlUrl),
    rest,
    activities,
    runs,
    interactions,
    nodes,
    preferences,
    blobs,
    troubles,
    async record({ runId, ...row }) {
      await connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
    },
    keepCards() {
      const environment = new MockActivityEnvironment();
      const kept = environment.run(activities.keepCards, {});
      return async () => {
        environment.cancel('WORKER_SHUTDOWN');
        await kept;
      };
    },
    close: () => standIn.stop(),
  };
}

/** Runs one activity as a worker would. */
export function asActivity<Request, Result>(activity: (request: Request) => Promise<Result>, request: Request): Promise<Result> {
  return new MockActivityEnvironment().run(activity, request);
}

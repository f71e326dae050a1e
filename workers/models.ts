import type { Connection } from 'mongoose';
import { createBlobs } from '../models/blobs.js';
import { createDatasets } from '../models/datasets.js';
import { createInteractions } from '../models/interactions.js';
import { createLoras } from '../models/loras.js';
import { createNodes } from '../models/nodes.js';
import { createPointsLedger } from '../models/points-ledger.js';
import { createPreferences } from '../models/preferences.js';
import { createQuotes } from '../models/quotes.js';
import { createRuns } from '../models/runs.js';
import { createSightings } from '../models/sightings.js';
import { createTroubles } from '../models/troubles.js';
import { createUploads } from '../models/uploads.js';

export type Models = ReturnType<typeof createModels>;

/** Every collection of the yard, with its indexes in place: the unique ones carry promises, so nothing runs before them. */
export async function openModels(connection: Connection): Promise<Models> {
  const models = createModels(connection);
  for (const model of Object.values(models)) await model.ensureIndexes();
  return models;
}

/** Every collection of the yard, for a database whose indexes are in place. */
export function createModels(connection: Connection) {
  return {
    blobs: createBlobs(connection),
    datasets: createDatasets(connection),
    interactions: createInteractions(connection),
    ledger: createPointsLedger(connection),
    loras: createLoras(connection),
    nodes: createNodes(connection),
    preferences: createPreferences(connection),
    quotes: createQuotes(connection),
    runs: createRuns(connection),
    sightings: createSightings(connection),
    troubles: createTroubles(connection),
    uploads: createUploads(connection),
  };
}

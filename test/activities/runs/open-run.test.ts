import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRunActivities } from '../../../activities/runs/activities.js';
import type { Quote } from '../../../domain/runs.js';
import { createDatasets } from '../../../models/datasets.js';
import { createNodes } from '../../../models/nodes.js';
import { createQuotes } from '../../../models/quotes.js';
import { createRuns } from '../../../models/runs.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { aRecipe } from '../../support/recipe.js';
import { accountOf, seedDataset } from '../../support/seeds.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

describe('a run that opens', () => {
  it('freezes the trigger word of its offer and puts it in front of captions that lack it, whatever the dataset’s own is', async () => {
    const { connection } = database;
    const [runs, quotes, datasets] = [createRuns(connection), createQuotes(connection), createDatasets(connection)];
    const limits = { heartbeatMs: 1, queueWaitMs: 1, trainingMs: 1, nodeQueueUnservedMs: 1, submitRetryMs: 1, announceMs: 1 };
    const activities = createRunActivities({
      runs, quotes, datasets, nodes: createNodes(connection), recipes: new Map([['sd15-lora', aRecipe()]]), priceFactor: 1, maxOpenRuns: 2, namespaceId: 'n', limits,
    });
    const captions = ['a cat', 'ohwxcat on a chair', 'a cat', 'a cat'];
    const datasetId = await seedDataset(connection, { images: captions.map((caption, at) => ({ fileName: `${at}.jpg`, caption })), withFiles: false });
    const dataset = await datasets.read(datasetId);
    const quote: Quote = {
      quoteId: randomUUID(), runId: randomUUID(), accountId: accountOf('mira'), datasetId, datasetRevision: dataset?.revision ?? 0, recipeId: 'sd15-lora',
      settings: { steps: 1_500, learningRate: 0.000_5, rank: 16, resolutionPx: 512 }, triggerWord: 'ohwxcat', pricePoints: 1_500, imageCount: 4, locale: 'en-GB',
      cardPlace: { where: 'dm' }, expiresAt: new Date(Date.now() + 60_000),
    };
    await quotes.store(quote);
    expect(await activities.openRun({ runId: quote.runId, quoteId: quote.quoteId, interactionId: '1' })).toMatchObject({ kind: 'opened', pricePoints: 1_500 });
    const row = await runs.read(quote.runId);
    expect(row?.triggerWord).toBe('ohwxcat');
    expect(row?.images.map(({ caption }) => caption)).toEqual(['ohwxcat, a cat', 'ohwxcat on a chair', 'ohwxcat, a cat', 'ohwxcat, a cat']);
  });
});

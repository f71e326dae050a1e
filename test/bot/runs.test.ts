import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { createConnection } from 'mongoose';
import { pino } from 'pino';
import { connectInTime } from '../../bot/database.js';
import type { AccountId } from '../../domain/accounts.js';
import type { DatasetImage } from '../../domain/datasets.js';
import type { RunRow } from '../../models/runs-schema.js';
import { createDatasets } from '../../models/datasets.js';
import { createLoras } from '../../models/loras.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import { ELSEWHERE_CHANNEL_ID, GENERAL_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { aRun, anEndedRun } from '../support/run-rows.js';
import { testTemporalAddress } from '../support/temporal.js';

const MIRA: AccountId = `discord:${USERS.mira.id}`;
let database: TestDatabase;
let bot: TestBot;
let temporal: Connection;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-runs-${randomUUID()}-`, config: { OPERATORS: [`discord:${USERS.olga.id}`] } });
  temporal = await Connection.connect({ address: testTemporalAddress() });
});

afterAll(async () => {
  await temporal.close();
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');

async function said(handle: InteractionHandle): Promise<string> {
  return allText((await handle.message()).components);
}

async function aDataset(images: number, caption: string | null = 'a cat'): Promise<string> {
  const datasets = createDatasets(database.connection);
  const datasetId = randomUUID();
  const name = `Cats ${datasetId.slice(0, 8)}`;
  await datasets.create({ datasetId, owner: MIRA, name, nameKey: name.toLowerCase(), triggerWord: 'tyrdcats', now: new Date() });
  for (let at = 0; at < images; at += 1) {
    const unique = randomUUID();
    const image: DatasetImage = {
      imageId: unique, fileName: `cat-${at}.png`, sha256: unique, previewSha256: unique, originalSha256: unique, dHash: '0', widthPx: 1024, heightPx: 1024, sizeBytes: 1, caption, warnings: [], addedAt: new Date(),
    };
    await datasets.addImage(datasetId, image, 100);
  }
  return datasetId;
}

/** Writes rows as the yard would. */
async function record(row: RunRow): Promise<void> {
  const { runId, ...rest } = row;
  const collection = database.connection.collection<{ _id: string }>('runs');
  await collection.insertOne({ _id: runId, ...rest });
}

describe('/train start', () => {
  it('shows what it costs and what stays before anything is taken, and the press starts the run of that very offer once', async () => {
    const datasetId = await aDataset(12);
    const offer = await (await mira().slash('train start', { id: datasetId })).message();
    const text = allText(offer.components);
    expect(text).toContain('1,900 points');
    expect(text).toContain('3,100 points stay');
    expect(text).toContain('No node can run it just now');
    expect(text).toContain('direct messages');
    expect((await bot.services.points.balanceOf(MIRA)).heldPoints).toBe(0);

    await mira().click(offer, 'Start training');
    const again = await mira().click(offer, 'Start training');
    await again.waitFor((seen) => seen.acknowledgedAt !== undefined);
    const quote = await database.connection.collection('quotes').findOne({ datasetId });
    const workflowId = `train-run:${String(quote?.['runId'])}`;
    const client = new Client({ connection: temporal });
    await bot.driver.waitFor(async () => client.workflow.getHandle(workflowId).describe().then((found) => found.status.name === 'RUNNING', () => false));
    const presses = (await mira().interactions()).filter((seen) => seen.label.includes('Start training'));
    expect(presses.every((seen) => seen.failure === undefined)).toBe(true);
    const kept = await database.connection.collection<{ _id: string; token: string }>('interactions').findOne({ _id: presses[0]?.id ?? '' });
    expect(kept?.token).toEqual(expect.any(String));
    await client.workflow.getHandle(workflowId).terminate('end of test');
  });

  it('names every setting that does not fit the recipe', async () => {
    const datasetId = await aDataset(4);
    for (const steps of [0, -1, 1_000_000_000]) expect(await said(await mira().slash('train start', { id: datasetId, steps }))).toContain('`steps` must be a whole number from 100 to 5000');
    const text = await said(await mira().slash('train start', { id: datasetId, steps: 99, rank: 0, learning_rate: 5, resolution: 4_096 }));
    for (const name of ['steps', 'rank', 'learning_rate', 'resolution']) expect(text).toContain(`\`${name}\` must be`);
    expect(await said(await mira().slash('train start', { id: datasetId, recipe: 'no-such-recipe' }))).toContain('Known recipes: sd15');
  });

  it('says how many images or captions are missing', async () => {
    expect(await said(await mira().slash('train start', { id: await aDataset(3) }))).toContain('4 to 20 images; this dataset has 3');
    expect(await said(await mira().slash('train start', { id: await aDataset(21) }))).toContain('this dataset has 21');
    expect(await said(await mira().slash('train start', { id: await aDataset(4, null) }))).toContain('4 images have no caption');
  });

  it('says so when there are not enough points', async () => {
    expect(await said(await mira().slash('train start', { id: await aDataset(20), steps: 5_000 }))).toMatch(/1,900|3,000/);
    expect(await said(await bot.driver.user('jonas').slash('train start', { id: await aDataset(4) }))).toContain('not one of your datasets');
  });

  it('promises a card here only where the bot may post', async () => {
    const datasetId = await aDataset(4);
    expect(await said(await mira().slash('train start', { id: datasetId, card: 'here' }))).toContain('goes to this channel');
    expect(await said(await mira().slash('train start', { id: datasetId, card: 'here' }, { channel: ELSEWHERE_CHANNEL_ID }))).toContain('cannot post in this channel');
    await bot.driver.change({ kind: 'deny', channelId: GENERAL_CHANNEL_ID, permissions: ['SEND_MESSAGES'] });
    expect(await said(await mira().slash('train start', { id: datasetId, card: 'here' }, { channel: GENERAL_CHANNEL_ID }))).toContain('cannot post in this channel');
  });

  it('refuses while the dataset is being trained, and so does deleting it', async () => {
    const datasetId = await aDataset(4);
    await record(aRun({ runId: randomUUID(), accountId: MIRA, datasetId, slot: 5 }));
    expect(await said(await mira().slash('train start', { id: datasetId }))).toContain('being trained already');
    expect(await said(await mira().slash('train delete', { id: datasetId }))).toContain('being trained just now');
  });
});

describe('/train status and cancel', () => {
  it('show a run in text, and the figure a cancel costs now', async () => {
    const datasetId = await aDataset(4);
    const runId = randomUUID();
    const training = { status: 'training', progress: { phase: 'training', step: 420, totalSteps: 1_500 }, progressAt: new Date() } as const;
    await record(aRun({ runId, accountId: MIRA, datasetId, slot: 6, ...training }));
    expect(await said(await mira().slash('train status', { id: datasetId }))).toContain('420 of 1,500 steps');
    expect(await said(await mira().slash('train status'))).toContain('Training (420 of 1,500 steps)');

    const question = await (await mira().slash('train cancel', { id: datasetId })).message();
    expect(allText(question.components)).toContain('532 points');
    expect(allText(question.components)).toContain('1,368 points');
    // No workflow runs it, so it has ended for Temporal: too late is an answer, not an error.
    const told = await (await mira().click(question, 'Cancel training')).waitFor((seen) => allText(seen.updated?.components ?? []).includes('too late'));
    expect(told.failure).toBeUndefined();
  });

  it('are the same for a run of somebody else as for none, but operators may cancel', async () => {
    const datasetId = await aDataset(4);
    const runId = randomUUID();
    await record(aRun({ runId, accountId: MIRA, datasetId, slot: 7 }));
    const jonas = bot.driver.user('jonas');
    expect(await said(await jonas.slash('train cancel', { id: datasetId }))).toContain('not one of your trainings');
    expect(await said(await jonas.slash('train cancel', { id: runId }))).toContain('not one of your trainings');
    expect(await said(await bot.driver.user('olga').slash('train cancel', { id: runId }))).toContain('all 1,900 points go back to the owner');
  });

  it('show ends that could not be delivered at the next command, once, with a private download', async () => {
    const runId = randomUUID();
    await record(anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 }, { runId, accountId: MIRA, datasetId: randomUUID() }));
    await createLoras(database.connection).shelve({
      loraId: runId, owner: MIRA, name: 'Cats', fileName: 'cats.safetensors', sha256: 'b', sizeBytes: 37_000_000, tensors: 1, triggerWord: 't', baseModel: 'b', recipeId: 'sd15-lora',
      settings: { steps: 1, learningRate: 1, rank: 1, resolutionPx: 1 }, createdAt: new Date(),
    });
    const seen = await (await mira().slash('train list')).waitFor((one) => one.messages.length === 2);
    const [, notice] = seen.messages;
    expect(allText(notice?.components ?? [])).toContain('could not be reached');
    expect(notice?.ephemeral).toBe(true);
    await bot.driver.waitFor(async () => (await bot.services.runs.read(runId))?.notice === 'delivered');

    const link = await (await mira().click(notice ?? { id: '' }, 'Download Cats')).message();
    expect(JSON.stringify(link.components)).toContain(`/download/${runId}?expires=`);
    expect(buttonsOf(link.components)).toContain('Download');
    await (await mira().slash('train list')).message();
    expect((await mira().interactions()).at(-1)?.messages).toHaveLength(1);
  });

  it('tell of each of many such ends, some at a time', async () => {
    const jonas = bot.driver.user('jonas');
    const told = async (): Promise<string> => allText((await (await jonas.slash('train list')).waitFor((one) => one.messages.length === 2)).messages[1]?.components ?? []);
    const names = Array.from({ length: 7 }, (_, at) => `Missed${at}`);
    for (const [at, datasetName] of names.entries()) {
      await record(anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 }, { runId: randomUUID(), accountId: `discord:${USERS.jonas.id}`, datasetId: randomUUID(), datasetName, endedAt: new Date(Date.UTC(2026, 2, 1, 13, at)) }));
    }
    const first = await told();
    expect(first).toContain('And 2 more');
    await bot.driver.waitFor(async () => (await bot.services.runs.pendingNotices(`discord:${USERS.jonas.id}`, new Date())).length === 2);
    const second = await told();
    expect(names.filter((name) => first.includes(name))).toEqual(names.slice(0, 5));
    expect(names.filter((name) => second.includes(name))).toEqual(names.slice(5));
  });
});

describe('when a part of the yard is away', () => {
  it('says so in time for MongoDB, and nothing fails in silence', async () => {
    const connection = createConnection();
    const giveUp = new AbortController();
    const trying = connectInTime(connection, 'mongodb://127.0.0.1:9/nowhere', pino({ level: 'silent' }), giveUp.signal);
    const nowhere = await startTestBot({ database: connection, databaseDown: true, prefix: 'bot-nowhere-' });
    try {
      for (const path of ['train list', 'points balance', 'train status']) {
        const handle = await nowhere.driver.user('mira').slash(path);
        expect(allText((await handle.message({ timeoutMs: 9_000 })).components)).toContain('database cannot be reached just now; nothing was changed');
        expect((await handle.view()).failure).toBeUndefined();
      }
      expect(await nowhere.driver.user('mira').autocomplete('train view', 'id', 'a')).toEqual([]);
    } finally {
      giveUp.abort();
      await trying;
      await nowhere.close();
      await connection.close();
    }
  });

  it('says that a start is not confirmed when Temporal does not answer, and the button stays', async () => {
    const datasetId = await aDataset(4);
    const connection = await createConnection(database.uri).asPromise();
    const cut = await startTestBot({ database: connection, prefix: 'bot-cut-', temporalAddress: '127.0.0.1:9' });
    try {
      const user = cut.driver.user('mira');
      const offer = await (await user.slash('train start', { id: datasetId })).message();
      const pressed = await (await user.click(offer, 'Start training')).waitFor((seen) => allText(seen.updated?.components ?? []).includes('cannot start twice'), { timeoutMs: 15_000 });
      expect(buttonsOf(pressed.updated?.components ?? [])).toEqual(['Start training']);
    } finally {
      await cut.close();
      await connection.close();
    }
  });
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunRow } from '../../models/runs-schema.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import { ELSEWHERE_CHANNEL_ID, GENERAL_CHANNEL_ID, type PersonName } from '../../sandbox/discord/people.js';
import type { SeenMessage } from '../../sandbox/discord/user/seen.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { FAILURES } from '../support/every-ending.js';
import { aRecipe } from '../support/recipe.js';
import { aRun, anEndedRun } from '../support/run-rows.js';
import { accountOf, captioned, seedDataset, type SeededImage } from '../support/seeds.js';

const SDXL = aRecipe({
  id: 'sdxl-lora', title: 'SDXL LoRA', images: { ...aRecipe().images, max: 40 },
  settings: { ...aRecipe().settings, resolutionPx: { min: 512, max: 1_536, default: 1_024, integer: true } },
});
let database: TestDatabase;
let bot: TestBot;
let slot = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, recipes: [aRecipe(), SDXL], prefix: `bot-start-${randomUUID()}-`, config: { WELCOME_POINTS: 1_900 } });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');
const textOf = (message: SeenMessage): string => allText(message.components);
const messageOf = (handle: InteractionHandle): Promise<SeenMessage> => handle.message();
const datasetOf = (images: readonly SeededImage[] = captioned(12), owner: PersonName = 'mira'): Promise<string> => seedDataset(database.connection, { owner, images, withFiles: false });

async function offerOf(datasetId: string, options: Record<string, string | number> = {}): Promise<SeenMessage> {
  return messageOf(await mira().slash('train start', { id: datasetId, ...options }));
}

/** What a press made of the message it stands on. */
async function pressed(message: SeenMessage, button: string, expected: string): Promise<SeenMessage> {
  const seen = await (await mira().click(message, button)).waitFor((one) => allText(one.updated?.components ?? []).includes(expected));
  return seen.updated as SeenMessage;
}

async function quotesOf(datasetId: string): Promise<Record<string, unknown>[]> {
  return database.connection.collection('quotes').find({ datasetId }).toArray();
}

async function record(row: RunRow): Promise<string> {
  const { runId, ...rest } = row;
  await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...rest });
  return runId;
}

/** A run of Mira's, as the yard would have left it. */
async function ran(datasetId: string, end: NonNullable<RunRow['end']>, changes: Partial<RunRow> = {}): Promise<string> {
  return record(anEndedRun(end, { runId: randomUUID(), accountId: accountOf('mira'), datasetId, notice: 'delivered', createdAt: new Date(), ...changes }));
}

const succeeded = { kind: 'succeeded', capturedPoints: 1_900 } as const;
const outOfMemory = { kind: 'failed', failure: { type: 'OutOfMemory', nodeId: 'shed', setting: 'resolution' }, releasedPoints: 1_900 } as const;

describe('/train start', () => {
  it('takes steps or epochs, and says so when both are given, together with everything else that does not fit', async () => {
    const datasetId = await datasetOf();
    expect(textOf(await offerOf(datasetId, { epochs: 100 }))).toContain('1,200 steps (about 100 epochs)');
    const refusal = await offerOf(datasetId, { steps: 500, epochs: 100, rank: 0, trigger_word: 'two words' });
    for (const said of ['only one of them', '`rank` must be', 'A trigger word is one word']) expect(textOf(refusal)).toContain(said);
    expect(buttonsOf(refusal.components)).toEqual(['Change settings']);
  });

  it('freezes the trigger word that was wished in the offer', async () => {
    const datasetId = await datasetOf();
    expect(textOf(await offerOf(datasetId, { trigger_word: 'ohwxcat' }))).toContain('`ohwxcat`');
    expect(await quotesOf(datasetId)).toMatchObject([{ triggerWord: 'ohwxcat' }]);
  });

  it('tells how long it takes once trainings of the recipe have finished, and says plainly before that it is not known', async () => {
    const datasetId = await datasetOf();
    expect(textOf(await offerOf(datasetId))).toContain('not known yet');
    const firstStepAt = new Date('2026-03-01T12:00:00Z');
    const timed = { progress: { phase: 'saving', step: 1_500, totalSteps: 1_500 }, firstStep: 1, firstStepAt, progressAt: new Date(firstStepAt.getTime() + 1_499 * 200) } as const;
    await ran(await datasetOf(), succeeded, timed);
    expect(textOf(await offerOf(datasetId))).toContain('about 5 minutes');
    expect(textOf(await offerOf(datasetId, { resolution: 724 }))).toContain('about 10 minutes');
  });

  it('complaint 7: says before the start, and not at the end, that the bot may not post in the channel', async () => {
    const datasetId = await datasetOf();
    const start = async (channel: string): Promise<SeenMessage> => messageOf(await mira().slash('train start', { id: datasetId, card: 'here' }, { channel }));
    await bot.driver.change({ kind: 'deny', channelId: GENERAL_CHANNEL_ID, permissions: ['SEND_MESSAGES'] });
    for (const channel of [GENERAL_CHANNEL_ID, ELSEWHERE_CHANNEL_ID]) {
      const offer = await start(channel);
      expect(textOf(offer)).toContain('cannot post in this channel');
      expect(buttonsOf(offer.components)).not.toContain('Card here');
    }
    expect((await quotesOf(datasetId)).every(({ cardPlace }) => (cardPlace as { where: string }).where === 'dm')).toBe(true);
  });

  it('goes by what the account prefers, unless told otherwise', async () => {
    const datasetId = await seedDataset(database.connection, { owner: 'jonas', images: captioned(4), withFiles: false });
    await bot.services.preferences.change(accountOf('jonas'), { cardPlace: 'here', recipeId: 'sdxl-lora' });
    const start = async (options: Record<string, string>): Promise<string> => textOf(await messageOf(await bot.driver.user('jonas').slash('train start', { id: datasetId, ...options })));
    const preferred = await start({});
    expect(preferred).toContain('goes to this channel');
    expect(preferred).toContain('`sdxl-lora`');
    const told = await start({ recipe: 'sd15-lora', card: 'dm' });
    expect(told).toContain('direct messages');
    expect(told).toContain('`sd15-lora`');
  });
});

describe('the confirm screen', () => {
  it('makes another offer of what is changed in its form, and leaves the first as it was', async () => {
    const datasetId = await datasetOf();
    const offer = await offerOf(datasetId);
    const form = await (await mira().click(offer, 'Change settings')).modal();
    expect(JSON.stringify(form.components)).toContain('"value":"1500"');
    await mira().submitModal(form, { steps: '50 epochs', rank: '32', learningRate: '0,0001', resolutionPx: '', triggerWord: 'ohwxcat' });
    await bot.driver.waitFor(async () => textOf((await mira().lookAt(offer)) ?? offer).includes('600 steps'));
    const [first, second] = await quotesOf(datasetId);
    expect(first).toMatchObject({ settings: { steps: 1_500, rank: 16 }, pricePoints: 1_900 });
    expect(second).toMatchObject({ settings: { steps: 600, rank: 32, learningRate: 0.000_1, resolutionPx: 512 }, triggerWord: 'ohwxcat', pricePoints: 1_720 });
    expect(second?.['runId']).not.toBe(first?.['runId']);
  });

  it('answers bad input of the form with a sentence and a button that opens it again with what was typed', async () => {
    const datasetId = await datasetOf();
    const offer = await offerOf(datasetId);
    const form = await (await mira().click(offer, 'Change settings')).modal();
    await mira().submitModal(form, { steps: 'plenty', rank: '999', learningRate: '0.0002', triggerWord: 'ohwxcat' });
    const refusal = await bot.driver.waitFor(async () => {
      const now = await mira().lookAt(offer);
      return now !== undefined && textOf(now).includes('you asked for plenty') && now;
    });
    expect(textOf(refusal)).toContain('you asked for 999');
    const again = await (await mira().click(refusal, 'Change settings')).modal();
    for (const typed of ['plenty', '999', '0.0002', 'ohwxcat']) expect(JSON.stringify(again.components)).toContain(`"value":"${typed}"`);
    await mira().submitModal(again, { steps: '700', rank: '8' });
    await bot.driver.waitFor(async () => textOf((await mira().lookAt(offer)) ?? offer).includes('700 steps'));
  });

  it('puts the card here or into direct messages by another offer', async () => {
    const datasetId = await datasetOf();
    const here = await pressed(await offerOf(datasetId), 'Card here', 'goes to this channel');
    await pressed(here, 'Card in my DMs', 'goes to your direct messages');
    expect((await quotesOf(datasetId)).map(({ cardPlace }) => (cardPlace as { where: string }).where)).toEqual(['dm', 'here', 'dm']);
  });

  it('takes another recipe with the settings that fit it', async () => {
    const datasetId = await datasetOf();
    const offer = await offerOf(datasetId, { steps: 700 });
    const customId = /v1:recipe:[^"]*/.exec(JSON.stringify(offer.components))?.[0] ?? '';
    await mira().select(offer, customId, ['sdxl-lora']);
    await bot.driver.waitFor(async () => textOf((await mira().lookAt(offer)) ?? offer).includes('`sdxl-lora`'));
    expect((await quotesOf(datasetId))[1]).toMatchObject({ recipeId: 'sdxl-lora', settings: { steps: 700, resolutionPx: 1_024 } });
  });

  it('cannot be started without the points for it, and leads to fewer steps that can be paid', async () => {
    const offer = await offerOf(await datasetOf(), { steps: 3_000 });
    expect(textOf(offer)).toContain('With 1,500 steps you could pay for it');
    await expect(mira().click(offer, 'Start training')).rejects.toThrow(/disabled/);
    const form = await (await mira().click(offer, 'Fewer steps')).modal();
    await mira().submitModal(form, { steps: '1500' });
    await bot.driver.waitFor(async () => textOf((await mira().lookAt(offer)) ?? offer).includes('0 points stay'));
  });
});

describe('train again', () => {
  it('offers the same, and with other settings opens the form of it; the message they stand on stays', async () => {
    const datasetId = await datasetOf();
    const settings = { steps: 800, learningRate: 0.000_2, rank: 8, resolutionPx: 448 };
    await ran(datasetId, succeeded, { settings, triggerWord: 'ohwxcat' });
    const status = await messageOf(await mira().slash('train status', { id: datasetId }));
    const again = await messageOf(await mira().click(status, 'Train again'));
    for (const said of ['800 steps', '`ohwxcat`', 'rank 8']) expect(textOf(again)).toContain(said);
    const form = await (await mira().click(status, 'Other settings')).modal();
    expect(JSON.stringify(form.components)).toContain('"value":"800"');
    const other = await messageOf(await mira().submitModal(form, { steps: '900' }));
    expect(textOf(other)).toContain('900 steps');
    expect(other.id).not.toBe(status.id);
    expect(await quotesOf(datasetId)).toMatchObject([{ settings }, { settings: { ...settings, steps: 900 } }]);
  });

  it('answers bad input of that form with a button that opens it again', async () => {
    const runId = await ran(await datasetOf(), succeeded);
    const status = await messageOf(await mira().slash('train status', { id: runId }));
    const form = await (await mira().click(status, 'Other settings')).modal();
    const refusal = await messageOf(await mira().submitModal(form, { steps: 'plenty' }));
    expect(buttonsOf(refusal.components)).toEqual(['Change settings']);
    const again = await (await mira().click(refusal, 'Change settings')).modal();
    expect(JSON.stringify(again.components)).toContain('"value":"plenty"');
  });

  it('after a failure that names a setting, offers an easier one and says so', async () => {
    const datasetId = await datasetOf();
    const runId = await ran(datasetId, outOfMemory);
    for (const options of [{}, { id: runId }, { id: datasetId }]) {
      const offer = await messageOf(await mira().slash('train retry', options));
      expect(textOf(offer)).toContain('resolution 384 instead of 512');
    }
    expect(await quotesOf(datasetId)).toMatchObject(Array.from({ length: 3 }, () => ({ settings: { resolutionPx: 384, rank: 16 } })));
  });

  it('suggests what failed, by name and how it ended', async () => {
    const datasetId = await datasetOf();
    const runId = await ran(datasetId, { kind: 'failed', failure: FAILURES.JobLost, releasedPoints: 1_900 }, { datasetName: 'Retried cats' });
    await ran(await datasetOf(), succeeded, { datasetName: 'Retried dogs' });
    expect(await mira().autocomplete('train retry', 'id', 'retried')).toEqual([{ name: 'Retried cats · Failed · sd15-lora', value: runId }]);
    expect(await bot.driver.user('jonas').autocomplete('train retry', 'id', '')).toEqual([]);
  });

  it('says so when nothing failed, when the run is somebody else’s, and when it is still under way', async () => {
    const datasetId = await datasetOf();
    const theirs = await ran(datasetId, outOfMemory);
    const jonas = bot.driver.user('jonas');
    expect(textOf(await messageOf(await jonas.slash('train retry')))).toContain('None of your trainings has failed');
    expect(textOf(await messageOf(await jonas.slash('train retry', { id: theirs })))).toContain('not one of your trainings');
    slot += 1;
    const open = await record(aRun({ runId: randomUUID(), accountId: accountOf('mira'), datasetId, slot: 100 + slot }));
    expect(textOf(await messageOf(await mira().slash('train retry', { id: open })))).toContain('being trained already');
  });
});

describe('what a refusal leads on to', () => {
  it('fills the missing captions in one press, and then the training can be offered', async () => {
    const datasetId = await datasetOf([...captioned(3), { fileName: 'bare-1.jpg', caption: null }, { fileName: 'bare-2.jpg', caption: null }]);
    const refusal = await offerOf(datasetId);
    expect(textOf(refusal)).toContain('No points were taken');
    await messageOf(await mira().click(refusal, 'Use the trigger word alone for the missing 2'));
    expect(textOf(await offerOf(datasetId))).toContain('Price: 1,550 points');
    const editor = await messageOf(await mira().click(refusal, 'Captions'));
    expect(textOf(editor)).toContain('picture-1.jpg');
  });

  it('opens the upload where images are missing', async () => {
    const refusal = await offerOf(await datasetOf(captioned(3)));
    expect((await (await mira().click(refusal, 'Upload')).modal()).title).not.toBe('');
  });

  it('shows the training that is in the way', async () => {
    const datasetId = await datasetOf();
    slot += 1;
    await record(aRun({ runId: randomUUID(), accountId: accountOf('mira'), datasetId, datasetName: 'In the way', slot: 100 + slot }));
    const refusal = await offerOf(datasetId);
    expect(textOf(await messageOf(await mira().click(refusal, 'Show it')))).toContain('In the way');
  });

  it('offers a known recipe where an unknown one was named', async () => {
    const refusal = await offerOf(await datasetOf(), { recipe: 'no-such-recipe' });
    expect(textOf(await messageOf(await mira().click(refusal, 'New offer')))).toContain('Price: 1,900 points');
  });
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse, and took no points', async () => {
    expect(await bot.driver.violations()).toEqual([]);
    expect((await bot.services.points.balanceOf(accountOf('mira'))).heldPoints).toBe(0);
  });
});

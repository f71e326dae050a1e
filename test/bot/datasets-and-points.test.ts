import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DatasetImage } from '../../domain/datasets.js';
import { createDatasets } from '../../models/datasets.js';
import { OPERATOR_ROLE_ID, GUILD_ID, USERS } from '../../sandbox/discord/people.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestBot, type TestBot } from '../support/bot.js';

let database: TestDatabase;
let bot: TestBot;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({
    database: database.connection,
    prefix: 'bot-datasets-',
    config: { HOME_GUILD_ID: GUILD_ID, OPERATOR_ROLE_ID },
  });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');
const jonas = () => bot.driver.user('jonas');

async function said(handle: InteractionHandle): Promise<string> {
  return allText((await handle.message()).components);
}

async function createDataset(name: string): Promise<string> {
  await (await mira().slash('train create', { name })).message();
  const choices = await mira().autocomplete('train view', 'id', name);
  const [choice] = choices;
  if (choice === undefined) throw new Error(`Expected ${name} among the suggestions.`);
  return String(choice.value);
}

let imageCount = 0;
async function addImage(datasetId: string, fileName: string): Promise<void> {
  imageCount += 1;
  const unique = imageCount.toString(16).padStart(64, '0');
  const image: DatasetImage = {
    imageId: `image-${imageCount}`,
    fileName,
    sha256: unique,
    previewSha256: unique,
    originalSha256: unique,
    dHash: unique.slice(-16),
    widthPx: 1024,
    heightPx: 768,
    sizeBytes: 1,
    caption: null,
    warnings: [],
    addedAt: new Date(),
  };
  await createDatasets(database.connection).addImage(datasetId, image, 100);
}

describe('a user with datasets', () => {
  it('sees a new dataset in the list and in its own view, privately', async () => {
    const handle = await mira().slash('train create', { name: 'Cats of Rome' });
    const created = await handle.message();
    expect(allText(created.components)).toContain('Cats of Rome');
    expect(created.ephemeral).toBe(true);
    expect(await said(await mira().slash('train list'))).toContain('Cats of Rome');
    expect(JSON.stringify(await jonas().visibleMessages())).not.toContain('Cats of Rome');
  });

  it('is refused a name that is taken in other capitals, empty, too long, or full of unseen characters', async () => {
    await createDataset('Dogs');
    expect(await said(await mira().slash('train create', { name: 'dOGS' }))).toContain('already');
    expect(await said(await mira().slash('train create', { name: '   ' }))).toContain('cannot be used');
    expect(await said(await mira().slash('train create', { name: 'x'.repeat(41) }))).toContain('at most 40');
    expect(await said(await mira().slash('train create', { name: 'a\u202Eb' }))).toContain('cannot be used');
  });

  it('sees @everyone and Markdown in a name as they were typed, and nobody is pinged', async () => {
    const text = await said(await mira().slash('train create', { name: '@everyone **hi** <@1>' }));
    expect(text).toContain('\\@everyone \\*\\*hi\\*\\* \\<\\@1>');
    for (const call of await bot.driver.calls()) {
      if (call.method === 'PATCH' || (call.method === 'POST' && call.path.includes('/messages'))) expect(call.body).toMatchObject({ allowed_mentions: { parse: [] } });
    }
  });

  it('gets the same answer for a dataset that is not there and for one of somebody else', async () => {
    const datasetId = await createDataset('Private things');
    const foreign = await said(await jonas().slash('train view', { id: datasetId }));
    const unknown = await said(await jonas().slash('train view', { id: '00000000-0000-4000-8000-000000000000' }));
    expect(foreign).toBe(unknown);
    expect(foreign).toContain('not one of your datasets');
  });

  it('may type the name of a dataset instead of choosing it', async () => {
    await createDataset('Typed by hand');
    expect(await said(await mira().slash('train view', { id: 'Typed by hand' }))).toContain('Trigger word');
  });

  it('captions and removes an image by number, by name and from the list', async () => {
    const datasetId = await createDataset('Birds');
    await addImage(datasetId, 'wren.jpg');
    await addImage(datasetId, 'robin.jpg');
    const [, robin] = await mira().autocomplete('train caption', 'image', '', { options: { id: datasetId } });
    expect(robin?.name).toContain('2. robin.jpg');

    expect(await said(await mira().slash('train caption', { id: datasetId, image: String(robin?.value), text: 'a robin on a spade' }))).toContain('a robin on a spade');
    expect(await said(await mira().slash('train caption', { id: datasetId, image: '1', text: 'a wren' }))).toContain('a wren');
    expect(await said(await mira().slash('train caption', { id: datasetId, image: 'owl.jpg', text: 'an owl' }))).toContain('no such image');
    expect(await said(await mira().slash('train caption', { id: datasetId, image: '1', text: '  \n ' }))).toContain('empty');
    expect(await said(await mira().slash('train caption', { id: datasetId, image: '1', text: 'x'.repeat(4001) }))).toContain('4,000 is the limit');

    const removed = await said(await mira().slash('train remove', { id: datasetId, image: 'wren.jpg' }));
    expect(removed).toContain('robin.jpg');
    expect((await bot.services.datasets.read(datasetId))?.images.map(({ caption }) => caption)).toEqual(['a robin on a spade']);
  });

  it('opens a dialog as the very first answer of a button that has one, and uses what was filled in', async () => {
    const list = await (await mira().slash('train list')).message();
    const form = await (await mira().click(list, 'New dataset')).modal();
    const created = await (await mira().submitModal(form, { name: 'From the form' })).message();
    expect(allText(created.components)).toContain('From the form');
  });

  it('deletes a dataset only after the button that says so', async () => {
    const datasetId = await createDataset('Short lived');
    const question = await (await mira().slash('train delete', { id: datasetId })).message();
    expect(await bot.services.datasets.read(datasetId)).not.toBeNull();
    await (await mira().click(question, 'Delete dataset')).waitFor((seen) => JSON.stringify(seen.updated?.components ?? '').includes('is deleted'));
    expect(await bot.services.datasets.read(datasetId)).toBeNull();
  });

  it('turns the pages of a long list', async () => {
    const datasetIds = Array.from({ length: 25 }, () => randomUUID());
    for (const [at, datasetId] of datasetIds.entries()) {
      const name = `Series ${at}`;
      await bot.services.datasets.create({ datasetId, owner: `discord:${USERS.jonas.id}`, name, nameKey: name.toLowerCase(), triggerWord: 'tyrd', now: new Date(at * 1000) });
    }
    const list = await (await jonas().slash('train list')).message();
    expect(allText(list.components)).toContain('page 1 of 2');
    const turned = await (await jonas().click(list, 'Next page')).waitFor((seen) => allText(seen.updated?.components ?? []).includes('page 2 of 2'));
    const chosen = await (await jonas().select(turned.updated ?? list, 'v1:choose:1', [datasetIds[0] ?? ''])).waitFor((seen) => buttonsOf(seen.updated?.components ?? []).includes('View'));
    expect(allText(chosen.updated?.components ?? [])).toContain('page 2 of 2');
    const opened = await (await jonas().click(chosen.updated ?? list, 'View')).waitFor((seen) => buttonsOf(seen.updated?.components ?? []).includes('All datasets'));
    expect(allText(opened.updated?.components ?? [])).toContain('Series 0');
  });
});

describe('points', () => {
  it('begin with the welcome grant, once however often they are looked at', async () => {
    expect(await said(await jonas().slash('points balance'))).toContain('5,000 points');
    expect(await said(await jonas().slash('points balance'))).toContain('5,000 points');
    expect(await said(await jonas().slash('points history'))).toContain('welcome');
    expect(await bot.services.points.historyOf(`discord:${USERS.jonas.id}`, { limit: 10 })).toHaveLength(1);
  });

  it('are granted by operators only', async () => {
    const before = await bot.services.points.balanceOf(`discord:${USERS.mira.id}`);
    expect(await said(await mira().slash('points grant', { user: USERS.mira.id, points: 100, reason: 'a try' }))).toContain('Only the operators');
    expect(await bot.services.points.balanceOf(`discord:${USERS.mira.id}`)).toEqual(before);
    const olga = bot.driver.user('olga');
    expect(await said(await olga.slash('points grant', { user: USERS.mira.id, points: 100, reason: 'a prize' }))).toContain('100 points');
    expect((await bot.services.points.balanceOf(`discord:${USERS.mira.id}`)).availablePoints).toBe(before.availablePoints + 100);
    expect(await said(await mira().slash('points history'))).toContain('a prize');
  });
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredInteraction } from '../../models/interactions-schema.js';
import { USERS } from '../../sandbox/discord/people.js';
import { allText, buttonsOf } from '../support/components.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let bot: TestBot;
const datasetId = randomUUID();

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-upload-${randomUUID()}-` });
  await bot.services.datasets.create({ datasetId, owner: `discord:${USERS.mira.id}`, name: 'Cats', nameKey: 'cats', triggerWord: 'tyrdcats', now: new Date() });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');
const file = (filename: string) => ({ filename, bytes: Buffer.from(filename) });

/** What was handed to the intake. */
async function handedOver(interactionId: string): Promise<StoredInteraction['upload']> {
  const stored = await bot.driver.waitFor(async () => database.connection.collection<{ _id: string; upload: StoredInteraction['upload'] }>('interactions').findOne({ _id: interactionId }));
  return stored.upload;
}

describe('/train upload', () => {
  it('hands one image with its caption to the intake, which is to answer', async () => {
    const handle = await mira().slash('train upload', { id: datasetId, image: file('cat.png'), caption: 'a cat on a mat' });
    const upload = await handedOver(handle.id);
    expect(upload).toMatchObject({ datasetId, files: [{ number: 1, fileName: 'cat.png', sizeBytes: 7 }], captions: { 1: 'a cat on a mat' }, captionFiles: [] });
    expect(upload?.files[0]?.url.startsWith(bot.standIn.origin)).toBe(true);
    expect((await handle.view()).failure).toBeUndefined();
  });

  it('opens the form at once without an image, and takes ten files with captions and a shared one', async () => {
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const files = ['a.png', 'a.txt', 'b.jpg', 'c.webp', 'B.TXT'].map(file);
    const handle = await mira().submitModal(form, { files, caption: 'a cat' });
    expect(await handedOver(handle.id)).toMatchObject({
      files: [{ number: 1, fileName: 'a.png' }, { number: 2, fileName: 'b.jpg' }, { number: 3, fileName: 'c.webp' }],
      captionFiles: [{ number: 1, fileName: 'a.txt' }, { number: 2, fileName: 'B.TXT' }],
      sharedCaption: 'a cat',
    });
  });

  it('finds a picture and its caption by the name the user gave them, whatever Discord made of it', async () => {
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const handle = await mira().submitModal(form, { files: ['猫.png', '猫.txt'].map(file) });
    expect(await handedOver(handle.id)).toMatchObject({ files: [{ fileName: '猫.png' }], captionFiles: [{ fileName: '猫.txt' }] });
  });

  it('leads to the form as well when the dataset was named by hand', async () => {
    const shown = await (await mira().slash('train upload', { id: 'Cats' })).message();
    expect(buttonsOf(shown.components)).toContain('Add images');
    const form = await (await mira().click(shown, 'Add images')).modal();
    expect(form.title).toBe('Add images');
  });

  it('takes nothing for a dataset of somebody else', async () => {
    const jonas = bot.driver.user('jonas');
    const direct = await jonas.slash('train upload', { id: datasetId, image: file('cat.png') });
    expect(allText((await direct.message()).components)).toContain('not one of your datasets');
    const form = await (await jonas.slash('train upload', { id: datasetId })).modal();
    const submitted = await jonas.submitModal(form, { files: [file('cat.png')] });
    expect(allText((await submitted.message()).components)).toContain('not one of your datasets');
    expect(await database.connection.collection<{ _id: string }>('interactions').findOne({ _id: submitted.id })).toBeNull();
    expect(await bot.driver.violations()).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredInteraction } from '../../models/interactions-schema.js';
import { APPLICATION_ID, TRAINING_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../support/discord-worker.js';

let database: TestDatabase;
let bot: TestBot;
let worker: TestDiscord;
const datasetId = randomUUID();

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-waiting-${randomUUID()}-` });
  worker = await startTestDiscord(database.connection, bot.standIn);
  await bot.services.datasets.create({ datasetId, owner: `discord:${USERS.mira.id}`, name: 'Cats', nameKey: 'cats', triggerWord: 'tyrdcats', now: new Date() });
});
afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');

/** An upload whose every file has its verdict, of an interaction that Discord has forgotten. */
function forgottenUpload(): StoredInteraction {
  const file = { number: 1, fileName: 'cat.jpg', url: 'http://127.0.0.1/cat.jpg', sizeBytes: 1, contentType: 'image/jpeg' };
  return {
    interactionId: '1180439999999999999', platform: 'discord', applicationId: APPLICATION_ID, token: 'forgotten', accountId: `discord:${USERS.mira.id}`, channelId: TRAINING_CHANNEL_ID,
    guildId: null, canPostHere: true, locale: 'en-GB', isOperator: false, createdAt: new Date(),
    upload: { datasetId, files: [file], captions: {}, captionFiles: [] },
    verdicts: [{ role: 'picture', number: 1, fileName: 'cat.jpg', kind: 'refused', problem: { code: 'IMG_CORRUPT' } }],
  };
}

describe('the answer to an upload that reaches its owner neither here nor directly', () => {
  it('waits for the next command, and is told once', async () => {
    const upload = forgottenUpload();
    await worker.interactions.store(upload);
    await bot.driver.change({ kind: 'dms', user: 'mira', open: false });
    expect(await asActivity(worker.activities.answerIntake, { interactionId: upload.interactionId })).toEqual({ answered: false });

    const next = await mira().slash('train list');
    await bot.driver.waitFor(async () => (await next.view()).messages.some(({ components, ephemeral }) => ephemeral && allText(components).includes('cat.jpg')));
    await bot.driver.waitFor(async () => (await worker.interactions.read(upload.interactionId))?.untold !== true);
    expect(await worker.interactions.untoldOf(upload.accountId, 10)).toEqual([]);
  });

  it('does not wait when a direct message tells it', async () => {
    const upload = { ...forgottenUpload(), interactionId: '1180439999999999998' };
    await worker.interactions.store(upload);
    await bot.driver.change({ kind: 'dms', user: 'mira', open: true });
    expect(await asActivity(worker.activities.answerIntake, { interactionId: upload.interactionId })).toEqual({ answered: true });
    expect((await worker.interactions.read(upload.interactionId))?.untold).toBeUndefined();
  });
});

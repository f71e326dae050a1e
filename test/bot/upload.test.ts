import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REST } from 'discord.js';
import { createMessages, type Messages } from '../../activities/discord/messages.js';
import { en } from '../../bot/texts/en.js';
import { resumeUploads } from '../../bot/upload.js';
import { intakeAnswerOf, intakeView } from '../../bot/views/intake.js';
import type { FileVerdict } from '../../domain/verdicts.js';
import type { InteractionUpload, StoredInteraction } from '../../models/interactions-schema.js';
import { APPLICATION_ID, TRAINING_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';
import type { SeenMessage } from '../../sandbox/discord/user/view.js';
import { allText, buttonsOf } from '../support/components.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let bot: TestBot;
let messages: Messages;
const datasetId = randomUUID();

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-upload-${randomUUID()}-` });
  messages = createMessages(new REST({ api: bot.standIn.apiUrl }).setToken(bot.standIn.token), { read: () => Promise.resolve(null) });
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

  it('opens the form at once without an image, and takes pictures, their captions and a prefix for all', async () => {
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const handle = await mira().submitModal(form, { files: ['a.png', 'b.jpg', 'c.webp'].map(file), captions: ['a.txt', 'B.TXT'].map(file), prefix: 'a cat' });
    expect(await handedOver(handle.id)).toMatchObject({
      files: [{ number: 1, fileName: 'a.png' }, { number: 2, fileName: 'b.jpg' }, { number: 3, fileName: 'c.webp' }],
      captionFiles: [{ number: 1, fileName: 'a.txt' }, { number: 2, fileName: 'B.TXT' }],
      captionPrefix: 'a cat',
    });
  });

  it('takes ten pictures and ten captions at once, and needs neither captions nor a prefix', async () => {
    const numbers = Array.from({ length: 10 }, (_, at) => at);
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const full = await mira().submitModal(form, { files: numbers.map((at) => file(`${at}.png`)), captions: numbers.map((at) => file(`${at}.txt`)) });
    const upload = await handedOver(full.id);
    expect([upload?.files.length, upload?.captionFiles.length]).toEqual([10, 10]);
    expect(upload).not.toHaveProperty('captionPrefix');
    const next = await (await mira().slash('train upload', { id: datasetId })).modal();
    expect((await handedOver((await mira().submitModal(next, { files: [file('image.jpg')] })).id))?.captionFiles).toEqual([]);
  });

  it('finds a picture and its caption by the name the user gave them, whatever Discord made of it', async () => {
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const handle = await mira().submitModal(form, { files: [file('猫.png')], captions: [file('猫.txt')] });
    expect(await handedOver(handle.id)).toMatchObject({ files: [{ fileName: '猫.png' }], captionFiles: [{ fileName: '猫.txt' }] });
  });

  it('opens the form as well when the dataset was named by hand, and keeps a caption that came without an image', async () => {
    const form = await (await mira().slash('train upload', { id: 'Cats', caption: 'a cat' })).modal();
    expect(form.title).toBe('Add images');
    const handle = await mira().submitModal(form, { files: [file('named.png')] });
    expect(await handedOver(handle.id)).toMatchObject({ datasetId, captionPrefix: 'a cat' });
  });

  it('refuses a name that is none of a dataset of theirs', async () => {
    const told = await (await mira().slash('train upload', { id: 'Nothing of mine' })).message();
    expect(allText(told.components)).toContain('not one of your datasets');
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

const DAY_MS = 24 * 3_600_000;
const recorded = () => database.connection.collection<{ _id: string; createdAt: Date; verdicts?: FileVerdict[]; upload?: InteractionUpload }>('interactions');

describe('Add images to dataset, in the menu of a message', () => {
  it('asks for the dataset and hands the files of the message to the intake, whose answer takes the place of the question', async () => {
    const message = await mira().post('training', { content: 'from my phone', files: [file('image.jpg'), file('image.jpg'), file('image.txt')] });
    const asked = await mira().messageCommand('Add images to dataset', message);
    const question = await asked.message();
    expect(question.ephemeral).toBe(true);
    expect(allText(question.components)).toContain('2 pictures and 1 caption file');
    expect(JSON.stringify(question.components)).not.toContain(bot.standIn.origin);
    const chosen = await mira().select(question, `v1:pick:${asked.id}:0`, [datasetId]);
    expect(await handedOver(chosen.id)).toMatchObject({
      datasetId, files: [{ number: 1, fileName: 'image.jpg' }, { number: 2, fileName: 'image.jpg' }], captionFiles: [{ fileName: 'image.txt' }],
    });
    await chosen.waitFor(({ updated }) => updated !== undefined && allText(updated.components).includes('3 files are still being checked'));
  });

  it('makes a new dataset for them where that is wished', async () => {
    const message = await mira().post('training', { files: [file('image.jpg')] });
    const question = await (await mira().messageCommand('Add images to dataset', message)).message();
    const form = await (await mira().click(question, 'New dataset')).modal();
    const submitted = await mira().submitModal(form, { name: 'From a message' });
    const upload = await handedOver(submitted.id);
    const [made] = (await bot.services.datasets.listOf(`discord:${USERS.mira.id}`)).filter(({ name }) => name === 'From a message');
    expect(upload).toMatchObject({ datasetId: made?.datasetId, files: [{ fileName: 'image.jpg' }] });
  });

  it.each([
    ['without files', { content: 'only words' }],
    ['with other files', { files: [file('notes.pdf'), file('song.mp3')] }],
  ])('answers kindly to a message %s', async (_case, posted) => {
    const message = await mira().post('training', posted);
    const answer = await (await mira().messageCommand('Add images to dataset', message)).message();
    expect(allText(answer.components)).toContain('There are no pictures in this message');
  });

  it('tells somebody without a dataset how to get one', async () => {
    const message = await mira().post('training', { files: [file('image.jpg')] });
    const question = await (await bot.driver.user('olga').messageCommand('Add images to dataset', message)).message();
    expect(allText(question.components)).toContain('no dataset yet');
    expect(buttonsOf(question.components)).toEqual(['New dataset']);
  });

  it('answers kindly when the files are forgotten, and takes nothing into a dataset of somebody else', async () => {
    const message = await mira().post('training', { files: [file('image.jpg')] });
    const asked = await mira().messageCommand('Add images to dataset', message);
    const question = await asked.message();
    const foreignId = randomUUID();
    await bot.services.datasets.create({ datasetId: foreignId, owner: `discord:${USERS.jonas.id}`, name: 'Jonas', nameKey: 'jonas', triggerWord: 'tyrdjonas', now: new Date() });
    await expect(mira().select(question, `v1:pick:${asked.id}:0`, [foreignId])).rejects.toThrow();
    await bot.services.datasets.remove(datasetId).then(() => bot.services.datasets.create({ datasetId, owner: `discord:${USERS.jonas.id}`, name: 'Cats', nameKey: 'cats', triggerWord: 'tyrdcats', now: new Date() }));
    const refused = await (await mira().select(question, `v1:pick:${asked.id}:0`, [datasetId])).message();
    expect(allText(refused.components)).toContain('not one of your datasets');
    await bot.services.datasets.remove(datasetId).then(() => bot.services.datasets.create({ datasetId, owner: `discord:${USERS.mira.id}`, name: 'Cats', nameKey: 'cats', triggerWord: 'tyrdcats', now: new Date() }));

    const later = await mira().messageCommand('Add images to dataset', message);
    const again = await later.message();
    await recorded().deleteOne({ _id: later.id });
    const told = await (await mira().select(again, `v1:pick:${later.id}:0`, [datasetId])).message();
    expect(allText(told.components)).toContain('This is too long ago');
    expect(await bot.driver.violations()).toEqual([]);
  });
});

describe('trying the failed files again', () => {
  /** An answered upload of three pictures, of which the second and third failed for reasons that pass. */
  async function failedUpload(): Promise<{ id: string; message: SeenMessage }> {
    const handle = await mira().slash('train upload', { id: datasetId, image: file('image.jpg') });
    const first = await handedOver(handle.id);
    const [picture] = first?.files ?? [];
    if (first === undefined || picture === undefined) throw new Error('Expected an upload with a picture.');
    const upload = { ...first, files: [1, 2, 3].map((number) => ({ ...picture, number })) };
    const failed = (number: number, code: 'IMG_FETCH_FAILED' | 'IMG_STOPPED'): FileVerdict => ({ role: 'picture', number, fileName: 'image.jpg', kind: 'refused', problem: { code } });
    const verdicts: FileVerdict[] = [
      { role: 'picture', number: 1, fileName: 'image.jpg', kind: 'added', imageId: `${handle.id}-1`, storedAs: 'image.jpg', caption: 'none' }, failed(2, 'IMG_FETCH_FAILED'), failed(3, 'IMG_STOPPED'),
    ];
    await recorded().updateOne({ _id: handle.id }, { $set: { upload, verdicts } });
    const dataset = await bot.services.datasets.read(datasetId);
    await messages.answer({ applicationId: APPLICATION_ID, token: await tokenOf(handle.id) }, intakeView(en, intakeAnswerOf({ interactionId: handle.id, upload, verdicts }, dataset)));
    return { id: handle.id, message: await handle.message() };
  }

  async function tokenOf(interactionId: string): Promise<string> {
    return (await bot.services.interactions.read(interactionId))?.token ?? '';
  }

  it('hands only those to a new intake and goes on telling of all', async () => {
    const { message } = await failedUpload();
    const again = await mira().click(message, 'Try the failed ones again');
    const upload = await handedOver(again.id);
    expect(upload?.files.map(({ number }) => number)).toEqual([2, 3]);
    expect(upload?.earlier).toMatchObject([{ number: 1, kind: 'added' }]);
    const seen = await again.waitFor(({ updated }) => updated !== undefined && allText(updated.components).includes('2 files are still being checked'));
    expect(allText(seen.updated?.components ?? [])).toContain('1\\. **image.jpg**: added');
    expect(buttonsOf(seen.updated?.components ?? [])).not.toContain('Try the failed ones again');
  });

  it('happens once, however often it is pressed', async () => {
    const { id, message } = await failedUpload();
    const [first, second] = [await mira().click(message, `v1:retry-files:${id}`), await mira().click(message, `v1:retry-files:${id}`).catch(() => null)];
    await handedOver(first.id);
    await bot.driver.waitFor(async () => (await recorded().findOne({ _id: id, retriedBy: first.id })) !== null);
    expect((await first.view()).failure).toBeUndefined();
    expect((await second?.view())?.failure).toBeUndefined();
  });

  it('leaves nothing behind of a second press at the same time that the next bot would take in once more', async () => {
    const { id, message } = await failedUpload();
    const presses = await Promise.all([1, 2].map(() => mira().click(message, `v1:retry-files:${id}`)));
    const winner = await bot.driver.waitFor(async () => (await bot.services.interactions.read(id))?.retriedBy);
    const loser = presses.find((press) => press.id !== winner);
    await bot.driver.waitFor(async () => !(await bot.services.interactions.unansweredUploads(new Date(0))).includes(loser?.id ?? '') && (await loser?.view())?.updated !== undefined);
    const started: string[] = [];
    await resumeUploads({ ...bot.services, yard: { ...bot.services.yard, startIntake: (interactionId) => { started.push(interactionId); return Promise.resolve('started'); } } });
    expect(started).toContain(winner);
    expect(started).not.toContain(loser?.id);
  });

  it('says kindly that the files are forgotten after a day, and keeps the answer', async () => {
    const { id, message } = await failedUpload();
    await recorded().deleteOne({ _id: id });
    const again = await mira().click(message, 'Try the failed ones again');
    const seen = await again.waitFor(({ messages: said }) => said.length > 0);
    expect(allText(seen.messages[0]?.components ?? [])).toContain('more than a day ago');
    expect(allText((await mira().lookAt(message))?.components ?? [])).toContain('1 image added, 2 files not taken');
  });

  it('starts nothing for a button that names the upload of somebody else', async () => {
    const { id } = await failedUpload();
    const jonas = bot.driver.user('jonas');
    const upload = { datasetId, files: [], captionFiles: [], captions: {}, earlier: [] };
    const state = { ...intakeAnswerOf({ interactionId: id, upload }, await bot.services.datasets.read(datasetId)), retryable: 1 };
    const posted = await messages.post(TRAINING_CHANNEL_ID, { view: intakeView(en, state), name: randomUUID() });
    const pressed = await jonas.click({ id: posted.messageId }, 'Try the failed ones again');
    const seen = await pressed.waitFor(({ messages: said }) => said.length > 0);
    expect(allText(seen.messages[0]?.components ?? [])).toContain('more than a day ago');
    expect((await bot.services.interactions.read(id))?.retriedBy).toBeUndefined();
  });
});

describe('uploads of a bot that died before it could start them', () => {
  it('are started by the next bot, as long as somebody waits for the answer', async () => {
    const handle = await mira().slash('train upload', { id: datasetId, image: file('late.png') });
    await handedOver(handle.id);
    const stored = await bot.services.interactions.read(handle.id);
    if (stored === null) throw new Error('Expected the interaction to be stored.');
    const [orphan, old, answered] = [randomUUID(), randomUUID(), randomUUID()];
    for (const interactionId of [orphan, old, answered]) await bot.services.interactions.store({ ...stored, interactionId });
    await recorded().updateOne({ _id: old }, { $set: { createdAt: new Date(Date.now() - DAY_MS / 2) } });
    await recorded().updateOne({ _id: answered }, { $set: { answeredAt: new Date() } as never });
    const started: string[] = [];
    await resumeUploads({ ...bot.services, yard: { ...bot.services.yard, startIntake: (id) => { started.push(id); return Promise.resolve('started'); } } });
    expect(started).toContain(orphan);
    expect(started).not.toContain(old);
    expect(started).not.toContain(answered);
  });
});

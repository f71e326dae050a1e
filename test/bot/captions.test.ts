import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mongoose';
import type { Dataset } from '../../domain/datasets.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import type { SeenMessage, SeenModal } from '../../sandbox/discord/user/view.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { captioned, seedDataset, type SeededImage } from '../support/seeds.js';
import { openTcpProxy } from '../support/tcp-proxy.js';

let database: TestDatabase;
let bot: TestBot;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-captions-${randomUUID()}-` });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');

async function read(datasetId: string): Promise<Dataset> {
  const dataset = await bot.services.datasets.read(datasetId);
  if (dataset === null) throw new Error('Expected the dataset to be there.');
  return dataset;
}

const captionsOf = async (datasetId: string): Promise<(string | null)[]> => (await read(datasetId)).images.map(({ caption }) => caption);
const idAt = async (datasetId: string, at: number): Promise<string> => (await read(datasetId)).images[at]?.imageId ?? '';
const uncaptioned = (count: number): SeededImage[] => captioned(count).map((image) => ({ ...image, caption: null }));
const seed = (images: readonly SeededImage[]): Promise<string> => seedDataset(database.connection, { images, withFiles: false });
const editor = async (datasetId: string, image?: string): Promise<SeenMessage> => (await mira().slash('train caption', { id: datasetId, ...(image === undefined ? {} : { image }) })).message();

/** What a message shows once an act has changed it. */
async function changed(handle: InteractionHandle, wanted: RegExp): Promise<SeenMessage> {
  const isThere = (message: SeenMessage | undefined): boolean => message !== undefined && wanted.test(allText(message.components));
  const seen = await handle.waitFor(({ updated, messages, failure }) => failure !== undefined || isThere(updated) || messages.some(isThere), { what: String(wanted) });
  const message = [seen.updated, ...seen.messages].find(isThere);
  if (message === undefined) throw new Error(`Expected ${String(wanted)}, got: ${seen.failure ?? 'nothing'}`);
  return message;
}

/** The ids of the fields of a form, top to bottom. */
const fieldsOf = (form: SeenModal): string[] => form.components.map(({ component }) => component?.custom_id ?? '');

async function submit(form: SeenModal, texts: readonly string[]): Promise<InteractionHandle> {
  const fields = fieldsOf(form);
  return mira().submitModal(form, Object.fromEntries(texts.map((text, at) => [fields[at] ?? '', text])));
}

describe('the caption editor', () => {
  it('opens privately at the first image without a caption, with its picture, and steps through all of them', async () => {
    const datasetId = await seedDataset(database.connection, { images: [...captioned(1), ...uncaptioned(2)] });
    const first = await editor(datasetId);
    expect(first.ephemeral).toBe(true);
    expect(first.attachments).toMatchObject([{ filename: 'image-2.webp' }]);
    expect(allText(first.components)).toMatch(/2 of 3 have no caption: 2, 3[\s\S]*Image 2 of 3/);
    const third = await changed(await mira().click(first, 'Next'), /Image 3 of 3/);
    expect(third.attachments).toMatchObject([{ filename: 'image-3.webp' }]);
    const round = await changed(await mira().click(third, 'Next'), /Image 1 of 3/);
    const back = await changed(await mira().click(round, 'Previous'), /Image 3 of 3/);
    await changed(await mira().click(back, 'Next missing'), /Image 2 of 3/);
    expect(JSON.stringify(await bot.driver.user('jonas').visibleMessages())).not.toContain('Image 2 of 3');
  });

  it('opens at the image that was named, by number or name', async () => {
    const datasetId = await seed(captioned(4));
    expect(allText((await editor(datasetId, '3')).components)).toContain('Image 3 of 4');
    expect(allText((await editor(datasetId, 'picture-4.jpg')).components)).toContain('Image 4 of 4');
    expect(allText((await (await mira().slash('train caption', { id: datasetId, text: 'a cat' })).message()).components)).toContain('no such image');
  });

  it('opens from a dataset at the first image without a caption from there on', async () => {
    const datasetId = await seed([...captioned(2), ...uncaptioned(1), ...captioned(1)]);
    const view = await (await mira().slash('train view', { id: datasetId })).message();
    expect(allText((await (await mira().click(view, 'Captions')).message()).components)).toContain('Image 3 of 4');
    await bot.services.datasets.setCaption(datasetId, await idAt(datasetId, 2), 'a cat');
    expect(allText((await (await mira().click(view, 'Captions')).message()).components)).toContain('Image 1 of 4');
  });

  it('edits the caption that the form shows, in place', async () => {
    const datasetId = await seed(captioned(2));
    const message = await editor(datasetId, '2');
    const form = await (await mira().click(message, 'Edit')).modal();
    expect(form.components[0]?.component).toMatchObject({ value: 'Tilda in scene 2' });
    const answer = await changed(await submit(form, ['Tilda sleeps']), /Image 2 of 2[\s\S]*Tilda sleeps/);
    expect(answer.id).toBe(message.id);
    expect(await captionsOf(datasetId)).toEqual(['Tilda in scene 1', 'Tilda sleeps']);
  });

  it('refuses an empty caption beside the one that stays', async () => {
    const datasetId = await seed(captioned(1));
    const form = await (await mira().click(await editor(datasetId, '1'), 'Edit')).modal();
    await changed(await submit(form, [' \n ']), /The caption is empty[\s\S]*Tilda in scene 1/);
    expect(await captionsOf(datasetId)).toEqual(['Tilda in scene 1']);
  });

  it('removes an image and brings it back to its place with its caption', async () => {
    const datasetId = await seed(captioned(3));
    const before = await read(datasetId);
    const removed = await changed(await mira().click(await editor(datasetId, '2'), 'Remove'), /picture-2\.jpg is removed[\s\S]*Image 2 of 2\*\* · picture-3/);
    await changed(await mira().click(removed, 'Undo'), /picture-2\.jpg is back where it was[\s\S]*Image 2 of 3\*\* · picture-2/);
    expect((await read(datasetId)).images).toEqual(before.images);
  });

  it('goes on where the image was that somebody else removed', async () => {
    const datasetId = await seed(captioned(3));
    const message = await editor(datasetId, '2');
    await bot.services.datasets.removeImage(datasetId, await idAt(datasetId, 1));
    const next = await changed(await mira().click(message, 'Next'), /Image 2 of 2\*\* · picture-3/);
    await bot.services.datasets.removeImage(datasetId, await idAt(datasetId, 1));
    const answer = await changed(await mira().click(next, 'Remove'), /not in the dataset any more[\s\S]*Image 1 of 1\*\* · picture-1/);
    expect(buttonsOf(answer.components)).not.toContain('Undo');
    expect(await captionsOf(datasetId)).toHaveLength(1);
  });

  it('puts the trigger word in front of all captions in one press', async () => {
    const datasetId = await seed(captioned(3));
    const { triggerWord } = await read(datasetId);
    await bot.services.datasets.setCaption(datasetId, await idAt(datasetId, 0), `${triggerWord} sleeps`);
    const answer = await changed(await mira().click(await editor(datasetId, '1'), 'Put the trigger word in front of all'), /in front of 2 captions now\. 1 caption had it already/);
    expect(buttonsOf(answer.components)).not.toContain('Put the trigger word in front of all');
    expect(await captionsOf(datasetId)).toEqual([`${triggerWord} sleeps`, `${triggerWord}, Tilda in scene 2`, `${triggerWord}, Tilda in scene 3`]);
  });

  it('uses the trigger word alone for the missing in one press, and leads on to the start', async () => {
    const datasetId = await seed([...captioned(2), ...uncaptioned(3)]);
    const { triggerWord, revision } = await read(datasetId);
    const answer = await changed(await mira().click(await editor(datasetId), 'Use the trigger word alone for the missing 3'), /alone is the caption of 3 images now[\s\S]*no caption missing/);
    expect(buttonsOf(answer.components)).toEqual(['Start', 'Captions', 'Open the dataset']);
    expect(await captionsOf(datasetId)).toEqual(['Tilda in scene 1', 'Tilda in scene 2', triggerWord, triggerWord, triggerWord]);
    expect((await read(datasetId)).revision).toBe(revision + 1);
    const again = await changed(await mira().click(answer, 'Captions'), /Every image has a caption/);
    expect(buttonsOf(again.components)).toContain('Start');
    const offer = await (await mira().click(again, 'Start')).message();
    expect(allText(offer.components)).toContain('5 images');
  });

  it('answers kindly for the dataset of somebody else, and when the dataset is gone', async () => {
    const datasetId = await seed(uncaptioned(2));
    const message = await editor(datasetId);
    expect(allText((await (await bot.driver.user('jonas').slash('train caption', { id: datasetId })).message()).components)).toContain('not one of your datasets');
    const form = await (await mira().click(message, 'Edit')).modal();
    await bot.services.datasets.remove(datasetId);
    const lost = await changed(await submit(form, ['a long thought about this picture']), /not one of your datasets/);
    expect(lost.attachments).toMatchObject([{ filename: 'captions-not-saved.txt' }]);
  });
});

describe('several captions in one form', () => {
  it('Defect 5: twenty images are captioned in four forms, each image by its own', async () => {
    const datasetId = await seed(uncaptioned(20));
    let message = await editor(datasetId);
    for (let at = 0; at < 20; at += 5) {
      const form = await (await mira().click(message, 'Caption 5 in one form')).modal();
      expect(form.components.map(({ label }) => label)).toEqual(Array.from({ length: 5 }, (_, step) => `${at + step + 1}. picture-${at + step + 1}.jpg`));
      message = await changed(await submit(form, Array.from({ length: 5 }, (_, step) => `of picture ${at + step + 1}`)), /5 captions are saved/);
    }
    expect(await captionsOf(datasetId)).toEqual(Array.from({ length: 20 }, (_, at) => `of picture ${at + 1}`));
    expect(allText(message.components)).toContain('Every image has a caption.');
  });

  it('Defect 3: what was typed into a form is stored, and nobody has to type it again', async () => {
    const datasetId = await seed(uncaptioned(2));
    const form = await (await mira().click(await editor(datasetId), 'Caption 2 in one form')).modal();
    const answer = await changed(await submit(form, ['one', 'two']), /2 captions are saved/);
    expect(allText(answer.components)).not.toContain('/train caption');
    expect(await captionsOf(datasetId)).toEqual(['one', 'two']);
  });

  it('never land on another image, however images were removed and added between opening and sending, and none is lost', async () => {
    const datasetId = await seed(uncaptioned(6));
    const form = await (await mira().click(await editor(datasetId), 'Caption 5 in one form')).modal();
    const before = await read(datasetId);
    for (const at of [0, 2]) await bot.services.datasets.removeImage(datasetId, before.images[at]?.imageId ?? '');
    const long = 'y'.repeat(4_000);
    const answer = await changed(await submit(form, ['of 1', 'of 2', long, 'of 4', 'of 5']), /3 captions are saved/);
    expect(allText(answer.components)).toContain('picture-1.jpg, picture-3.jpg are not in the dataset any more.');
    expect((await read(datasetId)).images.map(({ fileName, caption }) => [fileName, caption])).toEqual([['picture-2.jpg', 'of 2'], ['picture-4.jpg', 'of 4'], ['picture-5.jpg', 'of 5'], ['picture-6.jpg', null]]);
    const [file] = answer.attachments.filter(({ filename }) => filename === 'captions-not-saved.txt');
    expect(await (await fetch(file?.url ?? '')).text()).toBe(`picture-1.jpg\nof 1\n\npicture-3.jpg\n${long}\n`);
  });

  it('leave alone what was not written and what somebody wrote meanwhile', async () => {
    const datasetId = await seed(captioned(3));
    const form = await (await mira().click(await editor(datasetId, '1'), 'Caption 3 in one form')).modal();
    await bot.services.datasets.setCaption(datasetId, await idAt(datasetId, 1), 'newer');
    const [first = '', , third = ''] = fieldsOf(form);
    await changed(await mira().submitModal(form, { [first]: 'mine', [third]: '' }), /is saved/);
    expect(await captionsOf(datasetId)).toEqual(['mine', 'newer', 'Tilda in scene 3']);
  });

  it('take captions of 4,000 characters and names as nasty as they come', async () => {
    const nasty = Array.from({ length: 5 }, (_, at) => ({ fileName: `**_~\`|>#-@everyone<@1>[x](http://a.b):::${at}.png`.repeat(3), caption: null }));
    const datasetId = await seed(nasty);
    const form = await (await mira().click(await editor(datasetId), 'Caption 5 in one form')).modal();
    const texts = Array.from({ length: 5 }, (_, at) => `${at}${'*'.repeat(3_999)}`);
    await changed(await submit(form, texts), /5 captions are saved/);
    expect(await captionsOf(datasetId)).toEqual(texts);
  });
});

describe('a database that does not answer', () => {
  it('is told in place of a form while Discord still listens, and what was written comes back', async () => {
    const datasetId = await seed(captioned(2));
    const address = new URL(database.uri);
    const proxy = await openTcpProxy({ host: address.hostname, port: Number(address.port) });
    const cut = new URL(database.uri);
    cut.host = `${proxy.host}:${proxy.port}`;
    cut.search = '?directConnection=true';
    const connection = await createConnection(cut.toString()).asPromise();
    const behind = await startTestBot({ database: connection, prefix: `bot-captions-${randomUUID()}-` });
    try {
      const user = behind.driver.user('mira');
      const message = await (await user.slash('train caption', { id: datasetId, image: '1' })).message();
      const form = await (await user.click(message, 'Edit')).modal();
      await proxy.cut('silent');
      const pressed = user.click(message, 'Edit');
      const sent = user.submitModal(form, { [fieldsOf(form)[0] ?? '']: 'a long thought' });
      expect(allText((await (await pressed).message()).components)).toContain('Look whether it was done');
      const lost = await (await sent).waitFor(({ updated }) => updated?.attachments.some(({ filename }) => filename === 'captions-not-saved.txt') === true);
      expect(await (await fetch(lost.updated?.attachments[0]?.url ?? '')).text()).toBe('picture-1.jpg\na long thought\n');
      expect(await behind.driver.violations()).toEqual([]);
    } finally {
      await proxy.close();
      await behind.close();
      await connection.close();
    }
    expect(await captionsOf(datasetId)).toEqual(['Tilda in scene 1', 'Tilda in scene 2']);
  }, 30_000);
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
  });
});

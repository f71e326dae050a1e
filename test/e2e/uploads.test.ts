import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PickedFile } from '../../sandbox/discord/driver/http.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import type { SeenMessage } from '../../sandbox/discord/user/view.js';
import { buttonsOf } from '../support/components.js';
import { FOREIGN_FILES, jpegPicture } from '../support/pictures.js';
import { accountOf, seedDataset } from '../support/seeds.js';
import { hears, textOf, verdictsOf } from '../support/wire.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/** Sending pictures as people do it, through the whole yard. */

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1 });
}, 120_000);
afterAll(() => yard.stop(), 60_000);

const mira = () => yard.driver.user('mira');

let seed = 5_000;
async function picture(filename = 'image.jpg'): Promise<PickedFile> {
  seed += 1;
  return { filename, bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed }) };
}
const pictures = (count: number): Promise<PickedFile[]> => Promise.all(Array.from({ length: count }, () => picture()));
const caption = (filename: string, text: string): PickedFile => ({ filename, bytes: Buffer.from(text) });
const imagesOf = async (datasetId: string) => (await yard.context.models.datasets.read(datasetId))?.images ?? [];
const captionsOf = async (datasetId: string) => new Map((await imagesOf(datasetId)).map((image) => [image.fileName, image.caption]));

/** The answer once every file has its verdict. */
async function answerOf(handle: InteractionHandle): Promise<SeenMessage> {
  await verdictsOf(handle);
  const { messages: [answer], updated } = await handle.view();
  const message = updated ?? answer;
  if (message === undefined) throw new Error('Expected an answer to the upload.');
  return message;
}

describe('fifteen pictures of a phone, all called the same', () => {
  it('are captioned and in training after at most 8 interactions', async () => {
    const before = (await mira().interactions()).length;
    const created = await (await mira().slash('train create', { name: `Tilda ${randomUUID().slice(0, 8)}` })).message();
    const firstForm = await (await mira().click(created, 'Upload')).modal();
    const first = await answerOf(await mira().submitModal(firstForm, { files: await pictures(10), prefix: 'a photo of Tilda the locomotive' }));
    const secondForm = await (await mira().click(first, 'Upload more')).modal();
    const last = await pictures(5);
    const second = await answerOf(await mira().submitModal(secondForm, { files: last, prefix: 'a photo of Tilda the locomotive' }));
    const offer = await (await mira().click(second, 'Start')).message();
    await hears(await mira().click(offer, 'Start training'), /accepted/);

    expect((await mira().interactions()).length - before).toBeLessThanOrEqual(8);
    const [listed] = await yard.context.models.datasets.listOf(accountOf('mira'));
    const images = await imagesOf(listed?.datasetId ?? '');
    expect(await yard.context.models.runs.latestRunOfDataset(listed?.datasetId ?? '')).toMatchObject({ images: images.map(({ imageId }) => ({ imageId })) });
    expect(new Set(images.map(({ fileName }) => fileName))).toEqual(new Set(['image.jpg', ...Array.from({ length: 14 }, (_, at) => `image (${at + 2}).jpg`)]));
    expect(new Set(images.map((image) => image.caption))).toEqual(new Set(['a photo of Tilda the locomotive']));
  }, 90_000);
});

describe('complaint 9: one file per option, limits that nobody told of, links that expire', () => {
  it('ten pictures and their captions go in one form, each with its verdict and its picture', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const names = Array.from({ length: 10 }, (_, at) => `bridge-${at}`);
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const files = await Promise.all(names.map((name) => picture(`${name}.jpg`)));
    const answer = await answerOf(await mira().submitModal(form, { files, captions: names.map((name) => caption(`${name}.txt`, `Tilda at ${name}`)) }));
    expect(await captionsOf(datasetId)).toEqual(new Map(names.map((name) => [`${name}.jpg`, `Tilda at ${name}`])));
    expect(answer.attachments.map(({ filename }) => filename)).toEqual(names.map((_, at) => `picture-${at + 1}.webp`));
    expect(buttonsOf(answer.components)).toEqual(['Captions', 'Upload more', 'Start']);
  }, 60_000);

  it('a link that expired before it could be fetched is told, and the rest is taken in', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    await yard.driver.faults({ route: '/ephemeral-attachments/*gone.jpg', status: 404 });
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const said = await verdictsOf(await mira().submitModal(form, { files: [await picture('gone.jpg'), await picture('here.jpg')] }));
    expect(said).toMatch(/\*\*gone\.jpg\*\*: not taken\. Discord no longer gives it out\. Send it again/);
    expect([...(await captionsOf(datasetId)).keys()]).toEqual(['here.jpg']);
  }, 60_000);
});

describe('defect 3: a caption that was typed into the form has to be typed again', () => {
  it('the form stores pictures and captions, and nothing is left to do', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    await answerOf(await mira().submitModal(form, { files: [await picture('cat.jpg'), await picture('dog.jpg')], captions: [caption('cat.txt', 'on a mat')], prefix: 'tyrdseries, a photo' }));
    expect(await captionsOf(datasetId)).toEqual(new Map([['cat.jpg', 'tyrdseries, a photo, on a mat'], ['dog.jpg', 'tyrdseries, a photo']]));
  }, 60_000);

  it('a caption goes to an image that is there already when only its name came', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [{ fileName: 'bridge.jpg', caption: null }], withFiles: false });
    const message = await mira().post('training', { files: [caption('Bridge.txt', 'Tilda on the bridge')] });
    const asked = await mira().messageCommand('Add images to dataset', message);
    const said = await verdictsOf(await mira().select(await asked.message(), `v1:pick:${asked.id}:0`, [datasetId]));
    expect(said).toContain('**Bridge.txt**: is the caption of bridge.jpg');
    expect(await captionsOf(datasetId)).toEqual(new Map([['bridge.jpg', 'Tilda on the bridge']]));
  }, 60_000);
});

describe('defect 5: one image a command, and ids typed by hand', () => {
  it('twenty images are two forms, and the dataset is chosen by its name', async () => {
    const name = `Forms ${randomUUID().slice(0, 8)}`;
    const datasetId = await seedDataset(yard.connection, { name, images: [] });
    for (let form = 0; form < 2; form += 1) {
      const [choice] = await mira().autocomplete('train upload', 'id', name.toLowerCase());
      const modal = await (await mira().slash('train upload', { id: String(choice?.value) })).modal();
      await answerOf(await mira().submitModal(modal, { files: await pictures(10) }));
    }
    expect(await imagesOf(datasetId)).toHaveLength(20);
  }, 90_000);

  it('the pictures of a message need no form at all', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const message = await mira().post('general', { content: 'look!', files: [await picture(), await picture(), caption('image.txt', 'which one?')] });
    const asked = await mira().messageCommand('Add images to dataset', message);
    const answer = await answerOf(await mira().select(await asked.message(), `v1:pick:${asked.id}:0`, [datasetId]));
    expect(answer.ephemeral).toBe(true);
    expect([...(await captionsOf(datasetId)).keys()].sort()).toEqual(['image (2).jpg', 'image.jpg']);
    expect(textOf(await asked.view())).toContain('**image.txt**: not taken. 2 pictures of this upload have its name');
  }, 60_000);
});

describe('files that failed for a reason that passes', () => {
  it('are shown while others are decided, and taken in by one press, without sending anything again', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    await yard.driver.faults({ route: '/ephemeral-attachments/*failing.jpg', status: 418 }, { route: '/ephemeral-attachments/*slow.jpg', delayMs: 7_000 });
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const files = [await picture('quick.jpg'), await picture('failing.jpg'), await picture('slow.jpg'), { filename: 'broken.jpg', bytes: FOREIGN_FILES.gif }];
    const handle = await mira().submitModal(form, { files, captions: [caption('failing.txt', 'the second try')] });
    const growing = await handle.waitFor((seen) => textOf(seen).includes('still being checked') && textOf(seen).includes('quick.jpg'), { timeoutMs: 20_000 });
    expect(growing.messages[0]?.attachments.map(({ filename }) => filename)).toEqual(['picture-1.webp']);

    const failed = await answerOf(handle);
    const again = await mira().click(failed, 'Try the failed ones again');
    const seen = await again.waitFor(({ updated }) => updated !== undefined && /3 images added, 1 file not taken/.test(textOf({ ...seenOf(updated) })), { timeoutMs: 30_000 });
    const said = textOf(seen);
    for (const number of [1, 2, 3]) expect(said).toMatch(new RegExp(`${number}\\\\\\. \\*\\*(quick|failing|slow)\\.jpg\\*\\*: added`));
    expect(said).toContain('4\\. **broken.jpg**: not taken. This is not a picture');
    expect(buttonsOf(seen.updated?.components ?? [])).toEqual(['Captions', 'Upload more', 'Start']);
    expect((await captionsOf(datasetId)).get('failing.jpg')).toBe('the second try');
    expect(await imagesOf(datasetId)).toHaveLength(3);
    expect(await yard.driver.violations()).toEqual([]);
  }, 60_000);
});

describe('defect 7: pictures shown from the user’s own address, and nobody looks into a file', () => {
  it('a file that is no picture is refused in spite of its name, and shown pictures stay when the sent ones are gone', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const form = await (await mira().slash('train upload', { id: datasetId })).modal();
    const handle = await mira().submitModal(form, { files: [await picture('true.jpg'), { filename: 'false.png', bytes: FOREIGN_FILES.html }] });
    const answer = await answerOf(handle);
    expect(textOf(await handle.view())).toMatch(/\*\*false\.png\*\*: not taken\. This is not a picture that can be trained on: it is a web page/);
    expect(JSON.stringify(answer.components)).not.toMatch(/attachments\/[^"]*true\.jpg/);

    await yard.driver.advanceClock(2 * 24 * 3_600_000);
    const view = await (await mira().slash('train view', { id: datasetId })).message();
    expect(view.attachments.length).toBeGreaterThan(0);
    for (const { url } of view.attachments) expect((await fetch(url)).headers.get('content-type')).toBe('image/webp');
  }, 60_000);
});

function seenOf(updated: SeenMessage | undefined): Parameters<typeof textOf>[0] {
  return { id: '', kind: 'component', label: '', channelId: '', createdAt: 0, messages: [], ...(updated === undefined ? {} : { updated }) };
}

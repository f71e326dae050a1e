import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMPONENTS } from '../../bot/components/index.js';
import type { ComponentInteraction } from '../../bot/interaction-kinds.js';
import { en } from '../../bot/texts/en.js';
import type { DatasetImage } from '../../domain/datasets.js';
import { createDatasets } from '../../models/datasets.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import type { SeenMessage } from '../../sandbox/discord/user/view.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { aRun } from '../support/run-rows.js';
import { accountOf, captioned, seedDataset } from '../support/seeds.js';

const LIMIT = 5;
const DAYS_MS = 86_400_000;
let database: TestDatabase;
let bot: TestBot;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-changes-${randomUUID()}-`, config: { DATASET_IMAGE_LIMIT: LIMIT } });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');
const seed = (images: number, withFiles = false, name?: string): Promise<string> =>
  seedDataset(database.connection, { images: captioned(images), withFiles, ...(name === undefined ? {} : { name }) });
const namesOf = async (datasetId: string): Promise<string[]> => ((await bot.services.datasets.read(datasetId))?.images ?? []).map(({ fileName }) => fileName);

/** What a message shows once an act has changed it, or the answer beside it. */
async function shows(handle: InteractionHandle, wanted: RegExp): Promise<SeenMessage> {
  const isThere = (message: SeenMessage | undefined): boolean => message !== undefined && wanted.test(allText(message.components));
  const seen = await handle.waitFor(({ updated, messages, failure }) => failure !== undefined || isThere(updated) || messages.some(isThere), { what: String(wanted) });
  const message = [seen.updated, ...seen.messages].find(isThere);
  if (message === undefined) throw new Error(`Expected ${String(wanted)}, got: ${seen.failure ?? 'nothing'}`);
  return message;
}

/** A run of the dataset that is under way, as the yard writes it. */
async function startTraining(datasetId: string): Promise<void> {
  const { runId, ...row } = aRun({ runId: randomUUID(), datasetId, accountId: accountOf('mira') });
  await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
}

async function addImage(datasetId: string, image: DatasetImage): Promise<void> {
  await createDatasets(database.connection).addImage(datasetId, image, 100);
}

describe('a dataset', () => {
  it('is answered with Upload, Captions and Open when it is new', async () => {
    const created = await (await mira().slash('train create', { name: 'Brand new' })).message();
    expect(buttonsOf(created.components)).toEqual(['Upload', 'Captions', 'Open']);
    expect((await (await mira().click(created, 'Upload')).modal()).title).not.toBe('');
    const editor = await (await mira().click(created, 'Captions')).message();
    expect(allText(editor.components)).toContain('There are no images to caption yet.');
    await shows(await mira().click(created, 'Open'), /0 of 4–20 images/);
  });

  it('shows View, Upload and Start when it is chosen from the list, which stays', async () => {
    const datasetId = await seed(4, true, 'Chosen one');
    const list = await (await mira().slash('train list')).message();
    const chosen = await shows(await mira().select(list, 'v1:choose:0', [datasetId]), /### Chosen one[\s\S]*4 of 4–20 images/);
    expect(allText(chosen.components)).toContain('## Your datasets');
    expect(chosen.attachments).toMatchObject([{ filename: 'image-1.webp' }]);
    expect(allText((await (await mira().click(chosen, 'Start')).message()).components)).toContain('Chosen one');
    const view = await shows(await mira().click(chosen, 'View'), /Made </);
    expect(view.attachments.map(({ filename }) => filename)).toEqual(['image-1.webp', 'image-2.webp', 'image-3.webp', 'image-4.webp']);
  });

  it('Complaint 9: shows its pictures for ever, from our own store and never from an address of the user’s that expires', async () => {
    const datasetId = await seed(3, true);
    await bot.driver.advanceClock(2 * DAYS_MS);
    const view = await (await mira().slash('train view', { id: datasetId })).message();
    expect(view.attachments).toHaveLength(3);
    const [first] = view.attachments;
    const stored = (await bot.services.datasets.read(datasetId))?.images[0];
    const bytes = Buffer.from(await (await fetch(first?.url ?? '')).arrayBuffer());
    expect(bytes.equals((await bot.services.blobs.read(stored?.previewSha256 ?? '')) ?? Buffer.alloc(0))).toBe(true);
    const sent = (await bot.driver.calls()).map(({ body }) => JSON.stringify(body ?? ''));
    expect(sent.filter((body) => body.includes('"media"') && !body.includes('attachment://'))).toEqual([]);
  });
});

describe('/train rename', () => {
  it('changes the name, the trigger word with the captions that begin with it, or both', async () => {
    const datasetId = await seed(2, false, 'Old name');
    await bot.services.datasets.changeCaptions(datasetId, ({ images, triggerWord }) => images.map(({ imageId }) => ({ imageId, caption: `${triggerWord}, a cat` })));
    expect(allText((await (await mira().slash('train rename', { id: datasetId, name: 'New name' })).message()).components)).toMatch(/It is called New name now\.[\s\S]*Trigger word `tyrdoldname`/);
    const both = await (await mira().slash('train rename', { id: datasetId, name: 'Newest', trigger: 'felix' })).message();
    expect(allText(both.components)).toContain('It is called Newest now. The trigger word is `felix` now; 2 captions that began with the old one begin with it.');
    expect((await bot.services.datasets.read(datasetId))?.images.map(({ caption }) => caption)).toEqual(['felix, a cat', 'felix, a cat']);
    expect(allText((await (await mira().slash('train rename', { id: datasetId, name: 'Newest' })).message()).components)).toContain('already');
  });

  it('opens a form with what the dataset has when nothing is said, and from its view', async () => {
    const datasetId = await seed(1, false, 'By form');
    const direct = await (await mira().slash('train rename', { id: datasetId })).modal();
    expect(direct.components.map(({ component }) => component?.value)).toEqual(['By form', 'tyrdbyform']);
    const view = await (await mira().slash('train view', { id: datasetId })).message();
    const form = await (await mira().click(view, 'Rename')).modal();
    const answer = await shows(await mira().submitModal(form, { trigger: 'sks_cat' }), /trigger word is `sks_cat` now/i);
    expect(answer.id).toBe(view.id);
  });

  it('refuses a name that is taken, and names and trigger words that cannot be used, with nothing changed', async () => {
    const datasetId = await seed(1, false, 'Stays');
    await seed(1, false, 'Taken');
    const refusals: [Record<string, string>, RegExp][] = [
      [{ name: 'tAKEN' }, /You have a dataset called Taken already/],
      [{ name: '  ' }, /cannot be used/],
      [{ name: 'x'.repeat(41) }, /at most 40/],
      [{ trigger: 'two words' }, /one word/],
      [{ name: 'Good', trigger: 'x' }, /2 to 32 characters/],
    ];
    for (const [options, sentence] of refusals) expect(allText((await (await mira().slash('train rename', { id: datasetId, ...options })).message()).components)).toMatch(sentence);
    expect(await bot.services.datasets.read(datasetId)).toMatchObject({ name: 'Stays', triggerWord: 'tyrdstays' });
    const foreign = await (await bot.driver.user('jonas').slash('train rename', { id: datasetId, name: 'Mine' })).message();
    expect(allText(foreign.components)).toContain('not one of your datasets');
    const response = await (await bot.driver.user('jonas').slash('train rename', { id: datasetId })).message();
    expect(allText(response.components)).toContain('not one of your datasets');
  });
});

describe('/train remove', () => {
  it('takes an image out, and Undo brings it back to its place with its caption; a second press says that it is there', async () => {
    const datasetId = await seed(4);
    const before = await bot.services.datasets.read(datasetId);
    const removed = await (await mira().slash('train remove', { id: datasetId, image: '2' })).message();
    expect(allText(removed.components)).toContain('picture-2.jpg is removed.');
    expect(await namesOf(datasetId)).toEqual(['picture-1.jpg', 'picture-3.jpg', 'picture-4.jpg']);
    const twice = await Promise.all([mira().click(removed, 'Undo'), mira().click(removed, 'Undo')]);
    for (const handle of twice) await handle.waitFor(({ acknowledgedAt }) => acknowledgedAt !== undefined);
    const after = await bot.driver.waitFor(async () => {
      const seen = await mira().lookAt(removed);
      return seen !== undefined && /is back (where it was|already)/.test(allText(seen.components)) && seen.edits >= 2 ? seen : null;
    });
    expect(buttonsOf(after.components)).not.toContain('Undo');
    expect((await bot.services.datasets.read(datasetId))?.images).toEqual(before?.images);
  });

  it('says kindly why an image cannot come back: full, there again, or the dataset gone', async () => {
    const datasetId = await seed(LIMIT);
    const removed = await (await mira().slash('train remove', { id: datasetId, image: '1' })).message();
    const [other] = (await bot.services.datasets.read(datasetId))?.images ?? [];
    if (other === undefined) throw new Error('Expected an image.');
    await addImage(datasetId, { ...other, imageId: randomUUID(), fileName: 'new.jpg', sha256: 'new', originalSha256: 'new' });
    const full = await shows(await mira().click(removed, 'Undo'), /no room to bring it back: the dataset has 5 images/);
    await bot.services.datasets.removeImage(datasetId, other.imageId);
    const restored = await shows(await mira().click(full, 'Undo'), /picture-1\.jpg is back where it was/);
    expect(buttonsOf(restored.components)).not.toContain('Undo');
    const again = await (await mira().slash('train remove', { id: datasetId, image: '2' })).message();
    await bot.services.datasets.remove(datasetId);
    await shows(await mira().click(again, 'Undo'), /not one of your datasets/);
  });
});

describe('/train delete', () => {
  it('refuses a dataset that is being trained before it asks, from the command and from the view', async () => {
    const datasetId = await seed(4);
    await startTraining(datasetId);
    const direct = await (await mira().slash('train delete', { id: datasetId })).message();
    expect(allText(direct.components)).toContain('being trained just now');
    expect(buttonsOf(direct.components)).not.toContain('Delete dataset');
    const view = await (await mira().slash('train view', { id: datasetId })).message();
    expect(allText((await (await mira().click(view, 'Delete')).message()).components)).toContain('being trained just now');
  });

  it('asks first, keeps what is to be kept, and deletes for good', async () => {
    const datasetId = await seed(2, false, 'To be deleted');
    const question = await (await mira().slash('train delete', { id: datasetId })).message();
    const kept = await shows(await mira().click(question, 'Keep it'), /## To be deleted/);
    const asked = await (await mira().click(kept, 'Delete')).message();
    await shows(await mira().click(asked, 'Delete dataset'), /To be deleted is deleted/);
    expect(await bot.services.datasets.read(datasetId)).toBeNull();
    await shows(await mira().click(kept, 'Captions'), /not one of your datasets/);
  });
});

describe('an id in a button', () => {
  it('is no authority: whoever does not own the dataset is answered as if it were not there, operators too', async () => {
    const datasetId = await seed(3);
    const before = await bot.services.datasets.read(datasetId);
    const imageId = before?.images[0]?.imageId ?? '';
    // What a press brings along is not read before the owner is asked for; a forged one has no message at all.
    const press = { isModalSubmit: () => false, isStringSelectMenu: () => false } as unknown as ComponentInteraction;
    const onImage = ['cap-back', 'cap-next', 'cap-missing', 'cap-edit', 'cap-five', 'cap-form', 'cap-remove', 'cap-undo', 'cap-trigger'];
    const forged: [string, string[]][] = [
      ...onImage.map((route): [string, string[]] => [route, [datasetId, imageId, '0']]),
      ['captions', [datasetId, '0']], ['caption-fill', [datasetId]], ['undo-remove', [datasetId, imageId]], ['rename', [datasetId]], ['rename-form', [datasetId]], ['delete-ask', [datasetId]], ['delete', [datasetId]],
    ];
    for (const [route, args] of forged) {
      const context = { services: bot.services, actor: { accountId: accountOf('jonas'), isOperator: true }, texts: en };
      expect([route, await COMPONENTS.get(route)?.bind(args)?.(press, context)]).toMatchObject([route, { kind: 'refused', refusal: { code: 'dataset-not-found' } }]);
    }
    expect(await bot.services.datasets.read(datasetId)).toEqual(before);
  });
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
  });
});

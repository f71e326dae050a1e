import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadRecipes, RECIPES_FOLDER } from '../../recipes/load.js';
import type { OptionInput } from '../../sandbox/discord/driver/user.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { jpegPicture } from '../support/pictures.js';
import { captioned, possessionsOf, seedDataset, type Possessions } from '../support/seeds.js';
import { slash } from '../support/wire.js';

/**
 * What people may type that cannot be: each gets one clear answer (what was expected, what came, what to do), and nothing changes.
 * The real bot, database and Temporal, no workers: nothing here gets as far as a run.
 */

let database: TestDatabase;
let bot: TestBot;
let datasetId: string;
let foreignId: string;
let before: readonly Possessions[];

beforeAll(async () => {
  database = await openTestDatabase();
  const recipes = await loadRecipes(RECIPES_FOLDER);
  bot = await startTestBot({ database: database.connection, recipes: [...recipes.values()], prefix: `bad-words-${randomUUID()}/` });
  datasetId = await seedDataset(database.connection, { name: 'Tilda', images: captioned(5), withFiles: false });
  foreignId = await seedDataset(database.connection, { owner: 'jonas', name: 'Of Jonas', images: captioned(5), withFiles: false });
  await slash(mira(), 'points balance');
}, 60_000);

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');
const everything = () => Promise.all([possessionsOf(database.connection, 'mira'), possessionsOf(database.connection, 'jonas')]);

beforeEach(async () => {
  before = await everything();
});

/** The answer to a command that must change nothing. */
async function refusedBy(path: string, options: Readonly<Record<string, OptionInput>>): Promise<string> {
  const answer = await slash(mira(), path, options);
  // Points have a story only where a training was asked for.
  expect(answer.includes('No points were taken.')).toBe(path === 'train start' && !answer.includes('not one of your'));
  expect(await everything()).toEqual(before);
  return answer;
}

/** What Discord's own client refuses never becomes an interaction: the person reads the client's sentence. */
async function stoppedByClient(path: string, options: Readonly<Record<string, OptionInput>>, sentence: string): Promise<void> {
  const interactions = (await mira().interactions()).length;
  await expect(mira().slash(path, options)).rejects.toThrow(sentence);
  expect(await mira().interactions()).toHaveLength(interactions);
  expect(await everything()).toEqual(before);
}

describe('an id of a dataset that is unknown or of somebody else', () => {
  const picture = async (): Promise<OptionInput> => ({ filename: 'a.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256 }) });
  const COMMANDS: readonly [string, () => Promise<Record<string, OptionInput>>][] = [
    ['train view', () => Promise.resolve({})],
    ['train upload', async () => ({ image: await picture(), caption: 'Tilda' })],
    ['train caption', () => Promise.resolve({ image: '1', text: 'Tilda' })],
    ['train remove', () => Promise.resolve({ image: '1' })],
    ['train delete', () => Promise.resolve({})],
    ['train start', () => Promise.resolve({})],
    ['train status', () => Promise.resolve({})],
    ['train cancel', () => Promise.resolve({})],
  ];

  it.each(COMMANDS)('is answered alike by /%s: no such one, and where to look', async (path, more) => {
    const options = await more();
    const unknown = await refusedBy(path, { ...options, id: randomUUID() });
    const foreign = await refusedBy(path, { ...options, id: foreignId });
    expect(foreign).toBe(unknown);
    expect(foreign).toMatch(/This is not one of your (datasets|trainings)\.[\s\S]*(`\/train list`|`\/train status`)/);
  });

  it('is answered alike by the upload form, which opens before anything is read', async () => {
    const answers = [];
    for (const id of [randomUUID(), foreignId]) {
      const modal = await (await mira().slash('train upload', { id })).modal();
      answers.push(JSON.stringify((await (await mira().submitModal(modal, { files: [{ filename: 'a.jpg', bytes: Buffer.from('a') }] })).message()).components));
    }
    expect(answers[0]).toContain('This is not one of your datasets.');
    expect(answers[1]).toBe(answers[0]);
    expect(await everything()).toEqual(before);
  });

  it.each(['no-id', '../../etc/passwd', '{"$ne":null}', '__proto__', 'x'.repeat(100), 'Of Jonas'])('is not found by "%s"', async (id) => {
    expect(await refusedBy('train view', { id })).toContain('This is not one of your datasets.');
  });

  it.each(['99', '0', '-1', 'no such.jpg', '__proto__'])('finds no image called "%s"', async (image) => {
    expect(await refusedBy('train caption', { id: datasetId, image, text: 'Tilda' })).toMatch(/no such image[\s\S]*by number or name/);
  });

  it('suggests nothing of somebody else while it is typed', async () => {
    expect(await mira().autocomplete('train view', 'id', foreignId)).toEqual([]);
    expect(await mira().autocomplete('train view', 'id', 'Of Jonas')).toEqual([]);
    expect(await mira().autocomplete('train caption', 'image', '', { options: { id: foreignId } })).toEqual([]);
  });
});

describe('a name of a dataset', () => {
  it('that is left empty is stopped by Discord’s client', () => stoppedByClient('train create', { name: '' }, 'required'));

  it.each([
    ['only spaces', '   ', /cannot be used: it is empty[\s\S]*at least one letter or digit/],
    ['41 characters', 'x'.repeat(41), /at most 40 characters; this one has 41[\s\S]*shorter/],
    ['41 characters of two units each', '🚂'.repeat(41), /at most 40 characters; this one has 41/],
    ['6,000 characters', 'x'.repeat(6_000), /at most 40 characters; this one has 6,000/],
    ['the name of another in other capitals', 'tILDA', /You have a dataset called Tilda already[\s\S]*another name/],
    ['the name of another in wide letters', 'Ｔｉｌｄａ', /called Tilda already/],
    ['a control character', 'Til\u0007da', /characters that cannot be seen[\s\S]*Leave them out/],
    ['a line break', 'Tilda\n# Danger', /line breaks/],
    ['a bidirectional override', 'Tilda \u202Egpj.exe', /characters that cannot be seen/],
    ['a zero-width space', 'Til\u200Bda', /characters that cannot be seen/],
  ])('is refused: %s', async (_what, name, sentence) => {
    expect(await refusedBy('train create', { name })).toMatch(sentence);
  });

  it.each([
    ['@everyone', '\\@everyone'],
    ['<@&1180431555112460291>', '\\<\\@&1180431555112460291>'],
    ['**bold** _and_ `code`', '\\*\\*bold\\*\\* \\_and\\_ \\`code\\`'],
    ['# big [link](http://x.y)', 'http:\\//x.y'],
    ['||spoiler|| ~~gone~~', '\\|\\|spoiler\\|\\| \\~\\~gone\\~\\~'],
  ])('may be %s, is shown as it was typed and reaches nobody', async (name, escaped) => {
    const calls = (await bot.driver.calls()).length;
    expect(await slash(mira(), 'train create', { name })).toContain(escaped);
    expect((await mira().autocomplete('train view', 'id', name)).map((choice) => choice.name)).toEqual([`${name} · 0 images`]);
    expect(await slash(mira(), 'train list')).toContain(escaped);
    for (const message of await bot.driver.user('jonas').visibleMessages()) expect(message.pinged).toBe(false);
    for (const { body, path } of (await bot.driver.calls()).slice(calls)) if (path.includes('/messages')) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  });
});

describe('a caption', () => {
  it.each([
    ['only spaces', '   ', /caption is empty[\s\S]*what the image shows/],
    ['only line breaks and tabs', '\n\t\n', /caption is empty/],
    ['4,001 characters', 'x'.repeat(4_001), /has 4,001 characters; 4,000 is the limit[\s\S]*Shorten it/],
    ['6,000 characters', 'x'.repeat(6_000), /has 6,000 characters/],
  ])('is refused: %s', async (_what, text, sentence) => {
    expect(await refusedBy('train caption', { id: datasetId, image: '1', text })).toMatch(sentence);
  });

  it('that is missing is told by the file’s name before a training is offered', async () => {
    const images = captioned(5).map((image, at) => (at % 2 === 0 ? image : { ...image, caption: null }));
    const missing = await seedDataset(database.connection, { name: 'Gaps', images, withFiles: false });
    before = await everything();
    expect(await refusedBy('train start', { id: missing })).toMatch(/2 images have no caption: picture-2\.jpg, picture-4\.jpg[\s\S]*`\/train caption`/);
  });

  it('of exactly 4,000 characters is taken', async () => {
    expect(await slash(mira(), 'train caption', { id: datasetId, image: '5', text: 'y'.repeat(4_000) })).toContain('is saved');
  });
});

describe('a setting of a training', () => {
  it.each([0, -1, 99, 10_001, 1e9, 2 ** 53 - 1])('is refused: %d steps', async (steps) => {
    expect(await refusedBy('train start', { id: datasetId, steps })).toMatch(new RegExp(`\`steps\` must be a whole number from 100 to 10000; you asked for ${steps}[\\s\\S]*1500`));
  });

  it.each([
    ['1.5', 1.5],
    ['text', 'many'],
    ['a number as text', '1500'],
    ['more than a client can send', 2 ** 60],
  ])('is stopped by Discord’s client: %s as steps, since the option is a whole number', (_what, steps) => stoppedByClient('train start', { id: datasetId, steps }, 'must be a whole number'));

  it.each([
    ['learning_rate', 0], ['learning_rate', -1], ['learning_rate', 5], ['rank', 0], ['rank', 100_000], ['resolution', 1], ['resolution', 100_000],
  ])('is refused: %s of %d', async (name, value) => {
    expect(await refusedBy('train start', { id: datasetId, [name]: value })).toMatch(new RegExp(`\`${name}\` must be a (whole )?number from [\\d.e-]+ to [\\d.]+; you asked for ${value}`));
  });

  it.each(['flux', '__proto__', '../sd15-lora', '@everyone'])('is refused: the recipe "%s"', async (recipe) => {
    expect(await refusedBy('train start', { id: datasetId, recipe })).toMatch(/no recipe called[\s\S]*Known recipes: sd15-lora, sdxl-lora/);
  });

  it.each([[0, 'Add 4 more'], [3, 'Add 1 more'], [21, 'Remove 1 with `/train remove`, or choose another recipe']])('does not fit %d images', async (count, hint) => {
    const id = await seedDataset(database.connection, { images: captioned(count), withFiles: false });
    before = await everything();
    const answer = await refusedBy('train start', { id, recipe: 'sd15-lora' });
    expect(answer).toContain(`Recipe sd15-lora trains on 4 to 20 images; this dataset has ${count}.`);
    expect(answer).toContain(hint);
  });
});

describe('whatever was typed above', () => {
  it('made the bot do nothing that Discord would refuse, and nothing failed', async () => {
    expect(await bot.driver.violations()).toEqual([]);
    for (const { failure, messages } of await mira().interactions()) expect(failure ?? JSON.stringify(messages)).not.toMatch(/did not respond|This interaction failed|Something went wrong/);
  });
});

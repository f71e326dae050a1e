import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { points } from '../../domain/points.js';
import type { DiscordUser } from '../../sandbox/discord/driver/user.js';
import type { SeenMessage } from '../../sandbox/discord/user/view.js';
import { createPlayer, waitForRow } from '../../sandbox/demo/player.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import { allText, buttonsOf } from '../support/components.js';
import { jpegPicture } from '../support/pictures.js';
import { accountOf, seedDataset } from '../support/seeds.js';
import { answerTo, hears, said, uploadForm, verdictsOf } from '../support/wire.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/**
 * 11. Every message and form at the largest sizes its parts can have. The stand-in checks each body against Discord's own
 * schema and rules, and refuses what Discord would refuse.
 */

let yard: TestYard;
let mira: DiscordUser;
let longest: string;

const DATASETS = 26;
const IMAGES = 20;
/** What grows when it is escaped, and what takes two units a character. */
const NAME_ENDINGS = ['**_~~||`', '🚂🎨🖼️✨🎠', '@everyone', '<@&1234>', '](http://x)'];

/** Forty characters, none of them alike in another case, full of what Discord gives a meaning. */
function longName(number: number): string {
  const ending = NAME_ENDINGS[number % NAME_ENDINGS.length] ?? '';
  const start = `${String(number).padStart(2, '0')} ${['*', '_', '`', '~', '|', '🎠', '\\', '#', '>', '@'][number % 10] ?? ''}`;
  return Array.from(start.repeat(20)).slice(0, 40 - Array.from(ending).length).join('') + ending;
}

const longCaption = (number: number): string => `${number} ${'a_*very*_ `long` @here 🎨 caption '.repeat(200)}`.slice(0, 4_000);
/** As long as a name may be, and every character of it escaped. */
const starredFile = (number: number): string => `${number}${'_*'.repeat(60)}.jpg`;
const longFile = (number: number): string => `${String(number).padStart(2, '0')}_${'very_long_name_'.repeat(8)}.jpg`;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { POINTS_HELP: 'Ask **@everyone** for [more](https://example.org). '.repeat(20) } });
  mira = yard.driver.user('mira');
  for (let number = 0; number < DATASETS; number += 1) {
    const isLast = number === DATASETS - 1;
    const images = Array.from({ length: IMAGES }, (_, at) => ({
      fileName: starredFile(at),
      caption: '*_'.repeat(2_000),
      warnings: [{ code: 'blurry' }, { code: 'extreme-ratio', widthPx: 320, heightPx: 256 }, { code: 'near-duplicate', ofFileName: starredFile(at + 1) }] as const,
    }));
    longest = await seedDataset(yard.connection, { name: longName(number), images: isLast ? images : [], withFiles: isLast });
  }
}, 180_000);
afterAll(() => yard.stop(), 60_000);

async function pressAll(message: SeenMessage, label: string, wanted: RegExp): Promise<SeenMessage> {
  const handle = await mira.click(message, label);
  await hears(handle, wanted);
  const { messages, updated } = await handle.view();
  const answer = updated ?? messages[0];
  if (answer === undefined) throw new Error(`Expected an answer to [${label}].`);
  return answer;
}

const unwelcome = /This interaction failed|Something went wrong/;

describe('11. with 26 datasets of the longest names', () => {
  it('11. lists them, turns the page and opens one from the menu', async () => {
    const list = await answerTo(mira, 'train list');
    expect(allText(list.components)).toContain('26 datasets · page 1 of 2');
    const second = await pressAll(list, 'Next page', /page 2 of 2/);
    const first = await pressAll(second, 'Previous page', /page 1 of 2/);
    await hears(await mira.select(first, 'v1:choose:0', [longest]), /20 of 4–20 images/);
  });

  it('11. offers at most 25 of them while an id is typed', async () => {
    const choices = await mira.autocomplete('train view', 'id', '');
    expect(choices).toHaveLength(25);
    const images = await mira.autocomplete('train caption', 'image', '', { options: { id: longest } });
    expect(images).toHaveLength(IMAGES);
  });

  it('11. makes and deletes one more, whatever its name holds', async () => {
    await hears(await mira.slash('train create', { name: longName(77) }), /ready for images/);
    const [choice] = await mira.autocomplete('train view', 'id', '77 ');
    await hears(await mira.slash('train delete', { id: String(choice?.value) }), /cannot be brought back/);
  });
});

describe('11. with 20 images, long file names and captions of 4,000 characters', () => {
  it('11. shows every page of the images', async () => {
    const view = await answerTo(mira, 'train view', { id: longest });
    expect(buttonsOf(view.components)).toEqual(expect.arrayContaining(['More images', 'Upload', 'Captions', 'Start']));
    const next = await pressAll(view, 'More images', /11\\\./);
    await pressAll(next, 'Previous images', /(^|\D)1\\\./m);
  });

  it('11. takes a caption of 4,000 characters and shows the dataset with it', async () => {
    expect(await said(await mira.slash('train caption', { id: longest, image: '20', text: '`*_~|@everyone🎨'.repeat(300).slice(0, 4_000) }))).toContain('is saved');
    expect((await yard.context.models.datasets.read(longest))?.images[19]?.caption).toHaveLength(4_000);
  });

  it('11. tells the verdicts of ten files with long names and long captions', async () => {
    const datasetId = await seedDataset(yard.connection, { owner: 'jonas', name: longName(50), images: [] });
    const jonas = yard.driver.user('jonas');
    const pictures = await Promise.all(Array.from({ length: 5 }, async (_, at) => ({ filename: longFile(at), bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 300 + at }) })));
    const others = pictures.map(({ filename }) => ({ filename: filename.replace('.jpg', '.txt'), bytes: Buffer.from(longCaption(1)) }));
    expect(await uploadForm(jonas, datasetId, [...pictures, ...others])).toContain('5 images added');
    const refused = Array.from({ length: 10 }, (_, at) => ({ filename: longFile(at).replace('.jpg', '.png'), bytes: Buffer.from('no picture') }));
    expect(await uploadForm(jonas, datasetId, refused)).toContain('10 files not taken');
    const form = await (await jonas.slash('train upload', { id: datasetId })).modal();
    const file = { filename: 'one.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 400 }) };
    expect(await verdictsOf(await jonas.submitModal(form, { files: [file], prefix: longCaption(2).slice(0, 300) }))).toContain('1 image added');
  });
});

describe('11. with all of it in a training', () => {
  it('11. shows the offer, the card, the status and the notice', async () => {
    const player = createPlayer(yard, 'mira', silentTranscript);
    const offer = await player.offer(longest, { recipe: 'sd15-lora', steps: 100, card: 'here' });
    const runId = await player.confirm(offer);
    await waitForRow(yard, runId, ({ notice }) => notice === 'delivered');
    expect((await waitForRow(yard, runId, () => true)).status).toBe('succeeded');
    const shown = await mira.visibleMessages({ channel: 'training' });
    expect(shown.filter(({ ephemeral }) => !ephemeral)).toHaveLength(2);
    await hears(await mira.slash('train status', { id: longest }), /Done/);
    await hears(await mira.slash('train status'), /Your trainings/);
  }, 60_000);

  it('11. shows a refusal that names many files, and one for missing points with a long help', async () => {
    const images = Array.from({ length: IMAGES }, (_, at) => ({ fileName: starredFile(at), caption: null }));
    const uncaptioned = await seedDataset(yard.connection, { name: longName(88), images, withFiles: false });
    await hears(await mira.slash('train start', { id: uncaptioned }), /20 images have no caption/);
    const captioned = await seedDataset(yard.connection, { name: longName(89), images: images.map((image) => ({ ...image, caption: 'a tree' })), withFiles: false });
    await hears(await mira.slash('train start', { id: captioned, recipe: 'sd15-lora', steps: 10_000 }), /which is [\d,]+ points too few/);
    await hears(await mira.slash('points balance'), /to spend/);
  });

  it('11. shows a history of points with the longest reasons', async () => {
    for (let at = 0; at < 20; at += 1) {
      await yard.context.models.ledger.grant({ accountId: accountOf('mira'), key: `grant:${at}`, amountPoints: points(1_000_000), reason: '**@everyone** `x` 🎨'.repeat(10).slice(0, 100), by: accountOf('olga') });
    }
    let page = await answerTo(mira, 'points history');
    for (let pages = 1; !/welcome/.test(allText(page.components)); pages += 1) {
      expect(pages).toBeLessThan(10);
      page = await pressAll(page, 'Older entries', /What happened to your points/);
    }
  });
});

describe('11. all of this', () => {
  it('11. was accepted by Discord: no body broke a rule and nothing failed before a user', async () => {
    expect(await yard.driver.violations()).toEqual([]);
    const calls = await yard.driver.calls();
    expect(calls.filter(({ status }) => status >= 400).map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([]);
    for (const name of ['mira', 'jonas'] as const) {
      for (const { failure, messages } of await yard.driver.user(name).interactions()) {
        expect(failure).toBeUndefined();
        expect(JSON.stringify(messages)).not.toMatch(unwelcome);
      }
    }
  });
});

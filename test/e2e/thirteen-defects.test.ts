import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationCommandOptionType } from 'discord.js';
import sharp from 'sharp';
import { COMMANDS } from '../../bot/commands/index.js';
import type { PickedFile } from '../../sandbox/discord/driver/http.js';
import type { OptionInput } from '../../sandbox/discord/driver/user.js';
import { USERS } from '../../sandbox/discord/people.js';
import type { CommandOption } from '../../sandbox/discord/wire.js';
import { FOREIGN_FILES, jpegPicture, pngPicture, truncatedJpeg, webpPicture } from '../support/pictures.js';
import { captioned, seedDataset } from '../support/seeds.js';
import { slash, textOf, uploadForm, verdictsOf } from '../support/wire.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/** The defects of an earlier system that concern commands and uploads, by number; runs and construction have files of their own. */

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1 });
}, 120_000);
afterAll(() => yard.stop(), 60_000);

const SUBCOMMANDS = [...COMMANDS].flatMap(([group, commands]) => [...commands.keys()].map((name) => `${group} ${name}`.trim()));
const DISCORDS_FAILURES = /This interaction failed|did not respond|Something went wrong|took too long|cannot be reached/;

let seed = 0;
async function picture(fileName: string, size: { widthPx?: number; heightPx?: number } = {}): Promise<PickedFile> {
  seed += 1;
  const draw = fileName.endsWith('.png') ? pngPicture : fileName.endsWith('.webp') ? webpPicture : jpegPicture;
  return { filename: fileName, bytes: await draw({ widthPx: 320, heightPx: 256, ...size, seed }) };
}

async function imagesOf(datasetId: string) {
  return (await yard.context.models.datasets.read(datasetId))?.images ?? [];
}

describe('1. every registered command reaches its handler and is answered', () => {
  /** The options as Discord has them on record, not as the code says it would register them. */
  async function registeredOptions(path: string): Promise<readonly CommandOption[]> {
    const [group = '', name = ''] = path.split(' ');
    const { global } = await yard.driver.commands();
    const whole = global?.find((one) => one.name === group);
    const command = name === '' ? whole : whole?.options.find((one) => one.name === name);
    if (command === undefined) throw new Error(`Expected /${path} to be registered.`);
    return command.options ?? [];
  }

  async function valueOf(option: CommandOption, datasetId: string): Promise<OptionInput> {
    const ATTACHMENT: number = ApplicationCommandOptionType.Attachment;
    if (option.type === ATTACHMENT) return picture('tilda.jpg');
    const values: Record<string, OptionInput> = {
      id: datasetId, image: '1', text: 'Tilda at the bridge', caption: 'Tilda at the bridge', name: `Set ${(seed += 1)}`, user: USERS.jonas.id, points: 5, reason: 'a prize',
      recipe: 'sd15-lora', steps: 200, learning_rate: 0.0005, rank: 16, resolution: 512, card: 'here', epochs: 40, trigger: 'tyrdtilda', trigger_word: 'tyrdtilda', ping: true,
    };
    const value = values[option.name];
    if (value === undefined) throw new Error(`Expected this test to know a value for option "${option.name}".`);
    return value;
  }

  describe.each(['its required options', 'every option'])('with %s', (which) => {
    it.each(SUBCOMMANDS)('1. /%s never fails', async (path) => {
      const datasetId = await seedDataset(yard.connection, { owner: 'olga', images: captioned(5) });
      const options: Record<string, OptionInput> = {};
      for (const option of await registeredOptions(path)) {
        if (which === 'every option' || option.required === true) options[option.name] = await valueOf(option, datasetId);
      }
      const handle = await yard.driver.user('olga').slash(path, options);
      const seen = await handle.waitFor(({ failure, modal, messages }) => failure !== undefined || modal !== undefined || messages.length > 0, { timeoutMs: 30_000 });
      expect(seen.failure).toBeUndefined();
      expect(textOf(seen)).not.toMatch(DISCORDS_FAILURES);
      expect(seen.modal !== undefined || textOf(seen).length > 10).toBe(true);
    });
  });
});

describe('2. an upload is fetched from the host of attachments and stored', () => {
  it.each(['tilda.jpg', 'tilda.png', 'tilda.webp'])('2. takes %s in by /train upload, byte for byte', async (fileName) => {
    const mira = yard.driver.user('mira');
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const file = await picture(fileName, { widthPx: 640, heightPx: 512 });
    expect(await verdictsOf(await mira.slash('train upload', { id: datasetId, image: file, caption: 'Tilda at noon' }))).toContain('1 image added');
    const [image] = await imagesOf(datasetId);
    expect(image).toMatchObject({ fileName, caption: 'Tilda at noon', originalSha256: createHash('sha256').update(file.bytes).digest('hex'), widthPx: 640, heightPx: 512 });
    const stored = await yard.context.models.blobs.read(image?.sha256 ?? '');
    expect(await sharp(stored ?? Buffer.alloc(0)).metadata()).toMatchObject({ width: 640, height: 512 });
  });
});

describe('5. captions go to the image they were written for', () => {
  it.each([
    ['from the last to the first', [6, 5, 4, 3, 2, 1]],
    ['in no order', [4, 1, 6, 3, 5, 2]],
  ])('5. captions six images %s: each has its own', async (_name, order) => {
    const mira = yard.driver.user('mira');
    const images = captioned(6).map(({ fileName }) => ({ fileName, caption: null }));
    const datasetId = await seedDataset(yard.connection, { images, withFiles: false });
    for (const number of order) {
      // By number, by file name and by the id the suggestions give, in turn.
      const chosen = await mira.autocomplete('train caption', 'image', `${number}. `, { options: { id: datasetId } });
      const image = [String(number), `picture-${number}.jpg`, String(chosen[0]?.value)][number % 3] ?? '';
      await slash(mira, 'train caption', { id: datasetId, image, text: `caption of ${number}` });
    }
    expect((await imagesOf(datasetId)).map(({ fileName, caption }) => [fileName, caption])).toEqual(
      [1, 2, 3, 4, 5, 6].map((number) => [`picture-${number}.jpg`, `caption of ${number}`]),
    );
  });
});

describe('6. every file of an upload is accounted for', () => {
  const BAD = Object.values(FOREIGN_FILES);

  it.each([[1, 0], [1, 1], [4, 2], [10, 3], [10, 10]])('6. of %i images with %i unusable ones says how many were added and refused, and has stored as many', async (k, r) => {
    const mira = yard.driver.user('mira');
    const datasetId = await seedDataset(yard.connection, { images: [] });
    // Spread over the upload, so that a refusal in the middle could shift what follows.
    const isBad = (at: number): boolean => Math.floor(((at + 1) * r) / k) > Math.floor((at * r) / k);
    const files = await Promise.all(
      Array.from({ length: k }, async (_, at) => (isBad(at) ? { filename: `bad-${at}.png`, bytes: BAD[at % BAD.length] ?? Buffer.alloc(0) } : picture(`good-${at}.jpg`))),
    );
    const answer = await uploadForm(mira, datasetId, files);
    expect(answer).toContain(`${k - r} image${k - r === 1 ? '' : 's'} added`);
    if (r > 0) expect(answer).toContain(`${r} file${r === 1 ? '' : 's'} not taken`);
    else expect(answer).not.toContain('not taken');
    for (const { filename } of files) expect(answer).toContain(filename);
    expect((await imagesOf(datasetId)).map(({ fileName }) => fileName).sort()).toEqual(files.map(({ filename }) => filename).filter((name) => name.startsWith('good')).sort());
  });

  it('6. a dataset that becomes full in the middle of an upload says which images did not go in', async () => {
    const datasetId = await seedDataset(yard.connection, { images: captioned(98), withFiles: false });
    const files = [await picture('a.jpg'), await picture('b.jpg'), await picture('c.jpg'), { filename: 'd.jpg', bytes: await truncatedJpeg({ seed: 4711 }) }, await picture('e.jpg')];
    const answer = await uploadForm(yard.driver.user('mira'), datasetId, files);
    expect(answer).toContain('2 images added, 3 files not taken');
    expect(answer).toContain('The dataset has 100 images, which is the limit');
    expect(await imagesOf(datasetId)).toHaveLength(100);
  });
});

describe('12. nothing is lost when much happens at once', () => {
  it('12. twenty uploads at the same time make twenty images, each with its caption', async () => {
    const mira = yard.driver.user('mira');
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const files = await Promise.all(Array.from({ length: 20 }, (_, at) => picture(`at-once-${at}.jpg`)));
    const handles = await Promise.all(files.map((image, at) => mira.slash('train upload', { id: datasetId, image, caption: `scene ${at}` })));
    for (const answer of await Promise.all(handles.map(verdictsOf))) expect(answer).toContain('1 image added');
    const stored = (await imagesOf(datasetId)).map(({ fileName, caption }) => `${fileName}: ${caption ?? ''}`).sort();
    expect(stored).toEqual(files.map(({ filename }, at) => `${filename}: scene ${at}`).sort());
  });

  it('12. captions and removals at the same time all take effect', async () => {
    const mira = yard.driver.user('mira');
    const datasetId = await seedDataset(yard.connection, { images: captioned(12), withFiles: false });
    await Promise.all(
      Array.from({ length: 12 }, (_, at) => {
        const image = `picture-${at + 1}.jpg`;
        return at % 3 === 0 ? slash(mira, 'train remove', { id: datasetId, image }) : slash(mira, 'train caption', { id: datasetId, image, text: `new ${at + 1}` });
      }),
    );
    expect((await imagesOf(datasetId)).map(({ caption }) => caption)).toEqual([2, 3, 5, 6, 8, 9, 11, 12].map((number) => `new ${number}`));
  });
});

describe('whatever was done above', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await yard.driver.violations()).toEqual([]);
  });
});

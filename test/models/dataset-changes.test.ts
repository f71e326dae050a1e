import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountIdOf } from '../../domain/accounts.js';
import { editsForMissing, editsForTrigger } from '../../domain/captions.js';
import type { Dataset, DatasetImage } from '../../domain/datasets.js';
import { REMOVALS_KEPT } from '../../domain/removed-images.js';
import { createDatasets, type Datasets } from '../../models/datasets.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let datasets: Datasets;
let counter = 0;
const next = (): string => String((counter += 1)).padStart(6, '0');

beforeAll(async () => {
  database = await openTestDatabase();
  datasets = createDatasets(database.connection);
  await datasets.ensureIndexes();
});
afterAll(() => database.close());

function anImage(imageId: string, caption: string | null = null): DatasetImage {
  const unique = next();
  return {
    imageId, fileName: `${imageId}.png`, sha256: `stored${unique}`, previewSha256: `preview${unique}`, originalSha256: `sent${unique}`, dHash: '0f0f0f0f0f0f0f0f',
    widthPx: 1024, heightPx: 1024, sizeBytes: 1000, caption, warnings: [], addedAt: new Date(),
  };
}

async function made(imageIds: string, captionOf: (imageId: string) => string | null = () => null): Promise<string> {
  const id = next();
  const datasetId = `d${id}`;
  await datasets.create({ datasetId, owner: accountIdOf('discord', `9${id}`), name: `Set ${id}`, nameKey: `set ${id}`, triggerWord: 'tyrdset', now: new Date() });
  for (const imageId of imageIds) await datasets.addImage(datasetId, anImage(imageId, captionOf(imageId)), 100);
  return datasetId;
}

async function read(datasetId: string): Promise<Dataset> {
  const dataset = await datasets.read(datasetId);
  if (dataset === null) throw new Error('Expected the dataset to be there.');
  return dataset;
}

const idsOf = ({ images }: Dataset): string => images.map(({ imageId }) => imageId).join('');
const captionsOf = ({ images }: Dataset): (string | null)[] => images.map(({ caption }) => caption);

describe('a removed image', () => {
  it('comes back where it stood, with its caption and everything else', async () => {
    const datasetId = await made('abc', (imageId) => `picture ${imageId}`);
    const before = await read(datasetId);
    await datasets.removeImage(datasetId, 'b');
    expect(await datasets.restoreImage(datasetId, 'b', 100)).toMatchObject({ kind: 'restored', dataset: { revision: 6 } });
    expect((await read(datasetId)).images).toEqual(before.images);
  });

  it('comes back once, however often that is asked for', async () => {
    const datasetId = await made('abc');
    await datasets.removeImage(datasetId, 'b');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => datasets.restoreImage(datasetId, 'b', 100)));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['restored', 'there-already', 'there-already', 'there-already', 'there-already']);
    expect(idsOf(await read(datasetId))).toBe('abc');
  });

  it('does not come back into a full dataset, beside the same picture, or when it was never there', async () => {
    const datasetId = await made('ab');
    const [a] = (await read(datasetId)).images;
    if (a === undefined) throw new Error('Expected an image.');
    await datasets.removeImage(datasetId, 'a');
    expect(await datasets.restoreImage(datasetId, 'a', 1)).toEqual({ kind: 'full', limit: 1 });
    await datasets.addImage(datasetId, { ...a, imageId: 'again', fileName: 'again.png' }, 100);
    expect(await datasets.restoreImage(datasetId, 'a', 100)).toEqual({ kind: 'duplicate', ofFileName: 'again.png' });
    expect(await datasets.restoreImage(datasetId, 'never', 100)).toMatchObject({ kind: 'not-kept' });
    await datasets.remove(datasetId);
    expect(await datasets.restoreImage(datasetId, 'a', 100)).toEqual({ kind: 'gone' });
  });

  it('is kept for the last removals only', async () => {
    const ids = 'abcdefghijklmnopqrstuvwxyz'.slice(0, REMOVALS_KEPT + 1);
    const datasetId = await made(ids);
    for (const [at, imageId] of Array.from(ids).entries()) await datasets.removeImage(datasetId, imageId, new Date(at * 1000));
    expect(await datasets.restoreImage(datasetId, 'a', 100)).toMatchObject({ kind: 'not-kept' });
    for (const imageId of Array.from(ids).slice(1)) expect(await datasets.restoreImage(datasetId, imageId, 100)).toMatchObject({ kind: 'restored' });
    expect(idsOf(await read(datasetId))).toBe(ids.slice(1));
  });

  it('comes back to its place in whatever order removals are undone', async () => {
    const orders = fc.record({ removed: fc.shuffledSubarray(Array.from('abcdefgh'), { minLength: 1 }), undone: fc.shuffledSubarray(Array.from('abcdefgh'), { minLength: 8 }) });
    await fc.assert(
      fc.asyncProperty(orders, async ({ removed, undone }) => {
        const datasetId = await made('abcdefgh');
        for (const imageId of removed) await datasets.removeImage(datasetId, imageId);
        for (const imageId of undone) await datasets.restoreImage(datasetId, imageId, 100);
        expect(idsOf(await read(datasetId))).toBe('abcdefgh');
      }),
      { numRuns: 10 },
    );
  });
});

describe('captions of several images', () => {
  it('are set in one write, each on its own image', async () => {
    const datasetId = await made('abcd');
    const edits = Array.from('dbca').map((imageId) => ({ imageId, caption: `picture ${imageId}` }));
    expect(await datasets.changeCaptions(datasetId, () => edits)).toMatchObject({ changed: 4, dataset: { revision: 6 } });
    expect(captionsOf(await read(datasetId))).toEqual(['picture a', 'picture b', 'picture c', 'picture d']);
    expect(await datasets.changeCaptions(datasetId, () => edits)).toMatchObject({ changed: 0, dataset: { revision: 6 } });
  });

  it('leave out images that are gone, and say so of a dataset that is', async () => {
    const datasetId = await made('ab');
    const edits = Array.from('axb').map((imageId) => ({ imageId, caption: `$picture.${imageId}` }));
    expect(await datasets.changeCaptions(datasetId, () => edits)).toMatchObject({ changed: 2 });
    expect(captionsOf(await read(datasetId))).toEqual(['$picture.a', '$picture.b']);
    await datasets.remove(datasetId);
    expect(await datasets.changeCaptions(datasetId, () => edits)).toBeNull();
  });

  it('get the trigger word in front, those that have it and those that are missing stay', async () => {
    const datasetId = await made('abcd', (imageId) => ({ a: 'a cat', b: 'TYRDSET sleeps', c: null, d: 'x'.repeat(3_999) })[imageId] ?? null);
    const outcome = await datasets.changeCaptions(datasetId, ({ images, triggerWord }) => editsForTrigger(images, triggerWord).edits);
    expect(outcome?.changed).toBe(1);
    expect(captionsOf(await read(datasetId))).toEqual(['tyrdset, a cat', 'TYRDSET sleeps', null, 'x'.repeat(3_999)]);
  });

  it('lose nothing to each other: singles, forms, the trigger word and the filling of the missing at once', async () => {
    const datasetId = await made('abcdefgh', (imageId) => (imageId < 'e' ? `old ${imageId}` : null));
    await Promise.all([
      datasets.setCaption(datasetId, 'a', 'one tyrdset'),
      datasets.setCaption(datasetId, 'e', 'two tyrdset'),
      datasets.changeCaptions(datasetId, () => Array.from('bcf').map((imageId) => ({ imageId, caption: `form ${imageId} tyrdset` }))),
      datasets.changeCaptions(datasetId, ({ images, triggerWord }) => editsForTrigger(images, triggerWord).edits),
      datasets.changeCaptions(datasetId, ({ images, triggerWord }) => editsForMissing(images, triggerWord)),
    ]);
    expect(captionsOf(await read(datasetId))).toEqual(['one tyrdset', 'form b tyrdset', 'form c tyrdset', 'tyrdset, old d', 'two tyrdset', 'form f tyrdset', 'tyrdset', 'tyrdset']);
  });
});

describe('a caption never lands on another image', () => {
  type Step = { kind: 'caption' | 'form' | 'remove' | 'undo' | 'add' | 'trigger' | 'fill'; who: string };
  const steps = fc.array(fc.record({ kind: fc.constantFrom<Step['kind']>('caption', 'form', 'remove', 'undo', 'add', 'trigger', 'fill'), who: fc.constantFrom(...Array.from('abcdef')) }), { minLength: 8, maxLength: 24 });

  function carryOut(datasetId: string, { kind, who }: Step, at: number): Promise<unknown> {
    switch (kind) {
      case 'caption':
        return datasets.setCaption(datasetId, who, `of ${who} ${at}`);
      case 'form':
        return datasets.changeCaptions(datasetId, () => Array.from('abcdef').map((imageId) => ({ imageId, caption: `of ${imageId} ${at}` })));
      case 'remove':
        return datasets.removeImage(datasetId, who);
      case 'undo':
        return datasets.restoreImage(datasetId, who, 100);
      case 'add':
        return datasets.addImage(datasetId, anImage(`n${next()}`), 100);
      case 'trigger':
        return datasets.changeCaptions(datasetId, ({ images, triggerWord }) => editsForTrigger(images, triggerWord).edits);
      case 'fill':
        return datasets.changeCaptions(datasetId, ({ images, triggerWord }) => editsForMissing(images, triggerWord));
    }
  }

  it('whatever happens at once, and no image appears twice or goes without being removed', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (wanted) => {
        const datasetId = await made('abcdef', (imageId) => `of ${imageId}`);
        await Promise.all(wanted.map((step, at) => carryOut(datasetId, step, at)));
        const dataset = await read(datasetId);
        const ids = dataset.images.map(({ imageId }) => imageId);
        expect(new Set(ids).size).toBe(ids.length);
        const removed = new Set(wanted.filter(({ kind }) => kind === 'remove').map(({ who }) => who));
        expect(Array.from('abcdef').filter((imageId) => !ids.includes(imageId) && !removed.has(imageId))).toEqual([]);
        for (const { imageId, fileName, caption } of dataset.images) {
          expect(fileName).toBe(`${imageId}.png`);
          expect(caption ?? 'tyrdset').toMatch(imageId.startsWith('n') ? /^tyrdset$/ : new RegExp(`^(tyrdset, )?of ${imageId}( \\d+)?$`));
        }
        for (const imageId of removed) await datasets.restoreImage(datasetId, imageId, 100);
        expect((await read(datasetId)).images.map(({ imageId }) => imageId).filter((imageId) => imageId.length === 1).join('')).toBe('abcdef');
      }),
      { numRuns: 25 },
    );
  });
});

describe('a dataset', () => {
  it('gets another trigger word together with the captions that begin with the old one', async () => {
    const datasetId = await made('abcd', (imageId) => ({ a: 'tyrdset', b: 'tyrdset, a cat', c: 'a cat called tyrdset', d: null })[imageId] ?? null);
    expect(await datasets.amend(datasetId, { triggerWord: 'felix' })).toMatchObject({ kind: 'amended', captions: 2, dataset: { triggerWord: 'felix', revision: 6 } });
    expect(captionsOf(await read(datasetId))).toEqual(['felix', 'felix, a cat', 'a cat called tyrdset', null]);
  });

  it('is not changed by the name and trigger word that it has', async () => {
    const datasetId = await made('');
    const { name } = await read(datasetId);
    expect(await datasets.amend(datasetId, { name, nameKey: name.toLowerCase(), triggerWord: 'tyrdset' })).toMatchObject({ kind: 'amended', dataset: { revision: 1 } });
  });
});

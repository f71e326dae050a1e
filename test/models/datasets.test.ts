import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountIdOf } from '../../domain/accounts.js';
import type { DatasetImage } from '../../domain/datasets.js';
import { createDatasets, type Datasets, type NewDataset } from '../../models/datasets.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

let counter = 0;
const next = (): string => {
  counter += 1;
  return String(counter).padStart(6, '0');
};

const newOwner = () => accountIdOf('discord', `9${next()}`);

const newDataset = (fields: Partial<NewDataset> = {}): NewDataset => {
  const id = next();
  return { datasetId: `d${id}`, owner: newOwner(), name: `Set ${id}`, nameKey: `set ${id}`, triggerWord: 'tyrdset', now: new Date(), ...fields };
};

const newImage = (fields: Partial<DatasetImage> = {}): DatasetImage => {
  const id = next();
  return {
    imageId: `i${id}`, fileName: `${id}.png`, sha256: `stored${id}`, previewSha256: `preview${id}`, originalSha256: `sent${id}`, dHash: '0f0f0f0f0f0f0f0f', widthPx: 1024, heightPx: 1024,
    sizeBytes: 1000, caption: null, warnings: [], addedAt: new Date(), ...fields,
  };
};

describe('datasets', () => {
  let database: TestDatabase;
  let datasets: Datasets;
  beforeAll(async () => {
    database = await openTestDatabase();
    datasets = createDatasets(database.connection, 3);
    await datasets.ensureIndexes();
  });
  afterAll(() => database.close());

  async function made(fields: Partial<NewDataset> = {}): Promise<NewDataset> {
    const wanted = newDataset(fields);
    expect(await datasets.create(wanted)).toMatchObject({ kind: 'created' });
    return wanted;
  }

  it('refuses a name its owner has, and tells how it was written', async () => {
    const first = await made({ name: 'My Cat', nameKey: 'my cat' });
    expect(await datasets.create(newDataset({ owner: first.owner, name: 'MY CAT', nameKey: 'my cat' }))).toEqual({ kind: 'name-taken', name: 'My Cat' });
    expect(await datasets.create(newDataset({ name: 'my cat', nameKey: 'my cat' }))).toMatchObject({ kind: 'created' });
  });

  it('creates one of ten datasets that take one name at once', async () => {
    const owner = newOwner();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => datasets.create(newDataset({ owner, name: 'Dog', nameKey: 'dog' }))));
    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'name-taken')).toHaveLength(9);
  });

  it('never holds more datasets of an owner than allowed, whoever is quicker', async () => {
    const owner = newOwner();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => datasets.create(newDataset({ owner }))));
    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(3);
    expect(outcomes).toContainEqual({ kind: 'too-many', limit: 3 });
    expect(await datasets.listOf(owner)).toHaveLength(3);
  });

  it('has room again when a dataset is removed', async () => {
    const owner = newOwner();
    const [first] = await Promise.all([made({ owner }), made({ owner })]);
    await made({ owner });
    expect(await datasets.remove(first.datasetId)).toBe(true);
    expect(await datasets.remove(first.datasetId)).toBe(false);
    expect(await datasets.create(newDataset({ owner }))).toMatchObject({ kind: 'created' });
  });

  it('answers a repeated creation with the dataset as it is now', async () => {
    const wanted = await made();
    await datasets.addImage(wanted.datasetId, newImage(), 100);
    expect(await datasets.create(wanted)).toMatchObject({ kind: 'created', dataset: { revision: 2, images: [{}] } });
  });

  it('takes 20 images added at once, and each makes the revision grow', async () => {
    const { datasetId } = await made();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => datasets.addImage(datasetId, newImage(), 100)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array<string>(20).fill('added'));
    const dataset = await datasets.read(datasetId);
    expect(dataset?.images).toHaveLength(20);
    expect(dataset?.revision).toBe(21);
  });

  it('refuses the image above the limit, also when several race for the last place', async () => {
    const { datasetId } = await made();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => datasets.addImage(datasetId, newImage(), 4)));
    expect(outcomes.filter(({ kind }) => kind === 'added')).toHaveLength(4);
    expect(outcomes).toContainEqual({ kind: 'full', limit: 4 });
    expect((await datasets.read(datasetId))?.images).toHaveLength(4);
  });

  it('refuses a picture sent before, and one that is stored as the same file', async () => {
    const { datasetId } = await made();
    const image = newImage({ fileName: 'cat.png' });
    await datasets.addImage(datasetId, image, 100);
    const duplicate = { kind: 'duplicate', ofFileName: 'cat.png' };
    expect(await datasets.addImage(datasetId, newImage({ originalSha256: image.originalSha256 }), 100)).toEqual(duplicate);
    expect(await datasets.addImage(datasetId, newImage({ sha256: image.sha256 }), 100)).toEqual(duplicate);
  });

  it('tells images of one name apart by number, in a race and when a removed one comes back', async () => {
    const { datasetId } = await made();
    const images = Array.from({ length: 12 }, () => newImage({ fileName: 'image.jpg' }));
    await Promise.all(images.map((image) => datasets.addImage(datasetId, image, 100)));
    const names = (): Promise<string[]> => datasets.read(datasetId).then((dataset) => (dataset?.images ?? []).map(({ fileName }) => fileName).sort());
    expect(await names()).toEqual(['image.jpg', ...Array.from({ length: 11 }, (_, at) => `image (${at + 2}).jpg`)].sort());

    const first = (await datasets.read(datasetId))?.images.find(({ fileName }) => fileName === 'image.jpg');
    await datasets.removeImage(datasetId, first?.imageId ?? '');
    await datasets.addImage(datasetId, newImage({ fileName: 'image.jpg' }), 100);
    await datasets.restoreImage(datasetId, first?.imageId ?? '', 100);
    expect((await datasets.read(datasetId))?.images.find(({ imageId }) => imageId === first?.imageId)?.fileName).toBe('image (13).jpg');
    expect(new Set(await names()).size).toBe(13);
  });

  it('answers an image that is there already as added, without a change', async () => {
    const { datasetId } = await made();
    const image = newImage();
    await datasets.addImage(datasetId, image, 1);
    expect(await datasets.addImage(datasetId, image, 1)).toMatchObject({ kind: 'added', dataset: { revision: 2 } });
  });

  it('tells that a removed dataset is gone', async () => {
    const { datasetId } = await made();
    await datasets.remove(datasetId);
    expect(await datasets.addImage(datasetId, newImage(), 100)).toEqual({ kind: 'gone' });
    expect(await datasets.setCaption(datasetId, 'i', 'a cat')).toBeNull();
    expect(await datasets.removeImage(datasetId, 'i')).toBeNull();
    expect(await datasets.amend(datasetId, { name: 'New', nameKey: 'new' })).toEqual({ kind: 'gone' });
  });

  it('sets every caption on its own image, in any order', async () => {
    const { datasetId } = await made();
    const images = Array.from({ length: 8 }, () => newImage());
    for (const image of images) await datasets.addImage(datasetId, image, 100);
    await Promise.all([...images].reverse().map(({ imageId }) => datasets.setCaption(datasetId, imageId, `caption of ${imageId}`)));
    const dataset = await datasets.read(datasetId);
    expect(dataset?.images.map(({ imageId, caption }) => [imageId, caption])).toEqual(images.map(({ imageId }) => [imageId, `caption of ${imageId}`]));
    expect(dataset?.revision).toBe(17);
  });

  it('leaves the revision alone when a caption is set to what it is', async () => {
    const { datasetId } = await made();
    await datasets.addImage(datasetId, newImage({ imageId: 'same', caption: 'a cat' }), 100);
    expect(await datasets.setCaption(datasetId, 'same', 'a cat')).toMatchObject({ revision: 2 });
    expect(await datasets.setCaption(datasetId, 'same', null)).toMatchObject({ revision: 3, images: [{ caption: null }] });
    expect(await datasets.setCaption(datasetId, 'other', 'a cat')).toBeNull();
  });

  it('keeps the captions of the others when an image is removed', async () => {
    const { datasetId } = await made();
    for (const imageId of ['a', 'b', 'c']) await datasets.addImage(datasetId, newImage({ imageId, caption: `picture ${imageId}` }), 100);
    const dataset = await datasets.removeImage(datasetId, 'b');
    expect(dataset?.images.map(({ imageId, caption }) => [imageId, caption])).toEqual([['a', 'picture a'], ['c', 'picture c']]);
    expect(await datasets.removeImage(datasetId, 'b')).toBeNull();
  });

  it('lists the newest first with what they still need', async () => {
    const owner = newOwner();
    const older = await made({ owner, now: new Date('2026-01-01') });
    const newer = await made({ owner, now: new Date('2026-01-02') });
    await datasets.addImage(older.datasetId, newImage({ caption: 'a cat' }), 100);
    await datasets.addImage(older.datasetId, newImage(), 100);
    expect(await datasets.listOf(owner)).toEqual([
      { datasetId: newer.datasetId, name: newer.name, images: 0, captionsMissing: 0, revision: 1, createdAt: newer.now },
      { datasetId: older.datasetId, name: older.name, images: 2, captionsMissing: 1, revision: 3, createdAt: older.now },
    ]);
  });

  it('renames to a free name only', async () => {
    const owner = newOwner();
    const cats = await made({ owner, name: 'Cats', nameKey: 'cats' });
    await made({ owner, name: 'Dogs', nameKey: 'dogs' });
    expect(await datasets.amend(cats.datasetId, { name: 'DOGS', nameKey: 'dogs' })).toEqual({ kind: 'name-taken', name: 'Dogs' });
    expect(await datasets.amend(cats.datasetId, { name: 'CATS', nameKey: 'cats' })).toMatchObject({ kind: 'amended', dataset: { name: 'CATS', triggerWord: 'tyrdset', revision: 2 } });
  });
});

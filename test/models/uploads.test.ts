import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHUNK_BYTES } from '../../models/gridfs-chunks.js';
import { createUploads, type Uploads } from '../../models/uploads.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

describe('files between fetching and checking', () => {
  let database: TestDatabase;
  let uploads: Uploads;
  beforeAll(async () => {
    database = await openTestDatabase();
    uploads = createUploads(database.connection);
    await uploads.ensureIndexes();
  });
  afterAll(() => database.close());

  it('gives back what was stored, with its hash', async () => {
    const bytes = randomBytes(CHUNK_BYTES + 5);
    const stored = { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
    expect(await uploads.put('1/1', bytes)).toEqual(stored);
    expect(await uploads.find('1/1')).toEqual(stored);
    expect(await uploads.read('1/1')).toEqual(bytes);
  });

  it('lets what is there stand when a repeated try brings other bytes', async () => {
    const first = await uploads.put('2/1', randomBytes(10));
    expect(await uploads.put('2/1', randomBytes(11))).toEqual(first);
    expect(await database.connection.collection('uploads.chunks').countDocuments({})).toBe(3);
  });

  it('keeps the same bytes of another upload when one is removed', async () => {
    const bytes = randomBytes(100);
    await uploads.put('3/1', bytes);
    await uploads.put('3/2', bytes);
    await uploads.remove('3/1');
    expect(await uploads.read('3/1')).toBeNull();
    expect(await uploads.read('3/2')).toEqual(bytes);
  });

  it('lets files and their chunks expire together', async () => {
    for (const name of ['uploads.files', 'uploads.chunks']) {
      const indexes = await database.connection.collection(name).indexes();
      expect(indexes).toContainEqual(expect.objectContaining({ key: { uploadDate: 1 }, expireAfterSeconds: 24 * 3600 }));
    }
    expect(await database.connection.collection('uploads.chunks').countDocuments({ uploadDate: { $exists: false } })).toBe(0);
  });
});

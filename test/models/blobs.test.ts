import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { createBlobs, type Blobs } from '../../models/blobs.js';
import { CHUNK_BYTES } from '../../models/gridfs-chunks.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    await Promise.resolve();
    yield bytes.subarray(at, at + pieceBytes);
  }
}

async function* breakingAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* inPieces(bytes, 100_000);
  throw new Error('connection reset');
}

describe('the blob store', () => {
  let database: TestDatabase;
  let blobs: Blobs;
  beforeAll(async () => {
    database = await openTestDatabase();
    blobs = createBlobs(database.connection);
    await blobs.ensureIndexes();
  });
  afterAll(() => database.close());

  const chunks = () => database.connection.collection('blobs.chunks');
  const files = () => database.connection.collection('blobs.files');

  /** What a crash leaves: chunks that no file names. */
  async function abandonChunks(bytes: Buffer, begunAt: Date): Promise<mongo.ObjectId> {
    const id = mongo.ObjectId.createFromTime(Math.floor(begunAt.getTime() / 1000));
    await chunks().insertOne({ files_id: id, n: 0, data: new mongo.Binary(bytes) });
    return id;
  }

  it('removes what it wrote when its source breaks off', async () => {
    await expect(blobs.put(breakingAfter(randomBytes(3 * CHUNK_BYTES)))).rejects.toThrow('connection reset');
    expect(await chunks().countDocuments()).toBe(0);
  });

  it('takes bytes again whose first upload crashed in the middle', async () => {
    const bytes = randomBytes(2 * CHUNK_BYTES + 17);
    await abandonChunks(bytes.subarray(0, CHUNK_BYTES), new Date());
    expect(await blobs.put(bytes)).toEqual({ sha256: sha256Of(bytes), sizeBytes: bytes.length, stored: 'now' });
    expect(await blobs.read(sha256Of(bytes))).toEqual(bytes);
  });

  it('keeps one copy of what ten put at once, and takes back the chunks of the other nine', async () => {
    const bytes = randomBytes(2 * CHUNK_BYTES);
    const chunksBefore = await chunks().countDocuments();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => blobs.put(inPieces(bytes, 60_000))));
    expect(outcomes.filter(({ stored }) => stored === 'now')).toHaveLength(1);
    expect(await files().countDocuments({ filename: sha256Of(bytes) })).toBe(1);
    expect(await chunks().countDocuments()).toBe(chunksBefore + 2);
    expect(await blobs.read(sha256Of(bytes))).toEqual(bytes);
  });

  it('answers bytes it has without writing a chunk', async () => {
    const bytes = randomBytes(1000);
    await blobs.put(bytes);
    const before = await chunks().countDocuments();
    expect((await blobs.put(bytes)).stored).toBe('already');
    expect(await chunks().countDocuments()).toBe(before);
  });

  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])('gives back %i bytes as they were, whole or streamed', async (length) => {
    const bytes = randomBytes(length);
    const { sha256, sizeBytes } = await blobs.put(inPieces(bytes, 100_001));
    expect(sizeBytes).toBe(length);
    expect(await blobs.size(sha256)).toBe(length);
    expect(await blobs.read(sha256)).toEqual(bytes);
    const opened = await blobs.openStream(sha256);
    expect(opened === null ? null : await buffer(opened.stream)).toEqual(bytes);
  });

  it.each([
    [0, 0],
    [CHUNK_BYTES - 1, CHUNK_BYTES],
    [5, 2 * CHUNK_BYTES + 8],
    [2 * CHUNK_BYTES + 8, 2 * CHUNK_BYTES + 8],
  ])('streams bytes %i to %i, both included', async (start, end) => {
    const bytes = randomBytes(2 * CHUNK_BYTES + 9);
    const { sha256 } = await blobs.put(bytes);
    const opened = await blobs.openStream(sha256, { start, end });
    expect(opened?.sizeBytes).toBe(bytes.length);
    expect(opened === null ? null : await buffer(opened.stream)).toEqual(bytes.subarray(start, end + 1));
  });

  it.each([[-1, 2], [2, 1], [0, 10]])('refuses the range %i to %i of ten bytes', async (start, end) => {
    const { sha256 } = await blobs.put(randomBytes(10));
    await expect(blobs.openStream(sha256, { start, end })).rejects.toThrow(RangeError);
  });

  it('answers null for bytes it never had', async () => {
    const unknown = sha256Of(randomBytes(8));
    expect([await blobs.size(unknown), await blobs.read(unknown), await blobs.openStream(unknown)]).toEqual([null, null, null]);
  });

  it('sweeps chunks without a file after their time, and neither younger ones nor those of a file', async () => {
    await chunks().deleteMany({ files_id: { $nin: await files().distinct('_id') } });
    const bytes = randomBytes(CHUNK_BYTES + 1);
    const { sha256 } = await blobs.put(bytes);
    const yesterday = new Date(Date.now() - 25 * 3600_000);
    const old = await abandonChunks(randomBytes(10), yesterday);
    const young = await abandonChunks(randomBytes(10), new Date());
    expect(await blobs.sweepOrphans(new Date(Date.now() - 24 * 3600_000))).toBe(1);
    expect(await chunks().countDocuments({ files_id: old })).toBe(0);
    expect(await chunks().countDocuments({ files_id: young })).toBe(1);
    expect(await blobs.read(sha256)).toEqual(bytes);
  });
});

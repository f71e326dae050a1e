import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { mongo } from 'mongoose';
import type { Connection } from 'mongoose';
import { duplicateKeyOf } from './duplicate-key.js';
import { bucketCollections, CHUNK_BYTES, FILE_WRITE, readChunks, writeChunks } from './gridfs-chunks.js';
import type { ByteSource, FileDocument } from './gridfs-chunks.js';

export interface PutOutcome {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** `already`: these very bytes were in the store. */
  readonly stored: 'now' | 'already';
}

/** Both ends are counted from 0 and included, as in an HTTP range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The blob store: bytes named by their SHA-256, written once, never changed. */
export type Blobs = ReturnType<typeof createBlobs>;

export function createBlobs(connection: Connection) {
  // A process may serve before its database is connected: the bucket is looked up when something is asked of it.
  const store = (): ReturnType<typeof bucketCollections> => bucketCollections(connection, 'blobs');

  const find = async (sha256: string): Promise<FileDocument | null> => store().files.findOne({ filename: sha256 });

  return {
    ensureIndexes: async (): Promise<void> => {
      await store().files.createIndexes([{ key: { filename: 1 }, unique: true }]);
      await store().chunks.createIndexes([{ key: { files_id: 1, n: 1 }, unique: true }]);
    },

    /**
     * Stores bytes under their hash. Of two at once one wins and the other takes back its own chunks. A crash in the middle
     * leaves chunks that no file names, so the next call starts afresh and {@link sweepOrphans} removes the rest.
     */
    async put(bytes: ByteSource): Promise<PutOutcome> {
      if (bytes instanceof Uint8Array) {
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        if ((await find(sha256)) !== null) return { sha256, sizeBytes: bytes.length, stored: 'already' };
      }
      const id = new mongo.ObjectId();
      const { sha256, sizeBytes } = await writeChunks(store().chunks, id, bytes);
      try {
        await store().files.insertOne({ _id: id, length: sizeBytes, chunkSize: CHUNK_BYTES, uploadDate: new Date(), filename: sha256 }, FILE_WRITE);
        return { sha256, sizeBytes, stored: 'now' };
      } catch (error) {
        // Only this error says that the document is not there; after a lost answer the chunks may belong to a file.
        if (duplicateKeyOf(error) === null) throw error;
        await store().chunks.deleteMany({ files_id: id });
        return { sha256, sizeBytes, stored: 'already' };
      }
    },

    async size(sha256: string): Promise<number | null> {
      return (await find(sha256))?.length ?? null;
    },

    async read(sha256: string): Promise<Buffer | null> {
      const file = await find(sha256);
      return file === null ? null : readChunks(store().chunks, file);
    },

    /** @throws RangeError when the range does not lie within the blob. */
    async openStream(sha256: string, range?: ByteRange): Promise<{ sizeBytes: number; stream: Readable } | null> {
      const file = await find(sha256);
      if (file === null) return null;
      if (range === undefined) return { sizeBytes: file.length, stream: store().bucket.openDownloadStream(file._id) };
      if (range.start < 0 || range.end < range.start || range.end >= file.length) {
        throw new RangeError(`Expected a range within 0 to ${file.length - 1} bytes, got ${range.start} to ${range.end}.`);
      }
      return { sizeBytes: file.length, stream: store().bucket.openDownloadStream(file._id, { start: range.start, end: range.end + 1 }) };
    },

    /** Removes a blob that nothing refers to any more. The file goes first, so that a crash leaves only what {@link sweepOrphans} finds. */
    async remove(sha256: string): Promise<void> {
      const file = await store().files.findOneAndDelete({ filename: sha256 }, FILE_WRITE);
      if (file !== null) await store().chunks.deleteMany({ files_id: file._id });
    },

    /** Removes chunks without a file whose writing began before `olderThan`: what crashes left behind. Tells how many files' worth. */
    async sweepOrphans(olderThan: Date): Promise<number> {
      const begun = mongo.ObjectId.createFromTime(Math.floor(olderThan.getTime() / 1000));
      const orphans = await store().chunks
        .aggregate<{ _id: mongo.ObjectId }>([
          { $match: { files_id: { $lt: begun } } },
          { $group: { _id: '$files_id' } },
          { $lookup: { from: store().files.collectionName, localField: '_id', foreignField: '_id', as: 'file' } },
          { $match: { file: [] } },
          { $project: { _id: 1 } },
        ])
        .toArray();
      for (const { _id } of orphans) await store().chunks.deleteMany({ files_id: _id });
      return orphans.length;
    },
  };
}

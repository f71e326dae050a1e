import { mongo } from 'mongoose';
import type { Connection } from 'mongoose';
import { duplicateKeyOf } from './duplicate-key.js';
import { bucketCollections, CHUNK_BYTES, FILE_WRITE, readChunks, writeChunks } from './gridfs-chunks.js';
import type { ByteSource, FileDocument } from './gridfs-chunks.js';

/** As long as the interaction that an upload came with is kept. */
const KEPT_SECONDS = 24 * 3600;

export interface StoredUpload {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Files as they were sent, between fetching and checking. They are named by where they came from and not by their hash,
 * so that taking one away never takes it from another upload of the same bytes; what is forgotten here expires by itself.
 */
export type Uploads = ReturnType<typeof createUploads>;

export function createUploads(connection: Connection) {
  const { files, chunks } = bucketCollections(connection, 'uploads');

  async function find(uploadId: string): Promise<StoredUpload | null> {
    const file = await files.findOne({ filename: uploadId });
    return file === null ? null : storedUploadOf(file);
  }

  return {
    ensureIndexes: async (): Promise<void> => {
      const expiring = { key: { uploadDate: 1 }, expireAfterSeconds: KEPT_SECONDS } as const;
      await files.createIndexes([{ key: { filename: 1 }, unique: true }, expiring]);
      await chunks.createIndexes([{ key: { files_id: 1, n: 1 }, unique: true }, expiring]);
    },

    find,

    /** Stores the bytes of an upload; when it is there already, what is there stands. */
    async put(uploadId: string, bytes: ByteSource): Promise<StoredUpload> {
      const id = new mongo.ObjectId();
      const uploadDate = new Date();
      const { sha256, sizeBytes } = await writeChunks(chunks, id, bytes, { uploadDate });
      try {
        await files.insertOne({ _id: id, length: sizeBytes, chunkSize: CHUNK_BYTES, uploadDate, filename: uploadId, metadata: { sha256 } }, FILE_WRITE);
        return { sha256, sizeBytes };
      } catch (error) {
        if (duplicateKeyOf(error) === null) throw error;
        await chunks.deleteMany({ files_id: id });
        return (await find(uploadId)) ?? { sha256, sizeBytes };
      }
    },

    async read(uploadId: string): Promise<Buffer | null> {
      const file = await files.findOne({ filename: uploadId });
      return file === null ? null : readChunks(chunks, file);
    },

    async remove(uploadId: string): Promise<void> {
      const file = await files.findOneAndDelete({ filename: uploadId });
      if (file !== null) await chunks.deleteMany({ files_id: file._id });
    },
  };
}

function storedUploadOf(file: FileDocument): StoredUpload {
  const sha256 = file.metadata?.['sha256'];
  if (typeof sha256 !== 'string') throw new TypeError(`Expected upload ${file.filename} to carry its SHA-256, found none.`);
  return { sha256, sizeBytes: file.length };
}

import { createHash } from 'node:crypto';
import { mongo } from 'mongoose';
import type { Connection } from 'mongoose';

/** MongoDB's own default: one chunk and its overhead stay below 256 KiB. */
export const CHUNK_BYTES = 255 * 1024;

export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;

export interface ChunkDocument {
  readonly _id: mongo.ObjectId;
  readonly files_id: mongo.ObjectId;
  readonly n: number;
  readonly data: mongo.Binary;
  readonly uploadDate?: Date;
}

export interface FileDocument {
  readonly _id: mongo.ObjectId;
  readonly length: number;
  readonly chunkSize: number;
  readonly uploadDate: Date;
  readonly filename: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The two collections of a GridFS bucket. Only the document in `files` makes its chunks a file. */
export function bucketCollections(
  connection: Connection,
  bucketName: string,
): { files: mongo.Collection<FileDocument>; chunks: mongo.Collection<ChunkDocument>; bucket: mongo.GridFSBucket } {
  const { db } = connection;
  if (db === undefined) throw new Error('Expected an open connection to MongoDB, found one that is not connected.');
  return {
    files: db.collection<FileDocument>(`${bucketName}.files`),
    chunks: db.collection<ChunkDocument>(`${bucketName}.chunks`),
    bucket: new mongo.GridFSBucket(db, { bucketName, chunkSizeBytes: CHUNK_BYTES }),
  };
}

/** The document that turns written chunks into a file goes last and waits for a journaled majority, which then holds the chunks too. */
export const FILE_WRITE = { writeConcern: { w: 'majority', journal: true } } as const;

export interface WrittenChunks {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Writes the bytes as chunks of the file `id`, as they come. The driver's own upload stream is not used: it wants the file's name,
 * here the hash of its bytes, before the first byte. When the source fails, its chunks are removed and the error is rethrown.
 */
export async function writeChunks(
  chunks: mongo.Collection<ChunkDocument>,
  id: mongo.ObjectId,
  source: ByteSource,
  extra: Pick<ChunkDocument, 'uploadDate'> = {},
): Promise<WrittenChunks> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let n = 0;
  const write = async (data: Uint8Array): Promise<void> => {
    await chunks.insertOne({ _id: new mongo.ObjectId(), files_id: id, n, data: new mongo.Binary(data), ...extra });
    n += 1;
  };
  try {
    for await (const piece of inChunks(source)) {
      hash.update(piece);
      sizeBytes += piece.length;
      await write(piece);
    }
  } catch (error) {
    await chunks.deleteMany({ files_id: id });
    throw error;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function* inChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    for (let at = 0; at < source.length; at += CHUNK_BYTES) yield source.subarray(at, at + CHUNK_BYTES);
    return;
  }
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const piece of source) {
    waiting.push(piece);
    waitingBytes += piece.length;
    if (waitingBytes < CHUNK_BYTES) continue;
    const joined = Buffer.concat(waiting);
    const whole = joined.length - (joined.length % CHUNK_BYTES);
    for (let at = 0; at < whole; at += CHUNK_BYTES) yield joined.subarray(at, at + CHUNK_BYTES);
    waiting = whole === joined.length ? [] : [joined.subarray(whole)];
    waitingBytes = joined.length - whole;
  }
  if (waitingBytes > 0) yield Buffer.concat(waiting);
}

/** All bytes of a file, or null when a part is missing. */
export async function readChunks(chunks: mongo.Collection<ChunkDocument>, file: FileDocument): Promise<Buffer | null> {
  const found = await chunks.find({ files_id: file._id }).sort({ n: 1 }).toArray();
  const bytes = Buffer.concat(found.map((chunk) => chunk.data.buffer));
  return bytes.length === file.length ? bytes : null;
}

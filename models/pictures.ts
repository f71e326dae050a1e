import type { Blobs } from './blobs.js';

export interface PictureFile {
  readonly name: string;
  readonly data: Buffer;
}

/** A transparent point: what stands for a picture that is gone, so that the message that shows it can still be sent. */
const BLANK = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

/** The stored pictures that a message refers to, in their order. */
export function readPictures(blobs: Pick<Blobs, 'read'>, files: readonly { readonly name: string; readonly sha256: string }[]): Promise<PictureFile[]> {
  return Promise.all(files.map(async ({ name, sha256 }) => ({ name, data: (await blobs.read(sha256)) ?? BLANK })));
}

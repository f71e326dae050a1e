import { createHmac, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Fault } from './faults.js';
import { cleanFileName, contentTypeOf } from './file-names.js';
import { pictureSize } from './picture-size.js';
import type { StoredFile, World } from './world.js';

/** How long a signed address works. Discord says only "preset expiry"; a day is what it announced. */
const URL_LIFETIME_MS = 24 * 3600_000;
/** How long files of commands and forms are kept. Undocumented on purpose; a day is the cautious guess. */
const EPHEMERAL_LIFETIME_MS = 24 * 3600_000;

export interface IncomingFile {
  /** Form field, `files[0]` for the bot's. */
  field: string;
  filename: string;
  bytes: Buffer;
  contentType?: string;
}

/** Puts a file on the CDN. `ephemeral` = uploaded with a command or form. */
export function storeFile(world: World, folderId: string, file: IncomingFile, ephemeral: boolean): StoredFile {
  const id = world.nextId();
  const filename = cleanFileName(file.filename);
  const contentType = contentTypeOf(filename);
  const dimensions = contentType.startsWith('image/') ? pictureSize(file.bytes) : undefined;
  const stored: StoredFile = {
    id,
    path: `/${ephemeral ? 'ephemeral-attachments' : 'attachments'}/${folderId}/${id}/${filename}`,
    filename,
    ...(filename === file.filename ? {} : { title: file.filename.replace(/\.[^.]*$/, '') }),
    contentType,
    ...(dimensions === undefined ? {} : { dimensions }),
    bytes: file.bytes,
    ephemeral,
    removed: false,
  };
  world.files.set(id, stored);
  if (ephemeral) {
    world.clock.after(EPHEMERAL_LIFETIME_MS, () => {
      stored.removed = true;
      world.files.delete(id);
    });
  }
  return stored;
}

const signatureOf = (world: World, path: string, expires: string, issued: string): string =>
  createHmac('sha256', world.cdnSecret).update(`${path}?${expires}&${issued}`).digest('hex');

/** A fresh address of the file: `ex` and `is` are Unix seconds in hex, `hm` the signature, as on Discord's CDN. */
export function signedUrl(world: World, file: StoredFile): string {
  const issued = Math.floor(world.clock.now() / 1000).toString(16);
  const expires = Math.floor((world.clock.now() + URL_LIFETIME_MS) / 1000).toString(16);
  return `${world.origin}${file.path}?ex=${expires}&is=${issued}&hm=${signatureOf(world, file.path, expires, issued)}&`;
}

/** The attachment object Discord puts in messages and `resolved`. */
export function attachmentObject(world: World, file: StoredFile): Record<string, unknown> {
  const url = signedUrl(world, file);
  return {
    id: file.id,
    filename: file.filename,
    ...(file.title === undefined ? {} : { title: file.title }),
    ...(file.description === undefined ? {} : { description: file.description }),
    size: file.bytes.length,
    url,
    proxy_url: url,
    content_type: file.contentType,
    ...file.dimensions,
    ...(file.ephemeral ? { ephemeral: true } : {}),
  };
}

/** The stored file an address means, whatever its signature says. */
export function fileAt(world: World, address: string): StoredFile | undefined {
  const path = pathOf(new URL(address, world.origin).pathname);
  return world.files.get(path.split('/')[3] ?? '');
}

const pathOf = (pathname: string): string => decodeURIComponent(pathname).replace(/^\/cdn\//, '/');

interface CdnQuery {
  ex?: string;
  is?: string;
  hm?: string;
}

function isValidNow(world: World, path: string, query: CdnQuery): boolean {
  const { ex = '', is = '', hm = '' } = query;
  const expected = Buffer.from(signatureOf(world, path, ex, is));
  const given = Buffer.from(hm);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return false;
  return Number.parseInt(ex, 16) * 1000 > world.clock.now();
}

/** Serves the CDN at `/attachments/…`, `/ephemeral-attachments/…` and the same below `/cdn`. `faultAt` makes an address slow, or answer with a status. */
export function serveCdn(app: FastifyInstance, world: World, faultAt: (path: string) => Fault | undefined): void {
  const serve = async (url: string, query: CdnQuery, reply: FastifyReply): Promise<FastifyReply> => {
    const path = pathOf(new URL(url, 'http://cdn').pathname);
    const fault = faultAt(path);
    if (fault?.delayMs !== undefined) await delay(fault.delayMs);
    const file = fileAt(world, path);
    if (fault?.status !== undefined && fault.status !== 404) return reply.code(fault.status).send('');
    if (fault?.status === 404 || file?.path !== path || file.removed || !isValidNow(world, path, query)) {
      return reply.code(404).type('text/plain;charset=UTF-8').send('This content is no longer available.');
    }
    return reply
      .code(200)
      .headers({ 'content-length': file.bytes.length, 'content-disposition': `attachment; filename="${file.filename}"`, 'x-content-type-options': 'nosniff' })
      .type(file.contentType)
      .send(file.bytes);
  };
  for (const prefix of ['/attachments/*', '/ephemeral-attachments/*', '/cdn/attachments/*', '/cdn/ephemeral-attachments/*']) {
    app.get<{ Querystring: CdnQuery }>(prefix, (request, reply) => serve(request.url, request.query, reply));
  }
}

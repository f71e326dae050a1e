import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { folderTypeOf, isWithin } from '../folders.js';
import type { MultipartPart } from '../multipart.js';
import { parseMultipart } from '../multipart.js';
import { isRecord } from '../protocol.js';
import type { RouteContext } from './comfy-route.js';
import { bodyBytes, comfyRoute, paramOf, queryOf, serverError } from './comfy-route.js';

const CONTENT_TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.txt': 'text/plain',
  '.json': 'application/json',
  '.safetensors': 'application/safetensors',
};

const MAX_METADATA_BYTES = 1024 * 1024;

/** Upload and download. Any file goes up, any file comes down; nothing lists inputs and nothing deletes. */
export function fileRoutes(app: FastifyInstance, context: RouteContext): void {
  comfyRoute(app, 'POST', '/upload/image', (request, reply) => upload(context, request, reply));
  comfyRoute(app, ['GET', 'HEAD'], '/view', (request, reply) => view(context, request, reply));
  comfyRoute(app, 'GET', '/view_metadata/:folder', (request, reply) => viewMetadata(context, request, reply));
}

/** The parts of this request's multipart body. */
export function multipartParts(request: FastifyRequest): MultipartPart[] {
  return parseMultipart(request.headers['content-type'] ?? '', bodyBytes(request));
}

async function upload(context: RouteContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const parts = multipartParts(request);
  const text = (name: string) => parts.find((part) => part.name === name && part.filename === null)?.bytes.toString('utf8') ?? null;
  const type = folderTypeOf(text('type') ?? 'input');
  if (type === null) return serverError(reply);
  const image = parts.find((part) => part.name === 'image');
  const given = image?.filename ?? '';
  if (image === undefined || given === '') return reply.code(400).send();

  const root = context.folders.pathOf(type);
  const subfolder = text('subfolder') ?? '';
  const dir = path.resolve(root, path.normalize(subfolder));
  if (!isWithin(root, dir) || !isWithin(root, path.resolve(dir, given))) return reply.code(400).send();
  mkdirSync(dir, { recursive: true });
  const overwrite = text('overwrite') === 'true' || text('overwrite') === '1';
  const name = overwrite ? given : await freeName(dir, given, image.bytes);
  // Not atomic, and a folder inside the name is not made: the write of such a name fails with 500.
  await writeFile(path.join(dir, name), image.bytes);
  return { name, subfolder, type };
}

/** `name (1).ext` and so on, until a name is free or holds the same bytes. */
async function freeName(dir: string, name: string, bytes: Buffer): Promise<string> {
  const { name: base, ext } = path.parse(name);
  for (let attempt = 0; ; attempt += 1) {
    const candidate = attempt === 0 ? name : `${base} (${attempt})${ext}`;
    const file = path.join(dir, candidate);
    if (!existsSync(file) || sha256(await readFile(file)) === sha256(bytes)) return candidate;
  }
}

async function view(context: RouteContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const query = queryOf(request);
  const name = query['filename'];
  if (name === undefined) return reply.code(404).send();
  if (name === '' || name.startsWith('/') || name.includes('..')) return reply.code(400).send();
  const type = folderTypeOf(query['type'] ?? 'output');
  if (type === null) return reply.code(400).send();
  const root = context.folders.pathOf(type);
  const dir = path.resolve(root, query['subfolder'] ?? '');
  if (!isWithin(root, dir)) return reply.code(403).send();
  return sendFile(path.join(dir, path.basename(name)), request, reply);
}

async function sendFile(file: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const found = existsSync(file) ? await stat(file, { bigint: true }) : null;
  if (!found?.isFile()) return reply.code(404).send();
  const size = Number(found.size);
  const etag = `"${found.mtimeNs.toString(16)}-${found.size.toString(16)}"`;
  const modified = new Date(Math.floor(Number(found.mtimeMs) / 1000) * 1000);
  const name = path.basename(file).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  void reply.headers({
    etag,
    'last-modified': modified.toUTCString(),
    'accept-ranges': 'bytes',
    'content-disposition': `filename="${name}"`,
    'content-type': CONTENT_TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();

  const range = rangeOf(request, size, modified);
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send();
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range !== null) void reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`);
  void reply.header('content-length', end - start + 1);
  if (request.method === 'HEAD' || size === 0) return reply.send('');
  return reply.send(createReadStream(file, { start, end }));
}

/** One range only. `If-Range` counts when it is a date; an entity tag there is not understood, and the range is served. */
function rangeOf(request: FastifyRequest, size: number, modified: Date): { start: number; end: number } | 'unsatisfiable' | null {
  const header = request.headers.range;
  if (header === undefined) return null;
  const ifRange = Date.parse(String(request.headers['if-range']));
  if (!Number.isNaN(ifRange) && modified.getTime() > ifRange) return null;
  const found = /^bytes=(\d*)-(\d*)$/.exec(header);
  const [first, last] = [found?.[1] ?? '', found?.[2] ?? ''];
  if (first === '' && last === '') return 'unsatisfiable';
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start >= size || end < start ? 'unsatisfiable' : { start, end };
}

async function viewMetadata(context: RouteContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const name = queryOf(request)['filename'] ?? '';
  const loras = path.join(context.folders.pathOf('output'), 'loras');
  const known = paramOf(request, 'folder') === 'loras' && context.folders.loras().includes(name);
  const header = known ? await safetensorsHeader(path.join(loras, name)) : null;
  const metadata = isRecord(header) ? header['__metadata__'] : undefined;
  return metadata ?? reply.code(404).send();
}

async function safetensorsHeader(file: string): Promise<unknown> {
  const handle = await open(file);
  try {
    const prefix = Buffer.alloc(8);
    await handle.read(prefix, 0, 8, 0);
    const length = Number(prefix.readBigUInt64LE(0));
    if (length > MAX_METADATA_BYTES) return null;
    const header = Buffer.alloc(length);
    await handle.read(header, 0, length, 8);
    return JSON.parse(header.toString('utf8'));
  } finally {
    await handle.close();
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

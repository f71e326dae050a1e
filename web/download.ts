import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Blobs } from '../models/blobs.js';
import type { DownloadLinks } from '../models/download-links.js';
import type { Lora, Loras } from '../models/loras.js';
import { rangeOf } from './byte-range.js';

export interface DownloadDependencies {
  readonly loras: Pick<Loras, 'find'>;
  readonly blobs: Pick<Blobs, 'size' | 'openStream'>;
  readonly links: Pick<DownloadLinks, 'verify'>;
  readonly now: () => Date;
}

const questionSchema = z.object({
  params: z.object({ loraId: z.string().min(1).max(100) }),
  query: z.object({ expires: z.string().max(20), sig: z.string().max(200) }),
});

const NEW_LINK = 'Press Download in Discord for a new one.';

/** `GET /download/:loraId?expires=&sig=`: whoever holds the link may fetch the file, in parts and again, until it expires. */
export function serveDownloads(app: FastifyInstance, deps: DownloadDependencies): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/download/:loraId',
    handler: async (request, reply) => {
      const lora = await allowedLora(request, reply, deps);
      if (lora === null) return reply;
      return sendFile(request, reply, lora, deps);
    },
  });
}

/** The lora of a valid link. Anything else has been answered; a link that was never made says nothing about what exists. */
async function allowedLora(request: FastifyRequest, reply: FastifyReply, { loras, links, now }: DownloadDependencies): Promise<Lora | null> {
  void reply.header('referrer-policy', 'no-referrer').header('x-content-type-options', 'nosniff');
  const question = questionSchema.safeParse({ params: request.params, query: request.query });
  const verdict = question.success ? links.verify({ ...question.data.params, ...question.data.query }, now()) : 'invalid';
  if (verdict === 'invalid' || !question.success) {
    await tell(reply, 403, `This link is not valid. ${NEW_LINK}`);
    return null;
  }
  if (verdict === 'expired') {
    await tell(reply, 410, `This link has expired. ${NEW_LINK}`);
    return null;
  }
  const found = await loras.find(question.data.params.loraId);
  if (found?.kind === 'there') return found.lora;
  if (found === null) await tell(reply, 404, 'There is no such model.');
  else await tell(reply, 410, 'Its owner deleted this model.');
  return null;
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, lora: Lora, { blobs }: DownloadDependencies): Promise<FastifyReply> {
  const sizeBytes = await blobs.size(lora.sha256);
  if (sizeBytes === null) return tell(reply, 404, 'This model is not there any more.');
  const etag = `"${lora.sha256}"`;
  void reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=0, must-revalidate',
    'content-disposition': contentDisposition(lora.fileName),
  });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();

  // RFC 9110: a range means something for GET only.
  const range = request.method === 'GET' ? request.headers.range : undefined;
  const answer = rangeOf({ range, ifRange: single(request.headers['if-range']), etag, sizeBytes });
  if (answer.kind === 'unsatisfiable') {
    void reply.header('content-range', `bytes */${sizeBytes}`);
    return tell(reply, 416, `The file has ${sizeBytes} bytes.`);
  }
  const part = answer.kind === 'part' ? { start: answer.start, end: answer.end } : null;
  void reply.type('application/octet-stream').header('content-length', part === null ? sizeBytes : part.end - part.start + 1);
  if (part !== null) void reply.code(206).header('content-range', `bytes ${part.start}-${part.end}/${sizeBytes}`);
  if (request.method === 'HEAD') return reply.send();
  const opened = await blobs.openStream(lora.sha256, part ?? undefined);
  if (opened === null) return tell(reply, 404, 'This model is not there any more.');
  return reply.send(opened.stream);
}

function tell(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  return reply.removeHeader('content-disposition').code(status).type('text/plain; charset=utf-8').send(`${sentence}\n`);
}

function matches(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** An ASCII name for old clients and the full one (RFC 6266); neither can end the header early. */
function contentDisposition(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_');
  const full = encodeURIComponent(fileName).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${full}`;
}

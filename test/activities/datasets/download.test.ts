import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAttachment, type Download } from '../../../activities/datasets/download.js';
import { openAttachmentHost, type AttachmentHost } from '../../support/attachment-host.js';

describe('fetching an attachment', () => {
  let host: AttachmentHost;
  beforeAll(async () => {
    host = await openAttachmentHost();
  });
  afterAll(() => host.close());

  const open = (url: string, maxBytes = 1000, timeouts = { answerMs: 2000, idleMs: 2000, totalMs: 5000 }, cancelled = new AbortController().signal): Promise<Download> =>
    openAttachment(url, maxBytes, { allowedOrigins: [host.origin], timeouts }, cancelled);

  async function read(download: Download): Promise<Buffer> {
    if (download.kind === 'refused') throw new Error(`Expected a body, got ${download.code}.`);
    const pieces: Uint8Array[] = [];
    for await (const piece of download.body) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  const unavailable = expect.objectContaining({ type: 'AttachmentUnavailable', nonRetryable: false });

  it('gives the bytes as they are', async () => {
    const bytes = Buffer.from('0123456789');
    expect(await read(await open(host.serve('a.png', bytes)))).toEqual(bytes);
  });

  it.each([401, 403, 404, 410])('takes %i for an address that has expired', async (status) => {
    expect(await open(host.serve('a.png', (response) => { response.writeHead(status).end(); }))).toEqual({ kind: 'refused', code: 'IMG_EXPIRED' });
  });

  it.each([400, 204, 206, 415])('gives up on %i at once', async (status) => {
    expect(await open(host.serve('a.png', (response) => { response.writeHead(status).end(); }))).toEqual({ kind: 'refused', code: 'IMG_FETCH_FAILED' });
  });

  it.each([500, 502, 503, 429, 408])('tries again later on %i', async (status) => {
    await expect(open(host.serve('a.png', (response) => { response.writeHead(status).end(); }))).rejects.toEqual(unavailable);
  });

  it('never follows a redirect', async () => {
    const target = host.serve('secret.png', Buffer.from('secret'));
    const url = host.serve('a.png', (response) => { response.writeHead(302, { location: target }).end(); });
    expect(await open(url)).toEqual({ kind: 'refused', code: 'IMG_FETCH_FAILED' });
    expect(host.hits(target)).toBe(0);
  });

  it('asks no host that is not one of attachments', async () => {
    expect(await open('http://127.0.0.1:9/attachments/1/2/a.png')).toEqual({ kind: 'refused', code: 'IMG_SOURCE' });
  });

  it('refuses a body whose header says it is too long without reading it', async () => {
    const url = host.serve('a.png', (response) => { response.writeHead(200, { 'content-length': '5000' }).flushHeaders(); });
    await expect(open(url).then(read)).rejects.toMatchObject({ sizeBytes: 5000, maxBytes: 1000 });
  });

  it('cuts a body that is longer than allowed whatever its header says', async () => {
    let sentBytes = 0;
    const url = host.serve('a.png', (response) => {
      const timer = setInterval(() => { sentBytes += 400; response.write(Buffer.alloc(400)); }, 10);
      response.on('close', () => { clearInterval(timer); });
    });
    await expect(open(url).then(read)).rejects.toMatchObject({ maxBytes: 1000 });
    expect(sentBytes).toBeLessThan(10_000);
  });

  it('tries again when the connection breaks off in the middle', async () => {
    const url = host.serve('a.png', (response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write(Buffer.alloc(100), () => { response.destroy(); });
    });
    await expect(open(url).then(read)).rejects.toEqual(unavailable);
  });

  it('tries again when nobody answers in time', async () => {
    const url = host.serve('a.png', () => undefined);
    await expect(open(url, 1000, { answerMs: 50, idleMs: 5000, totalMs: 5000 })).rejects.toEqual(unavailable);
  });

  it('tries again when the body falls silent', async () => {
    const url = host.serve('a.png', (response) => { response.write('begun'); });
    await expect(open(url, 1000, { answerMs: 5000, idleMs: 50, totalMs: 5000 }).then(read)).rejects.toEqual(unavailable);
  });

  it('tries again when a body drips on for too long', async () => {
    const url = host.serve('a.png', (response) => {
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => { clearInterval(timer); });
    });
    await expect(open(url, 100_000, { answerMs: 5000, idleMs: 5000, totalMs: 200 }).then(read)).rejects.toEqual(unavailable);
  });

  it('stops when the activity is cancelled', async () => {
    const cancelled = new AbortController();
    const url = host.serve('a.png', (response) => { response.write('begun', () => { cancelled.abort(); }); });
    await expect(open(url, 1000, undefined, cancelled.signal).then(read)).rejects.toEqual(unavailable);
  });

  it('tells nothing of the address in its errors', async () => {
    const url = host.serve('a.png', (response) => { response.writeHead(503).end(); });
    const error: unknown = await open(url).catch((reason: unknown) => reason);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  });
});

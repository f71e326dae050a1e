import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createBlobs } from '../../models/blobs.js';
import { createDownloadLinks } from '../../models/download-links.js';
import { createLoras, type Lora, type Loras } from '../../models/loras.js';
import { createWebServer } from '../../web/server.js';
import type { Sweeps } from '../../workflows/settle-runs/client.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const TTL_MS = 3_600_000;
const SECRET = 'a secret of tests';
// More than one GridFS chunk, so that parts cross a border.
const bytes = randomBytes(700_001);
const sha256 = createHash('sha256').update(bytes).digest('hex');

let database: TestDatabase;
let app: ReturnType<typeof createWebServer>;
let origin: string;
let loras: Loras;
let lora: Omit<Lora, 'loraId' | 'fileName' | 'sha256'>;
let now = new Date('2026-03-01T12:00:00Z');
const answers = { mongodb: true, temporal: true };
const swept: Sweeps = { kind: 'missing' };

beforeAll(async () => {
  database = await openTestDatabase();
  const blobs = createBlobs(database.connection);
  loras = createLoras(database.connection);
  await blobs.ensureIndexes();
  await blobs.put(bytes);
  lora = { owner: 'discord:1', name: 'Cats', sizeBytes: bytes.length, tensors: 4, triggerWord: 'tyrdcats', baseModel: 'b', recipeId: 'sd15-lora', settings: { steps: 1, learningRate: 1, rank: 1, resolutionPx: 1 }, createdAt: now };
  await loras.shelve({ ...lora, loraId: 'lora-1', fileName: 'kätzchen "1".safetensors', sha256 });
  await loras.shelve({ ...lora, loraId: 'lora-without-file', fileName: 'gone.safetensors', sha256: 'f'.repeat(64) });
  app = createWebServer({
    loras,
    blobs,
    links: createDownloadLinks({ baseUrl: 'http://unused', secret: SECRET, ttlMs: TTL_MS }),
    now: () => now,
    checks: {
      mongodb: () => (answers.mongodb ? Promise.resolve() : Promise.reject(new Error('away'))),
      // One that is away may also never answer.
      temporal: () => (answers.temporal ? Promise.resolve() : new Promise(() => undefined)),
    },
    sweeps: () => Promise.resolve(swept),
    limitMs: 100,
    log: pino({ level: 'silent' }),
  });
  origin = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await app.close();
  await database.close();
});

function linkFor(loraId: string, secret = SECRET): string {
  return createDownloadLinks({ baseUrl: origin, secret, ttlMs: TTL_MS }).linkFor(loraId, now).url;
}

async function get(headers: Record<string, string> = {}, method = 'GET'): Promise<{ response: Response; body: Buffer }> {
  const response = await fetch(linkFor('lora-1'), { method, headers });
  return { response, body: Buffer.from(await response.arrayBuffer()) };
}

describe('a download link', () => {
  it('gives the whole file, with its name and a tag made of its bytes', async () => {
    const { response, body } = await get();
    expect(response.status).toBe(200);
    expect(createHash('sha256').update(body).digest('hex')).toBe(sha256);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(response.headers.get('etag')).toBe(`"${sha256}"`);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="k_tzchen _1_.safetensors"; filename*=UTF-8''k%C3%A4tzchen%20%221%22.safetensors`);
  });

  it('tells about the file without sending it', async () => {
    const { response, body } = await get({ range: 'bytes=0-1' }, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    expect(body.length).toBe(0);
  });

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=261000-523000', 261_000, 523_000],
    ['bytes=700000-', 700_000, 700_000],
    ['bytes=-5', 699_996, 700_000],
    ['bytes=5-99999999', 5, 700_000],
    ['bytes=-99999999', 0, 700_000],
  ])('gives the part %s', async (range, start, end) => {
    const { response, body } = await get({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/700001`);
    expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each(['bytes=700001-', 'bytes=-0'])('refuses the part %s, which is not in the file', async (range) => {
    const { response } = await get({ range });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */700001');
  });

  it.each(['bytes=0-1,3-4', 'lines=1-2', 'bytes=9-3', 'bytes=-', 'bytes=a-b'])('answers %s with the whole file', async (range) => {
    const { response, body } = await get({ range });
    expect(response.status).toBe(200);
    expect(body.length).toBe(bytes.length);
  });

  it('resumes only the same version of the file', async () => {
    expect((await get({ range: 'bytes=9-', 'if-range': `"${sha256}"` })).response.status).toBe(206);
    expect((await get({ range: 'bytes=9-', 'if-range': '"another"' })).response.status).toBe(200);
    expect((await get({ 'if-none-match': `"${sha256}"` })).response.status).toBe(304);
  });

  it('stops working when its time has passed, and says so', async () => {
    const link = linkFor('lora-1');
    const before = now;
    now = new Date(now.getTime() + TTL_MS);
    const response = await fetch(link);
    now = before;
    expect(response.status).toBe(410);
    expect(await response.text()).toContain('expired');
  });

  it('is of no use for another file, a later time or another secret', async () => {
    const link = new URL(linkFor('lora-1'));
    const other = new URL(link);
    other.pathname = '/download/lora-without-file';
    const later = new URL(link);
    later.searchParams.set('expires', '9999999999');
    const unsigned = new URL(link);
    unsigned.searchParams.delete('sig');
    for (const forged of [other.href, later.href, unsigned.href, linkFor('lora-1', 'another secret'), `${link.href}A`]) {
      expect((await fetch(forged)).status).toBe(403);
    }
  });

  it('says when there is no such file any more', async () => {
    expect((await fetch(linkFor('lora-without-file'))).status).toBe(404);
    expect((await fetch(linkFor('never-was'))).status).toBe(404);
  });

  it('says that a model was deleted, whatever is asked for, and of an invalid link nothing', async () => {
    await loras.shelve({ ...lora, loraId: 'lora-deleted', fileName: 'deleted.safetensors', sha256 });
    await loras.remove('lora-deleted', now);
    const answer = await fetch(linkFor('lora-deleted'), { headers: { range: 'bytes=0-9' } });
    expect([answer.status, await answer.text()]).toEqual([410, 'Its owner deleted this model.\n']);
    expect((await fetch(linkFor('lora-deleted', 'another secret'))).status).toBe(403);
  });
});

describe('health', () => {
  it('is good only while MongoDB and Temporal answer', async () => {
    expect(await (await fetch(`${origin}/healthz`)).json()).toMatchObject({ ok: true, mongodb: true, temporal: true });
    answers.temporal = false;
    const silent = await fetch(`${origin}/healthz`);
    expect(silent.status).toBe(503);
    expect(await silent.json()).toMatchObject({ ok: false, degraded: true, mongodb: true, temporal: false });
    answers.mongodb = false;
    expect(await (await fetch(`${origin}/healthz`)).json()).toMatchObject({ ok: false, mongodb: false, temporal: false });
    Object.assign(answers, { mongodb: true, temporal: true });
  });
});

describe('everything else', () => {
  it('is nothing', async () => {
    expect((await fetch(`${origin}/`)).status).toBe(404);
    expect((await fetch(linkFor('lora-1'), { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${origin}/download/%ff?expires=1&sig=a`)).status).toBeLessThan(500);
  });
});

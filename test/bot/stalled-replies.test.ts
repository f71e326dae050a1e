import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { said, slash } from '../support/wire.js';

const LIMITS = { headersMs: 20_000, bodyMs: 300 };
/** Of the client on a body without a limit of its own: five minutes. */
const SOON_MS = 60_000;

let database: TestDatabase;
let bot: TestBot;
let close: () => Promise<void>;
/** Replies to these requests stop after their headers. */
let stalls: RegExp | null = null;
let stalled = 0;

/** Hands every request on; what it stalls has been done by Discord. */
async function openProxy(target: string): Promise<{ apiUrl: string; close(): Promise<void> }> {
  const forward = (from: IncomingMessage, to: ServerResponse): void => {
    const { host: _own, ...headers } = from.headers;
    const asked = request(new URL(from.url ?? '/', target), { method: from.method, headers, agent: false }, (reply) => {
      const isStalled = stalls?.test(`${from.method ?? ''} ${from.url ?? ''}`) === true;
      if (isStalled) stalled += 1;
      to.writeHead(reply.statusCode ?? 500, reply.headers);
      if (isStalled) reply.once('data', () => { to.write('{'); }).resume();
      else reply.pipe(to);
    });
    from.pipe(asked);
  };
  const server = createServer(forward);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

beforeAll(async () => {
  database = await openTestDatabase();
  const standIn = await createDiscordStandIn();
  const proxy = await openProxy(standIn.apiUrl);
  close = () => proxy.close();
  bot = await startTestBot({ database: database.connection, prefix: 'bot-stalled-', discord: { standIn, apiUrl: proxy.apiUrl, limits: LIMITS } });
});
afterAll(async () => {
  await bot.close();
  await close();
  await database.close();
});

describe('a reply of Discord that stalls after its headers', () => {
  it('is given up in time: the answer it was about stays as it is, and later ones are given', async () => {
    stalls = /^PATCH .*original/;
    const handle = await bot.driver.user('mira').slash('points balance');
    expect(await said(handle)).toContain('to spend');
    await eventually(() => { expect(stalled).toBe(1); });
    expect(await slash(bot.driver.user('mira'), 'train list')).not.toBe('');
    await bot.drained();
    expect(stalled).toBe(1);
    expect((await handle.view()).messages).toHaveLength(1);
    expect(await said(handle)).toContain('to spend');
  }, SOON_MS);
});

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { REST } from 'discord.js';
import { wholeReplies } from '../../../bot/wire/whole-replies.js';

let server: Server;
let asked = 0;

async function discordThat(answers: (response: ServerResponse) => void): Promise<string> {
  asked = 0;
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    answers(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const restOf = (apiUrl: string) => new REST({ api: apiUrl, timeout: 30_000, makeRequest: wholeReplies(300) }).setToken('a token');

describe('a reply of Discord that has begun', () => {
  it('and stalls is given up in time, is not asked for again, and holds up no later request of its channel', async () => {
    const rest = restOf(await discordThat((response) => { if (asked === 1) response.write('{"id":'); else response.end('{"id":"2"}'); }));
    const first = rest.post('/channels/1/messages', { body: {} });
    const second = rest.post('/channels/1/messages', { body: {} });
    await expect(first).rejects.toMatchObject({ name: 'ReplyCutError' });
    await expect(second).resolves.toEqual({ id: '2' });
    expect(asked).toBe(2);
  });

  it('and drips for ever is given up in time', async () => {
    const rest = restOf(await discordThat((response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => { clearInterval(drip); });
    }));
    await expect(rest.get('/channels/1/messages')).rejects.toMatchObject({ name: 'ReplyCutError' });
  });

  it('and breaks off is told as such', async () => {
    const rest = restOf(await discordThat((response) => { response.write('{"id":', () => response.destroy()); }));
    await expect(rest.get('/channels/1/messages')).rejects.toMatchObject({ name: 'ReplyCutError', message: expect.stringContaining('HTTP 200') });
  });
});

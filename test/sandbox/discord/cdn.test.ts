import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type APIMessage, Routes } from 'discord.js';
import { GENERAL_CHANNEL_ID, TRAINING_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import { startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

const DAY = 24 * 3_600_000;
const GONE = 'This content is no longer available.';

describe('the CDN', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
  });
  afterEach(() => yard.stop());

  const upload = async (name = 'a.png') => {
    const message = (await yard.rest.post(Routes.channelMessages(TRAINING_CHANNEL_ID), { body: { content: 'x' }, files: [{ name, data: Buffer.from('bytes') }] })) as APIMessage;
    return { id: message.id, url: message.attachments[0]?.url ?? '' };
  };
  const read = async (url: string) => {
    const response = await fetch(url);
    return [response.status, await response.text()];
  };

  it('serves a signed address with type and length, at the root and below /cdn', async () => {
    const { url } = await upload();
    const { pathname, searchParams, origin } = new URL(url);
    expect(pathname).toMatch(new RegExp(`^/attachments/${TRAINING_CHANNEL_ID}/\\d+/a\\.png$`));
    expect([...searchParams.keys()]).toEqual(['ex', 'is', 'hm']);
    expect(origin).toBe(yard.standIn.origin);

    const response = await fetch(url);
    expect([response.headers.get('content-type'), response.headers.get('content-length'), await response.text()]).toEqual(['image/png', '5', 'bytes']);
    expect(await read(url.replace('/attachments', '/cdn/attachments'))).toEqual([200, 'bytes']);
  });

  it('answers 404 without, with a wrong and with a borrowed signature', async () => {
    const { url } = await upload();
    const other = await upload('b.png');

    expect(await read(url.split('?')[0] ?? '')).toEqual([404, GONE]);
    expect(await read(url.replace(/hm=./, 'hm=z'))).toEqual([404, GONE]);
    expect(await read(`${url.split('?')[0] ?? ''}?${other.url.split('?')[1] ?? ''}`)).toEqual([404, GONE]);
    expect(await read(url.replace(/ex=[^&]+/, 'ex=ffffffff'))).toEqual([404, GONE]);
  });

  it('lets an address expire, while the message shows a fresh one', async () => {
    const { url } = await upload();
    await yard.driver.advanceClock(DAY + 1000);

    expect(await read(url)).toEqual([404, GONE]);
    const [message] = await yard.driver.user('mira').visibleMessages();
    expect(await read(message?.attachments[0]?.url ?? '')).toEqual([200, 'bytes']);
  });

  it('refreshes an expired address for the bot', async () => {
    const { url } = await upload();
    await yard.driver.advanceClock(DAY + 1000);

    const answer = (await yard.rest.post('/attachments/refresh-urls', { body: { attachment_urls: [url] } })) as { refreshed_urls: { original: string; refreshed: string }[] };
    expect(answer.refreshed_urls[0]?.original).toBe(url);
    expect(await read(answer.refreshed_urls[0]?.refreshed ?? '')).toEqual([200, 'bytes']);
  });

  it('serves files of commands apart and removes them for good', async () => {
    await yard.register([trainCommand]);
    await yard.logInSilent();
    const handle = await yard.driver.user('mira').slash('train upload', { image: { filename: 'Kätzchen Nr 1.PNG', bytes: Buffer.from('meow') } });
    const interaction = await yard.received(handle.id);
    if (!interaction.isChatInputCommand()) throw new Error('Expected a command.');
    const file = interaction.options.getAttachment('image', true);

    expect(new URL(file.url).pathname).toMatch(/^\/ephemeral-attachments\/\d+\/\d+\/Katzchen_Nr_1\.PNG$/);
    expect([file.title, file.ephemeral, await read(file.url)]).toEqual(['Kätzchen Nr 1', true, [200, 'meow']]);
    await yard.driver.advanceClock(DAY + 1000);
    expect(await read(file.url)).toEqual([404, GONE]);
    const answer = (await yard.rest.post('/attachments/refresh-urls', { body: { attachment_urls: [file.url] } })) as { refreshed_urls: { refreshed: string }[] };
    expect(await read(answer.refreshed_urls[0]?.refreshed ?? '')).toEqual([404, GONE]);
  });

  it('fails on demand', async () => {
    const { url } = await upload();
    await yard.driver.faults({ route: '/attachments/*', status: 404 });

    expect(await read(url)).toEqual([404, GONE]);
    expect(await read(url)).toEqual([200, 'bytes']);
  });
});

describe('injected faults', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
  });
  afterEach(() => yard.stop());

  const post = () => yard.rest.post(Routes.channelMessages(GENERAL_CHANNEL_ID), { body: { content: 'x' } });

  it('answers with a status and a code, as often as told, and marks the call', async () => {
    await yard.driver.faults({ method: 'POST', route: '/channels/:channel/messages', status: 403, code: 50001, times: 2 });

    await expect(post()).rejects.toMatchObject({ status: 403, code: 50001 });
    await expect(post()).rejects.toMatchObject({ status: 403, code: 50001 });
    await post();
    expect((await yard.driver.calls()).map((call) => [call.status, call.code, call.injected])).toEqual([
      [403, 50001, true],
      [403, 50001, true],
      [200, undefined, undefined],
    ]);
    expect(await yard.driver.violations()).toEqual([]);
  });

  it('cuts the connection before or after the effect', async () => {
    await yard.driver.faults({ route: '/channels/*', reset: true }, { route: '/channels/*', reset: true, afterEffect: true });

    await expect(post()).rejects.toThrow();
    expect(await yard.driver.user('mira').visibleMessages()).toHaveLength(0);
    await expect(post()).rejects.toThrow();
    expect(await yard.driver.user('mira').visibleMessages()).toHaveLength(1);
  });

  it('leaves other routes and methods alone, and can be cleared', async () => {
    await yard.driver.faults({ method: 'PATCH', route: '/channels/*', status: 500 }, { method: 'POST', route: '/users/*', status: 500 });
    await post();
    await yard.driver.faults({ route: '*', status: 500 });
    await yard.driver.clearFaults();
    await post();
  });

  it('makes a client forget its token by a 401', async () => {
    await yard.driver.faults({ route: '/users/@me', status: 401 });
    await expect(yard.rest.get('/users/@me')).rejects.toMatchObject({ status: 401 });
    await expect(yard.rest.get('/users/@me')).rejects.toThrow('Expected token to be set');
  });
});

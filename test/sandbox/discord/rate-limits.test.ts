import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type APIMessage, RateLimitError, REST, Routes } from 'discord.js';
import { GENERAL_CHANNEL_ID, TRAINING_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import { codeOf, startTestYard, type TestYard } from './bot.js';

const CHANNEL = Routes.channelMessages(TRAINING_CHANNEL_ID);

describe('rate limits', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
  });
  afterEach(() => yard.stop());

  /** A call past the client's own queue, as a second process would make it. */
  const raw = (method: string, path: string, body?: unknown) =>
    fetch(`${yard.standIn.apiUrl}/v10${path}`, {
      method,
      headers: { authorization: `Bot ${yard.standIn.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('answers 429 with the real headers when a route is used up, for that channel only', async () => {
    for (let n = 0; n < 5; n += 1) expect((await raw('POST', CHANNEL, { content: 'x' })).status).toBe(200);
    const refused = await raw('POST', CHANNEL, { content: 'x' });

    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({ message: 'You are being rate limited.', code: 0, retry_after: expect.any(Number), global: false });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-scope': 'user',
      'x-ratelimit-bucket': expect.stringMatching(/^[0-9a-f]{32}$/),
      'x-ratelimit-reset-after': expect.stringMatching(/^\d+\.\d+$/),
      'retry-after': '5',
    });
    expect((await raw('POST', Routes.channelMessages(GENERAL_CHANNEL_ID), { content: 'x' })).status).toBe(200);

    await yard.driver.advanceClock(5_000);
    expect((await raw('POST', CHANNEL, { content: 'x' })).status).toBe(200);
  });

  it('answers a global 429 above 50 requests in a second, and leaves interactions alone', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => raw('GET', '/users/@me')));
    const refused = answers.find((answer) => answer.status === 429 && answer.headers.get('x-ratelimit-scope') === 'global');

    expect(refused?.headers.get('x-ratelimit-global')).toBe('true');
    expect(await refused?.json()).toMatchObject({ global: true });
    expect(await codeOf(yard.rest.post(Routes.interactionCallback('1', 'made-up'), { auth: false, body: { type: 5 } }))).toBe(10062);
  });

  it('answers 30046 to the fourth edit in 6 s of messages older than an hour', async () => {
    const card = (await yard.rest.post(CHANNEL, { body: { content: 'card' } })) as APIMessage;
    const path = Routes.channelMessage(TRAINING_CHANNEL_ID, card.id);
    await yard.driver.advanceClock(3_600_000);
    for (let n = 0; n < 3; n += 1) expect((await raw('PATCH', path, { content: `${n}` })).status).toBe(200);

    const refused = await raw('PATCH', path, { content: '4' });
    expect([refused.status, ((await refused.json()) as { code: number }).code]).toEqual([429, 30046]);
    await yard.driver.advanceClock(6_000);
    expect((await raw('PATCH', path, { content: '4' })).status).toBe(200);
  });

  it('lets a client that rejects stale edits see the limit instead of waiting', async () => {
    const rest = new REST({ api: yard.standIn.apiUrl, retries: 0, rejectOnRateLimit: ({ method }) => method === 'PATCH' }).setToken(yard.standIn.token);
    const card = (await rest.post(CHANNEL, { body: { content: 'card' } })) as APIMessage;
    const edit = () => rest.patch(Routes.channelMessage(TRAINING_CHANNEL_ID, card.id), { body: { content: 'x' } });
    for (let n = 0; n < 5; n += 1) await edit();

    await expect(edit()).rejects.toBeInstanceOf(RateLimitError);
  });

  it('is waited out by an ordinary client', async () => {
    const rest = new REST({ api: yard.standIn.apiUrl, retries: 0 }).setToken(yard.standIn.token);
    await yard.driver.faults({ method: 'POST', route: '/channels/:channel/messages', status: 429, retryAfter: 0.05 });

    expect(await codeOf(rest.post(CHANNEL, { body: { content: 'x' } }))).toBe('accepted');
    expect((await yard.driver.calls()).map((call) => call.status)).toEqual([429, 200]);
  });
});

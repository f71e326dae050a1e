import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REST } from 'discord.js';
import { createMessages, type Messages } from '../../../activities/discord/messages.js';
import { saidView } from '../../../bot/views/answers.js';
import { createDiscordDriver } from '../../../sandbox/discord/driver/driver.js';
import { TRAINING_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../../sandbox/discord/stand-in.js';

let standIn: DiscordStandIn;
let messages: Messages;

beforeAll(async () => {
  standIn = await createDiscordStandIn();
  messages = createMessages(new REST({ api: standIn.apiUrl }).setToken(standIn.token), { read: () => Promise.resolve(null) });
});
afterAll(() => standIn.stop());

describe('an edit', () => {
  it('leaves nothing behind on a signal that outlives it', async () => {
    const posted = await messages.post(TRAINING_CHANNEL_ID, { view: saidView('first'), name: 'a card' });
    const { signal } = new AbortController();
    for (const text of ['second', 'third', 'fourth']) await messages.edit(posted, saidView(text), signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await createDiscordDriver(standIn.controlUrl).user('mira').transcript()).toContain('fourth');
  });

  it('ends with the signal, before and during the request', async () => {
    const posted = await messages.post(TRAINING_CHANNEL_ID, { view: saidView('first'), name: 'another card' });
    await expect(messages.edit(posted, saidView('never'), AbortSignal.abort())).rejects.toThrow('abort');
    await createDiscordDriver(standIn.controlUrl).faults({ method: 'PATCH', route: '/channels/*', delayMs: 5_000 });
    const during = new AbortController();
    const editing = messages.edit(posted, saidView('never'), during.signal);
    during.abort();
    await expect(editing).rejects.toThrow('abort');
  });
});

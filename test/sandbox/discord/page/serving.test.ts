import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InteractionContextType, Routes } from 'discord.js';
import type { Feed } from '../../../../sandbox/discord/control/feed-types.js';
import { TRAINING_CHANNEL_ID, USERS } from '../../../../sandbox/discord/people.js';
import { startTestYard, type TestYard } from '../bot.js';
import { trainCommand } from '../commands-of-train.js';

const RUN_LINK = 'http://127.0.0.1:8233/namespaces/default/workflows/train-run%3A{runId}';

describe('the try-it page and its feed', () => {
  let yard: TestYard;

  beforeAll(async () => {
    yard = await startTestYard({ runLink: RUN_LINK });
    await yard.register([trainCommand, { name: 'admin', description: 'For admins', default_member_permissions: '0' }, { name: 'here', description: 'In servers', contexts: [InteractionContextType.Guild] }]);
    await yard.logInSilent();
  });
  afterAll(() => yard.stop());

  const feed = async (user: string, known: Partial<Pick<Feed, 'epoch' | 'seq'>> = {}, timeoutMs = 0): Promise<Feed> => {
    const answer = await fetch(`${yard.standIn.controlUrl}/_stand-in/users/${user}/feed?epoch=${known.epoch ?? ''}&after=${known.seq ?? 0}&timeoutMs=${timeoutMs}`);
    return (await answer.json()) as Feed;
  };
  const post = (content: string) => yard.rest.post(Routes.channelMessages(TRAINING_CHANNEL_ID), { body: { content } }) as Promise<{ id: string }>;

  it('serves a page that may load nothing from elsewhere and runs nothing that is written into it', async () => {
    const page = await fetch(`${yard.standIn.controlUrl}/`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const html = await page.text();
    const [, script = ''] = /<script type="module" src="([^"]+)"><\/script>/.exec(html) ?? [];
    const [, styles = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(html) ?? [];
    for (const [path, type] of [[script, 'text/javascript'], [styles, 'text/css']] as const) {
      const file = await fetch(`${yard.standIn.controlUrl}${path}`);
      expect(file.headers.get('content-type')).toContain(type);
      const text = await file.text();
      expect(text.length).toBeGreaterThan(5_000);
      expect(text).not.toContain('innerHTML:');
    }
  });

  it('gives the page and the feed to this machine only', async () => {
    const { port } = new URL(yard.standIn.controlUrl);
    for (const path of ['/', '/_stand-in/users/mira/feed']) {
      for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }]) {
        const status = await new Promise((resolve, reject) => {
          request({ port, path, headers }, (response) => {
            response.resume();
            resolve(response.statusCode);
          }).on('error', reject).end();
        });
        expect(status).toBe(403);
      }
    }
  });

  it('tells everything at first: people, places with their commands, messages and where runs are shown', async () => {
    const { id } = await post('hello');
    const first = await feed('mira');
    expect(first).toMatchObject({ whole: true, botConnected: true, runLink: RUN_LINK, interactions: [], gone: [] });
    expect(first.people.map(({ name, isOperator, isBot }) => [name, isOperator, isBot])).toEqual([['mira', false, false], ['jonas', false, false], ['olga', true, false], ['Trainyard', false, true]]);
    expect(first.messages.map((message) => message.id)).toContain(id);
    const names = (kind: string, name?: string) => first.channels.find((channel) => channel.kind === kind && (name === undefined || channel.name === name))?.commands.map((command) => command.name);
    expect([names('channel', 'training'), names('dm'), names('channel', 'elsewhere')]).toEqual([['train', 'here'], ['train', 'admin'], ['train']]);
  });

  it('then tells what changed and what is gone, and to each only what they see', async () => {
    const known = await feed('mira');
    const theirs = await feed('jonas');
    const { id } = await post('first');
    const handle = await yard.driver.user('mira').slash('train menu');
    const { id: interactionId, token } = await yard.received(handle.id);
    await yard.rest.post(Routes.interactionCallback(interactionId, token), { auth: false, body: { type: 4, data: { content: 'private', flags: 64 } } });

    const news = await feed('mira', known);
    expect(news.whole).toBe(false);
    expect(news.messages.map(({ content }) => content)).toEqual(['first', 'private']);
    expect(news.messages[1]).toMatchObject({ ephemeral: true, askedBy: { name: 'Mira', userId: USERS.mira.id, label: '/train menu', kind: 'command' } });
    expect(news.interactions).toMatchObject([{ id: handle.id, kind: 'command', channelId: TRAINING_CHANNEL_ID, callbackType: 4 }]);
    const others = await feed('jonas', theirs);
    expect([others.messages.map(({ content }) => content), others.interactions]).toEqual([['first'], []]);

    await yard.driver.change({ kind: 'delete-message', messageId: id });
    expect((await feed('mira', news)).gone).toEqual([id]);
  });

  it('waits for something to show, and not for what nobody sees', async () => {
    const known = await feed('olga');
    const waiting = feed('olga', known, 10_000);
    await yard.rest.get(Routes.channel(TRAINING_CHANNEL_ID));
    await post('here it is');
    expect((await waiting).messages.map(({ content }) => content)).toEqual(['here it is']);
  });

  it('tells everything again when the page knew another start, or missed too much', async () => {
    const known = await feed('mira');
    expect((await feed('mira', { epoch: 'another', seq: known.seq })).whole).toBe(true);
    expect((await feed('mira', { epoch: known.epoch, seq: known.seq + 100 })).whole).toBe(true);
    for (let batch = 0; batch < 21; batch += 1) await Promise.all(Array.from({ length: 100 }, () => yard.driver.advanceClock(0)));
    expect((await feed('mira', known)).whole).toBe(true);
  });
});

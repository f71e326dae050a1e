import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type APIChannel, type APIMessage, MessageFlags, type RawFile, Routes } from 'discord.js';
import { renderMessage } from '../../../sandbox/discord/driver/render-message.js';
import { GENERAL_CHANNEL_ID, OPS_CHANNEL_ID, TRAINING_CHANNEL_ID, USERS } from '../../../sandbox/discord/people.js';
import { codeOf, startTestYard, type TestYard } from './bot.js';

const CHANNEL = Routes.channelMessages(TRAINING_CHANNEL_ID);
const V2 = MessageFlags.IsComponentsV2;

const file = (name: string, text: string): RawFile => ({ name, data: Buffer.from(text) });
const gallery = (...names: string[]) => ({ type: 12, items: names.map((name) => ({ media: { url: `attachment://${name}` }, description: `picture ${name}` })) });

describe('messages of the bot token', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
  });
  afterEach(() => yard.stop());

  const post = (body: unknown, files: RawFile[] = [], route: `/${string}` = CHANNEL) => yard.rest.post(route, { body, files }) as Promise<APIMessage>;
  const edit = (id: string, body: unknown, files: RawFile[] = []) => yard.rest.patch(Routes.channelMessage(TRAINING_CHANNEL_ID, id), { body, files }) as Promise<APIMessage>;
  const seen = async () => yard.driver.user('mira').visibleMessages({ channel: 'training' });

  it('posts a card and edits it without a gateway', async () => {
    const card = await post({ flags: V2, components: [{ type: 17, components: [{ type: 10, content: '## cats\nqueued' }] }], allowed_mentions: { parse: [] } });
    await edit(card.id, { components: [{ type: 17, components: [{ type: 10, content: '## cats\ntraining' }] }], allowed_mentions: { parse: [] } });

    const [shown] = await seen();
    expect(shown === undefined ? '' : renderMessage(shown)).toBe('│ ## cats\n│ training');
    expect(shown?.edits).toBe(1);
    expect(await yard.driver.violations()).toEqual([]);
  });

  it('keeps listed attachments on an edit, adds new ones and drops the others', async () => {
    const card = await post({ flags: V2, attachments: [{ id: 0 }, { id: 1, description: 'second' }], components: [gallery('a.png', 'b.png')] }, [file('a.png', 'A'), file('b.png', 'B')]);
    const kept = card.attachments.find((one) => one.filename === 'b.png')?.id ?? '';

    const edited = await edit(card.id, { attachments: [{ id: kept }, { id: '0' }], components: [gallery('b.png', 'c.png')] }, [file('c.png', 'C')]);

    expect(edited.attachments.map((one) => [one.filename, one.description])).toEqual([
      ['b.png', 'second'],
      ['c.png', undefined],
    ]);
    expect(await (await fetch(edited.attachments[1]?.url ?? '')).text()).toBe('C');
  });

  it('refuses an edit that takes away a file a component still shows', async () => {
    const card = await post({ flags: V2, components: [gallery('a.png')] }, [file('a.png', 'A')]);

    expect(await codeOf(edit(card.id, { attachments: [] }))).toBe(50035);
    expect((await seen())[0]?.attachments).toHaveLength(1);
  });

  it('returns the same message for a repeated nonce, also after a lost answer, and a new one later', async () => {
    const body = { content: 'card', nonce: 'run-1', enforce_nonce: true };
    await yard.driver.faults({ method: 'POST', route: '/channels/:channel/messages', status: 500, afterEffect: true });
    await expect(post(body)).rejects.toThrow();

    const first = await post(body);
    const second = await post({ ...body, content: 'other' });
    expect(second.id).toBe(first.id);
    expect(await seen()).toHaveLength(1);

    await yard.driver.advanceClock(10 * 60_000);
    expect((await post(body)).id).not.toBe(first.id);
  });

  it('names files as Discord does', async () => {
    const card = await post({ flags: V2, components: [{ type: 13, file: { url: 'attachment://_my(1).safetensors' } }] }, [file('_my(1).safetensors', 'x')]);

    expect(card.attachments[0]).toMatchObject({ filename: 'my1.safetensors', title: '_my(1)' });
  });

  it('writes to a person, and says 50007 or 50278 when it cannot', async () => {
    const dm = (await yard.rest.post(Routes.userChannels(), { body: { recipient_id: USERS.mira.id } })) as APIChannel;
    await post({ content: 'done' }, [], Routes.channelMessages(dm.id));
    const [note] = await yard.driver.user('mira').visibleMessages({ dm: true });
    expect([note?.content, note?.pinged]).toEqual(['done', true]);

    await yard.driver.change({ kind: 'dms', user: 'mira', open: false });
    expect(await codeOf(post({ content: 'done' }, [], Routes.channelMessages(dm.id)))).toBe(50007);
    await yard.driver.change({ kind: 'mutual-guild', user: 'mira', shared: false });
    expect(await codeOf(post({ content: 'done' }, [], Routes.channelMessages(dm.id)))).toBe(50278);
    expect(await codeOf(yard.rest.post(Routes.userChannels(), { body: { recipient_id: '1' } }))).toBe(50033);
  });

  it('notifies only those whom allowed_mentions lets through, and never by an edit', async () => {
    const both = `<@${USERS.mira.id}> <@${USERS.jonas.id}>`;
    const note = await post({ content: both, allowed_mentions: { parse: [], users: [USERS.mira.id] } });
    const silent = await post({ content: both, allowed_mentions: { parse: [] } });
    await edit(silent.id, { content: `${both}!` });

    const pinged = async (name: 'mira' | 'jonas') => (await yard.driver.user(name).visibleMessages()).filter((message) => message.pinged).map((message) => message.id);
    expect(await pinged('mira')).toEqual([note.id]);
    expect(await pinged('jonas')).toEqual([]);
  });

  it('refuses a reply to a deleted message, unless told to go on', async () => {
    const card = await post({ content: 'card' });
    const reply = { content: 'done', message_reference: { message_id: card.id } };
    expect((await post(reply)).referenced_message?.id).toBe(card.id);
    await yard.driver.change({ kind: 'delete-message', messageId: card.id });

    expect(await codeOf(post(reply))).toBe(50035);
    expect(await codeOf(post({ ...reply, message_reference: { message_id: card.id, fail_if_not_exists: false } }))).toBe('accepted');
  });

  it('answers 10008 for a deleted message and 10003 for a deleted channel', async () => {
    const card = await post({ content: 'card' });
    await yard.driver.change({ kind: 'delete-message', messageId: card.id });
    expect(await codeOf(edit(card.id, { content: 'x' }))).toBe(10008);

    await yard.driver.change({ kind: 'delete-channel', channelId: TRAINING_CHANNEL_ID });
    expect(await codeOf(edit(card.id, { content: 'x' }))).toBe(10003);
    expect(await codeOf(post({ content: 'x' }))).toBe(10003);
  });

  it('answers 50001 without view, 50013 without sending or attaching', async () => {
    const deny = (...permissions: ('VIEW_CHANNEL' | 'SEND_MESSAGES' | 'ATTACH_FILES' | 'READ_MESSAGE_HISTORY')[]) => yard.driver.change({ kind: 'deny', channelId: TRAINING_CHANNEL_ID, permissions });
    const card = await post({ content: 'card' });

    await deny('ATTACH_FILES');
    expect(await codeOf(post({ content: 'x' }, [file('a.png', 'A')]))).toBe(50013);
    expect(await codeOf(post({ content: 'x' }))).toBe('accepted');
    await deny('SEND_MESSAGES');
    expect(await codeOf(post({ content: 'x' }))).toBe(50013);
    expect(await codeOf(edit(card.id, { content: 'x' }))).toBe('accepted');
    await deny('READ_MESSAGE_HISTORY');
    expect(await codeOf(post({ content: 'x', message_reference: { message_id: card.id } }))).toBe(160002);
    await deny('VIEW_CHANNEL');
    expect(await codeOf(edit(card.id, { content: 'x' }))).toBe(50001);
  });

  it('answers 50083 in an archived thread', async () => {
    const thread = await yard.driver.change({ kind: 'create-channel', name: 'cats', parentId: TRAINING_CHANNEL_ID });
    const route = Routes.channelMessages(thread);
    expect(await codeOf(post({ content: 'x' }, [], route))).toBe('accepted');
    await yard.driver.change({ kind: 'archive-thread', channelId: thread, archived: true });

    expect(await codeOf(post({ content: 'x' }, [], route))).toBe(50083);
  });

  it('answers 413 40005 for a file above the limit and a request above 25 MiB', async () => {
    const big = { name: 'lora.safetensors', data: Buffer.alloc(11 * 1024 * 1024) };
    expect(await codeOf(post({ content: 'x' }, [big], Routes.channelMessages(GENERAL_CHANNEL_ID)))).toBe(40005);
    await yard.driver.change({ kind: 'upload-limit', bytes: 50 * 1024 * 1024 });

    expect(await codeOf(post({ content: 'x' }, [big], Routes.channelMessages(OPS_CHANNEL_ID)))).toBe('accepted');
    expect(await codeOf(post({ content: 'x' }, [big, big, big], Routes.channelMessages(OPS_CHANNEL_ID)))).toBe(40005);
  });

  it('refuses an empty message with 50006', async () => {
    expect(await codeOf(post({ content: '  ' }))).toBe(50006);
    const card = await post({ content: 'x' });
    expect(await codeOf(edit(card.id, { content: null }))).toBe(50006);
    expect((await yard.driver.violations()).map((one) => one.rule)).toEqual(['2 empty-message', '2 empty-message']);
  });

  it('shows EPHEMERAL in a channel to everybody and reports it', async () => {
    await post({ content: 'not so secret', flags: MessageFlags.Ephemeral });

    expect((await yard.driver.user('jonas').visibleMessages())[0]?.ephemeral).toBe(false);
    expect((await yard.driver.violations())[0]?.rule).toBe('ephemeral-channel-message');
  });
});

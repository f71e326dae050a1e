import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type APIMessage, ApplicationCommandType, MessageFlags, Routes } from 'discord.js';
import sharp from 'sharp';
import { GENERAL_CHANNEL_ID, TRAINING_CHANNEL_ID, USERS } from '../../../sandbox/discord/people.js';
import { codeOf, startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

const ADD = 'Add images to dataset';
const menuCommand = (name: string, type: ApplicationCommandType) => ({ name, type }) as never;

async function picture(format: 'png' | 'jpeg' | 'webp' | 'gif', filename = `cat.${format}`): Promise<{ filename: string; bytes: Buffer }> {
  const plain = sharp({ create: { width: 37, height: 21, channels: 3, background: '#884422' } });
  return { filename, bytes: await plain.toFormat(format).toBuffer() };
}

describe('messages of people and the commands of their menus', () => {
  let yard: TestYard;

  beforeAll(async () => {
    yard = await startTestYard();
    await yard.register([trainCommand, menuCommand(ADD, ApplicationCommandType.Message), menuCommand('Show points', ApplicationCommandType.User)]);
    await yard.logInSilent();
  });
  afterAll(() => yard.stop());

  it('shows everybody in the channel what a person posts, with the size of its pictures', async () => {
    const mira = yard.driver.user('mira');
    const posted = await mira.post('training', { content: `hello <@${USERS.jonas.id}>`, files: [await picture('png'), { filename: 'note.txt', bytes: Buffer.from('hi') }] });

    expect(posted).toMatchObject({ author: 'Mira', authorId: USERS.mira.id, content: `hello <@${USERS.jonas.id}>`, pinged: false, ephemeral: false });
    expect(posted.attachments).toMatchObject([
      { filename: 'cat.png', content_type: 'image/png', width: 37, height: 21 },
      { filename: 'note.txt', content_type: 'text/plain; charset=utf-8' },
    ]);
    expect(posted.attachments[1]).not.toHaveProperty('width');
    expect(await yard.driver.user('jonas').lookAt(posted)).toMatchObject({ author: 'Mira', pinged: true });
    expect(await yard.driver.user('olga').lookAt(posted)).toMatchObject({ pinged: false });
  });

  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('reads the size of a %s, and none of a file that only calls itself one', async (format) => {
    const real = await picture(format);
    const posted = await yard.driver.user('mira').post('general', { files: [real, { filename: real.filename, bytes: Buffer.alloc(64) }] });
    expect(posted.attachments.map(({ width, height }) => [width, height])).toEqual([[37, 21], [undefined, undefined]]);
  });

  it('reads the size of lossless and of transparent WebP', async () => {
    const blank = (channels: 3 | 4) => sharp({ create: { width: 300, height: 7, channels, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } });
    const files = [await blank(3).webp({ lossless: true }).toBuffer(), await blank(4).webp().toBuffer()].map((bytes, at) => ({ filename: `${at}.webp`, bytes }));
    const posted = await yard.driver.user('mira').post('general', { files });
    expect(posted.attachments).toMatchObject([{ width: 300, height: 7 }, { width: 300, height: 7 }]);
  });

  it('gives the bot the whole message with its attachments, although it has no intent to read it', async () => {
    const mira = yard.driver.user('mira');
    const posted = await mira.post('training', { content: 'my cats', files: [await picture('jpeg', 'IMG 1.jpg'), await picture('png')] });

    const handle = await yard.driver.user('jonas').messageCommand(ADD, posted);
    const interaction = await yard.received(handle.id);

    if (!interaction.isMessageContextMenuCommand()) throw new Error(`Expected a message command, got type ${interaction.type}.`);
    expect([interaction.commandName, interaction.user.id, interaction.targetId]).toEqual([ADD, USERS.jonas.id, posted.id]);
    const { targetMessage } = interaction;
    expect([targetMessage.author.id, targetMessage.content, targetMessage.channelId]).toEqual([USERS.mira.id, 'my cats', TRAINING_CHANNEL_ID]);
    const [first, second] = [...targetMessage.attachments.values()];
    expect(first).toMatchObject({ name: 'IMG_1.jpg', title: 'IMG 1', contentType: 'image/jpeg', width: 37, height: 21, ephemeral: false });
    expect(second).toMatchObject({ name: 'cat.png', contentType: 'image/png' });
    expect((await fetch(first?.url ?? '')).headers.get('content-length')).toBe(String(first?.size));
  });

  it('lets the bot answer such a command like any other', async () => {
    const jonas = yard.driver.user('jonas');
    const handle = await jonas.messageCommand(ADD, await jonas.post('dm', { files: [await picture('png')] }));
    const interaction = (await yard.received(handle.id));
    if (!interaction.isMessageContextMenuCommand()) throw new Error('Expected a message command.');

    await interaction.reply({ content: 'Which dataset?', flags: MessageFlags.Ephemeral });
    expect(await handle.message()).toMatchObject({ content: 'Which dataset?', ephemeral: true, channel: 'DM' });
    expect((await handle.view()).label).toBe(`${ADD} on a message`);
  });

  it('runs the command of a person', async () => {
    const handle = await yard.driver.user('olga').userCommand('Show points', 'mira');
    const interaction = await yard.received(handle.id);
    if (!interaction.isUserContextMenuCommand()) throw new Error('Expected a user command.');
    expect([interaction.targetUser.id, interaction.targetId, interaction.inGuild()]).toEqual([USERS.mira.id, USERS.mira.id, true]);
  });

  it('refuses what the client would not offer', async () => {
    const mira = yard.driver.user('mira');
    const posted = await mira.post('training', { content: 'x' });
    await expect(mira.messageCommand('Frame it', posted)).rejects.toThrow(`no command Frame it. Registered: ${ADD}`);
    await expect(mira.messageCommand('train', posted)).rejects.toThrow('no command train');
    await expect(mira.messageCommand(ADD, { id: '1' })).rejects.toThrow('does not see message 1');
    const handle = await mira.slash('train menu');
    const { id, token } = await yard.received(handle.id);
    await yard.rest.post(Routes.interactionCallback(id, token), { auth: false, body: { type: 4, data: { content: 'secret', flags: 64 } } });
    await expect(mira.messageCommand(ADD, await handle.message())).rejects.toThrow('only you can see');
  });

  it('refuses a message that the client would not send', async () => {
    const mira = yard.driver.user('mira');
    await expect(mira.post('training', {})).rejects.toThrow('empty');
    await expect(mira.post('training', { content: 'x'.repeat(2001) })).rejects.toThrow('2000 characters; this one has 2001');
    await expect(mira.post('training', { files: Array.from({ length: 11 }, () => ({ filename: 'a.png', bytes: Buffer.alloc(1) })) })).rejects.toThrow('10 files; 11 given');
    await expect(mira.post('training', { files: [{ filename: 'a.png', bytes: Buffer.alloc(10 * 1024 * 1024 + 1) }] })).rejects.toThrow('too powerful');
    const { channelId } = await yard.driver.user('jonas').post('dm', { content: 'mine' });
    await expect(mira.post(channelId, { content: 'yours' })).rejects.toThrow('not the direct messages of Mira');
  });

  it('keeps what people write from the bot, unless it is named or written to', async () => {
    const mira = yard.driver.user('mira');
    const read = async (channel: string, { id }: { id: string }) => (await yard.rest.get(Routes.channelMessage(channel, id))) as APIMessage;
    const file = await picture('png');

    expect(await read(GENERAL_CHANNEL_ID, await mira.post('general', { content: 'private talk', files: [file] }))).toMatchObject({ content: '', attachments: [] });
    expect((await read(GENERAL_CHANNEL_ID, await mira.post('general', { content: '<@1180430915223552001> look', files: [file] }))).attachments).toHaveLength(1);
    const direct = await mira.post('dm', { content: 'hi' });
    expect(await read(direct.channelId, direct)).toMatchObject({ content: 'hi' });
  });

  it('does not let the bot change or delete what people wrote', async () => {
    const posted = await yard.driver.user('mira').post('training', { content: 'mine' });
    const route = Routes.channelMessage(TRAINING_CHANNEL_ID, posted.id);
    expect(await codeOf(yard.rest.patch(route, { body: { content: 'yours' } }))).toBe(50005);
    expect(await codeOf(yard.rest.delete(route))).toBe(50013);
  });

  it('refuses a menu command with a description, with options or one too many', async () => {
    const register = (...bodies: unknown[]) => codeOf(yard.rest.put(Routes.applicationGuildCommands('1180430915223552001', '1180431002334412802'), { body: bodies }));
    expect(await register({ name: ADD, type: 3, description: 'no' })).toBe(50035);
    expect(await register({ name: ADD, type: 3, options: [{ type: 3, name: 'a', description: 'b' }] })).toBe(50035);
    expect(await register(...Array.from({ length: 16 }, (_, at) => ({ name: `Do ${at}`, type: 3 })))).toBe(50035);
    expect(await register(...Array.from({ length: 15 }, (_, at) => ({ name: `Do ${at}`, type: 3 })))).toBe('accepted');
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type APIMessage, ApplicationIntegrationType, AttachmentBuilder, ContainerBuilder, EmbedBuilder, InteractionContextType, MessageFlags, Routes, SlashCommandBuilder, TextDisplayBuilder } from 'discord.js';
import { APPLICATION_ID, GUILD_ID, TRAINING_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import { codeOf, startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

const V2 = MessageFlags.IsComponentsV2;
const CHANNEL = Routes.channelMessages(TRAINING_CHANNEL_ID);
const text = (content: string) => ({ type: 10, content });

describe('bodies at the edge', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
  });
  afterEach(() => yard.stop());

  const rules = async () => (await yard.driver.violations()).map((violation) => violation.rule);
  const post = (body: unknown) => yard.rest.post(CHANNEL, { body }) as Promise<APIMessage>;
  const edit = (id: string, body: unknown) => yard.rest.patch(Routes.channelMessage(TRAINING_CHANNEL_ID, id), { body });

  it('keeps the V2 flag on a message for ever', async () => {
    const card = await post({ flags: V2, components: [text('a')] });

    expect(await codeOf(edit(card.id, { flags: 0, components: [text('b')] }))).toBe(50035);
    expect(await codeOf(edit(card.id, { components: [text('b')] }))).toBe('accepted');
    expect(await codeOf(edit(card.id, { content: 'b' }))).toBe(50035);
    expect(await rules()).toEqual(['5 v2-flag-stays', '3 no-legacy-fields-with-v2']);
  });

  it('upgrades a message to V2 only when content and embeds are cleared', async () => {
    const card = await post({ content: 'old', embeds: [{ title: 'old' }] });
    const upgrade = { flags: V2, components: [text('new')] };

    expect(await codeOf(edit(card.id, upgrade))).toBe(50035);
    expect(await rules()).toEqual(['5 v2-upgrade-clears-content', '5 v2-upgrade-clears-embeds']);
    expect(await codeOf(edit(card.id, { ...upgrade, content: null, embeds: null }))).toBe('accepted');
  });

  it('takes an unknown key and reports it', async () => {
    expect(await codeOf(post({ content: 'x', compnents: [] }))).toBe('accepted');
    expect(await codeOf(post({ flags: V2, components: [{ ...text('x'), colour: 1 }] }))).toBe('accepted');

    expect((await yard.driver.violations()).map((violation) => [violation.rule, violation.message.split('"')[1]])).toEqual([
      ['22 unknown-key', 'compnents'],
      ['22 unknown-key', 'components.0.colour'],
    ]);
  });

  it('takes what is exactly at the limits', async () => {
    const container = { type: 17, components: Array.from({ length: 39 }, () => text('a'.repeat(100))) };
    expect(await codeOf(post({ flags: V2, components: [container] }))).toBe('accepted');
    expect(await codeOf(post({ flags: V2, components: [text('a'.repeat(4000))] }))).toBe('accepted');
    expect(await codeOf(post({ content: 'x'.repeat(2000), nonce: 'n'.repeat(25), enforce_nonce: true }))).toBe('accepted');
    expect(await codeOf(post({ components: [{ type: 1, components: [{ type: 2, style: 5, label: 'x'.repeat(80), url: 'http://127.0.0.1:8080/download' }] }] }))).toBe('accepted');
    expect(await rules()).toEqual([]);
  });

  it('takes everything an unmodified client sends: defer, V2 with a file, follow-up, edit, embed, deletion', async () => {
    await yard.register([trainCommand]);
    const client = await yard.logIn(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      const container = new ContainerBuilder()
        .setAccentColor(0x3366ff)
        .addMediaGalleryComponents((gallery) => gallery.addItems((item) => item.setURL('attachment://a.png').setDescription('a picture')))
        .addSeparatorComponents((separator) => separator)
        .addSectionComponents((section) => section.addTextDisplayComponents((display) => display.setContent('text')).setThumbnailAccessory((thumbnail) => thumbnail.setURL('attachment://a.png')))
        .addFileComponents((file) => file.setURL('attachment://a.png'));
      await interaction.editReply({ flags: V2, components: [container], files: [new AttachmentBuilder(Buffer.from('A'), { name: 'a.png' })] });
      await interaction.followUp({ content: 'more', flags: MessageFlags.Ephemeral, files: [new AttachmentBuilder(Buffer.from('B'), { name: 'b.txt' })] });
    });
    const handle = await yard.driver.user('mira').slash('train menu');
    await handle.waitFor((seen) => seen.messages.length === 2);

    const channel = await client.channels.fetch(TRAINING_CHANNEL_ID);
    if (channel?.isSendable() !== true) throw new Error('Expected a channel to send to.');
    const message = await channel.send({ content: 'hi', embeds: [new EmbedBuilder().setTitle('t').addFields({ name: 'a', value: 'b' })], files: [Buffer.from('x')] });
    await message.edit({ content: 'ho', embeds: [] });
    await message.reply('re');
    await message.delete();
    expect(await rules()).toEqual([]);
  });

  it('takes a first answer with a file and reports one that nobody sees', async () => {
    await yard.register([trainCommand]);
    await yard.logIn(async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply({ flags: V2, components: [new TextDisplayBuilder().setContent('x')], files: [{ attachment: Buffer.from('A'), name: 'a.txt' }] });
    });
    const message = await (await yard.driver.user('mira').slash('train menu')).message();

    expect(message.attachments).toEqual([]);
    await post({ embeds: [{ image: { url: 'attachment://b.png' } }] });
    expect(await rules()).toEqual(['attachment-not-shown', '11 attachment-reference']);
  });

  it('registers commands for everybody and for one guild, and keeps their ids', async () => {
    const built = new SlashCommandBuilder().setName('points').setDescription('Points').setDefaultMemberPermissions(0).setContexts(InteractionContextType.Guild).setIntegrationTypes(ApplicationIntegrationType.GuildInstall).toJSON();
    const [first] = (await yard.register([built])) as { id: string; default_member_permissions: string }[];
    const [second] = (await yard.register([{ ...built, description: 'More' }])) as { id: string }[];
    expect(second?.id).toBe(first?.id);
    expect(first?.default_member_permissions).toBe('0');

    const guildRoute = Routes.applicationGuildCommands(APPLICATION_ID, GUILD_ID);
    expect(await codeOf(yard.rest.put(guildRoute, { body: [built] }))).toBe(50035);
    await yard.rest.put(guildRoute, { body: [{ ...built, contexts: undefined, integration_types: undefined }] });
    expect(await yard.rest.get(guildRoute)).toHaveLength(1);
    expect(Object.keys(await yard.driver.commands())).toEqual(['global', GUILD_ID]);
  });

  it('answers 401 without the right bot token and reports Authorization where none belongs', async () => {
    const url = `${yard.standIn.apiUrl}/v10`;
    const refused = await fetch(`${url}/users/@me`, { headers: { authorization: 'Bot wrong' } });
    expect([refused.status, await refused.json()]).toEqual([401, { message: '401: Unauthorized', code: 0 }]);
    expect((await fetch(`${url}/users/@me`)).status).toBe(401);

    await fetch(`${url}/interactions/1/x/callback`, { method: 'POST', body: '{"type":5}', headers: { authorization: `Bot ${yard.standIn.token}`, 'content-type': 'application/json' } });
    expect(await rules()).toEqual(['authorization']);
  });

  it('answers 501 to a route it does not know, another API version included, and reports it', async () => {
    const headers = { authorization: `Bot ${yard.standIn.token}` };
    expect((await fetch(`${yard.standIn.apiUrl}/v10/guilds/1/bans`, { headers })).status).toBe(501);
    expect((await fetch(`${yard.standIn.apiUrl}/v9/users/@me`, { headers })).status).toBe(501);
    expect((await fetch(`${yard.standIn.apiUrl}/v10/users/@me`, { method: 'PATCH', headers })).status).toBe(501);
    expect(await rules()).toEqual(['unknown-route', 'unknown-route', 'unknown-route']);
  });

  it('lets no web page from elsewhere drive it', async () => {
    const act = (headers: Record<string, string>) => fetch(`${yard.standIn.controlUrl}/_stand-in/state`, { headers });
    expect((await act({ origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await act({ origin: 'null' })).status).toBe(403);
    expect((await act({ origin: yard.standIn.origin })).status).toBe(200);
  });

  it('answers 50109 to a body that is no JSON', async () => {
    const answer = await fetch(`${yard.standIn.apiUrl}/v10${CHANNEL}`, { method: 'POST', body: '{', headers: { authorization: `Bot ${yard.standIn.token}`, 'content-type': 'application/json' } });
    expect(await answer.json()).toMatchObject({ code: 50109 });
  });
});

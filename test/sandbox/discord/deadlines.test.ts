import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChatInputCommandInteraction, RepliableInteraction } from 'discord.js';
import { ApplicationIntegrationType, ButtonStyle, ComponentType, MessageFlags, Routes, TextInputStyle } from 'discord.js';
import { APPLICATION_ID, ELSEWHERE_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import type { InteractionHandle } from '../../../sandbox/discord/driver/interaction.js';
import { codeOf, startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

const MINUTE = 60_000;

describe('deadlines of interactions', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
    await yard.register([trainCommand]);
  });
  afterEach(() => yard.stop());

  /** Uses a command and returns it as the bot got it, unanswered. */
  async function use(path = 'train menu', channel?: string): Promise<{ handle: InteractionHandle; interaction: ChatInputCommandInteraction }> {
    const handle = await yard.driver.user('mira').slash(path, {}, channel === undefined ? {} : { channel });
    const interaction = await yard.received(handle.id);
    return { handle, interaction: interaction as ChatInputCommandInteraction };
  }

  it('says that the application did not respond when no bot is connected', async () => {
    const handle = await yard.driver.user('mira').slash('train menu');
    expect((await handle.view()).failure).toBeUndefined();

    await yard.driver.advanceClock(3_000);

    expect(await handle.response()).toEqual({ kind: 'failure', text: 'The application did not respond' });
  });

  it('refuses a first answer after 3 s with 10062, and the person reads a failure', async () => {
    await yard.logInSilent();
    const { handle, interaction } = await use();
    await yard.driver.advanceClock(3_001);

    expect(await codeOf(interaction.reply('late'))).toBe(10062);
    expect(await handle.response()).toEqual({ kind: 'failure', text: 'The application did not respond' });
  });

  it('says "This interaction failed" under a button nobody answers', async () => {
    await yard.logInSilent();
    const { handle, interaction } = await use();
    await interaction.reply({ components: [{ type: ComponentType.ActionRow, components: [{ type: ComponentType.Button, style: ButtonStyle.Primary, label: 'Go', custom_id: 'go' }] }] });
    const click = await yard.driver.user('mira').click(await handle.message(), 'Go');

    await yard.driver.advanceClock(3_001);

    expect(await click.response()).toEqual({ kind: 'failure', text: 'This interaction failed' });
  });

  it('refuses a second first answer with 40060', async () => {
    await yard.logInSilent();
    const { interaction } = await use();
    await interaction.reply('one');

    expect(await codeOf(yard.rest.post(Routes.interactionCallback(interaction.id, interaction.token), { auth: false, body: { type: 4, data: { content: 'two' } } }))).toBe(40060);
  });

  it('refuses a form after a defer with 40060', async () => {
    await yard.logInSilent();
    const { interaction } = await use();
    await interaction.deferReply();
    const form = { type: 9, data: { custom_id: 'f', title: 'F', components: [{ type: 10, content: 'x' }] } };

    expect(await codeOf(yard.rest.post(Routes.interactionCallback(interaction.id, interaction.token), { auth: false, body: form }))).toBe(40060);
  });

  it('ends a token after 15 min with 50027, and the thinking message becomes a failure', async () => {
    await yard.logInSilent();
    const { handle, interaction } = await use();
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await yard.driver.advanceClock(15 * MINUTE + 1);

    expect(await codeOf(interaction.editReply('done'))).toBe(50027);
    expect(await codeOf(interaction.followUp('done'))).toBe(50027);
    expect((await handle.view()).failure).toBe('The application did not respond');
    expect(await yard.driver.user('mira').visibleMessages()).toEqual([]);
  });

  it('keeps an answered message after the token is dead: the channel route edits it', async () => {
    await yard.logInSilent();
    const { interaction } = await use();
    const sent = await interaction.reply({ content: 'queued', withResponse: true });
    const id = sent.resource?.message?.id ?? '';
    await yard.driver.advanceClock(16 * MINUTE);

    expect(await codeOf(interaction.editReply('training'))).toBe(50027);
    await yard.rest.patch(Routes.channelMessage(interaction.channelId, id), { body: { content: 'training' } });

    expect((await yard.driver.user('mira').visibleMessages())[0]?.content).toBe('training');
  });

  it('hides ephemeral messages from the channel routes with 10008', async () => {
    await yard.logInSilent();
    const { handle, interaction } = await use();
    await interaction.reply({ content: 'secret', flags: MessageFlags.Ephemeral });
    const { id, channelId } = await handle.message();

    expect(await codeOf(yard.rest.get(Routes.channelMessage(channelId, id)))).toBe(10008);
    expect(await codeOf(yard.rest.patch(Routes.channelMessage(channelId, id), { body: { content: 'x' } }))).toBe(10008);
    expect(await yard.rest.get(Routes.channelMessages(channelId))).toEqual([]);
  });

  it('fills the thinking message with the first follow-up, private as the defer was', async () => {
    await yard.logInSilent();
    const { handle, interaction } = await use();
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.followUp('one');
    await interaction.followUp('two');

    const seen = await handle.view();
    expect(seen.messages.map((message) => [message.content, message.ephemeral])).toEqual([
      ['one', true],
      ['two', false],
    ]);
  });

  it('reads, deletes and edits `@original` by its encoded name', async () => {
    await yard.logInSilent();
    const { handle, interaction } = await use();
    await interaction.deferReply();
    expect((await interaction.fetchReply()).flags.has(MessageFlags.Loading)).toBe(true);
    await interaction.editReply('here');
    expect((await interaction.fetchReply()).content).toBe('here');
    await interaction.deleteReply();

    expect((await handle.view()).messages).toEqual([]);
    expect(await codeOf(interaction.editReply('gone'))).toBe(10008);
    const routes = (await yard.driver.calls()).map((call) => call.path.split('/').at(-1));
    expect(routes).toContain('@original');
  });

  it('knows no webhook for a made-up or unanswered token', async () => {
    await yard.logInSilent();
    const { interaction } = await use();

    expect(await codeOf(yard.rest.get(Routes.webhookMessage(APPLICATION_ID, interaction.token, '@original'), { auth: false }))).toBe(10015);
    expect(await codeOf(yard.rest.post(Routes.webhook(APPLICATION_ID, 'made-up'), { auth: false, body: { content: 'x' } }))).toBe(10015);
    expect(await codeOf(yard.rest.post(Routes.interactionCallback(interaction.id, 'made-up'), { auth: false, body: { type: 5 } }))).toBe(10062);
  });

  it('allows five follow-ups where only the user installed the bot, and no posts', async () => {
    await yard.logInSilent();
    const { interaction } = await use('train menu', ELSEWHERE_CHANNEL_ID);
    expect(interaction.authorizingIntegrationOwners[ApplicationIntegrationType.UserInstall]).toBe(interaction.user.id);
    expect(interaction.channel).toBeNull();
    await interaction.reply('one');
    for (let n = 0; n < 5; n += 1) await interaction.followUp(`more ${n}`);

    // Another client at a later time, so that the first one's rate limit plays no part.
    await yard.driver.advanceClock(5_000);
    const again = yard.rest.post(Routes.webhook(APPLICATION_ID, interaction.token), { auth: false, body: { content: 'too many' } });
    expect(await codeOf(again)).toBe(40094);
    expect(await codeOf(yard.rest.post(Routes.channelMessages(ELSEWHERE_CHANNEL_ID), { body: { content: 'x' } }))).toBe(50001);
  });

  it('turns an unfinished autocomplete into a failure', async () => {
    const attempt = yard.driver.user('mira').autocomplete('train view', 'id', 'ca');
    await yard.driver.waitFor(async () => (await yard.driver.user('mira').interactions()).length > 0);
    await yard.driver.advanceClock(3_001);

    await expect(attempt).rejects.toThrow('Loading options failed');
  });

  it('leaves a form open whose sending nobody answered, and closes it once it is answered', async () => {
    await yard.logInSilent();
    const { handle, interaction } = await use('train form');
    await interaction.showModal({ custom_id: 'f', title: 'Form', components: [{ type: ComponentType.Label, label: 'L', component: { type: ComponentType.TextInput, custom_id: 't', style: TextInputStyle.Short } }] });
    const mira = yard.driver.user('mira');
    const modal = await handle.modal();

    const lost = await mira.submitModal(modal, { t: 'text' });
    await yard.driver.advanceClock(3_001);
    expect(await lost.response()).toEqual({ kind: 'failure', text: 'Something went wrong. Try again.' });

    const again = await mira.submitModal(modal, { t: 'text' });
    const submitted = await yard.received(again.id);
    await (submitted as RepliableInteraction).reply('thanks');
    expect((await again.message()).content).toBe('thanks');
    await expect(mira.submitModal(modal, { t: 'text' })).rejects.toThrow('was sent already');
  });
});

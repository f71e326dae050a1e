import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  FileUploadBuilder,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { renderMessage, renderModal } from '../../../sandbox/discord/driver/render-message.js';
import { USERS } from '../../../sandbox/discord/people.js';
import { startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

const V2 = MessageFlags.IsComponentsV2;

const uploadForm = new ModalBuilder()
  .setCustomId('v1:upload')
  .setTitle('Add images')
  .addLabelComponents(
    new LabelBuilder().setLabel('Images').setFileUploadComponent(new FileUploadBuilder().setCustomId('files').setMinValues(1).setMaxValues(3).addFileTypes('image', '.txt')),
    new LabelBuilder().setLabel('Caption').setTextInputComponent(new TextInputBuilder().setCustomId('caption').setStyle(TextInputStyle.Short).setRequired(false).setMaxLength(20)),
  );

const menu = () =>
  new ContainerBuilder()
    .addTextDisplayComponents(new TextDisplayBuilder().setContent('Pick one'))
    .addActionRowComponents((row) =>
      row.setComponents(
        new ButtonBuilder().setCustomId('v1:start').setLabel('Start').setStyle(ButtonStyle.Primary),
        new ButtonBuilder().setCustomId('v1:off').setLabel('Off').setStyle(ButtonStyle.Secondary).setDisabled(true),
        new ButtonBuilder().setCustomId('v1:form').setLabel('Form').setStyle(ButtonStyle.Secondary),
      ),
    );

const selectRow = new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(
  new StringSelectMenuBuilder().setCustomId('v1:set').setOptions({ label: 'Cats', value: 'ds1' }, { label: 'Dogs', value: 'ds2' }),
);

/** A bot with one answer for everything the tests do. */
async function answer(interaction: Interaction): Promise<unknown> {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    return interaction.respond([{ name: `${typed}ts - 18 images`, value: 'ds1' }]);
  }
  if (interaction.isChatInputCommand()) {
    switch (interaction.options.getSubcommand()) {
      case 'create':
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        return interaction.editReply({ flags: V2, components: [new TextDisplayBuilder().setContent(`Created **${interaction.options.getString('name', true)}**`)] });
      case 'upload': {
        const file = interaction.options.getAttachment('image', true);
        const bytes = Buffer.from(await (await fetch(file.url)).arrayBuffer());
        return interaction.reply(`${file.name} ${file.contentType ?? ''} ${bytes.length}/${file.size} ephemeral:${file.ephemeral} limit:${interaction.attachmentSizeLimit}`);
      }
      case 'form':
        return interaction.showModal(uploadForm);
      default:
        return interaction.reply({ flags: V2, components: [menu(), selectRow] });
    }
  }
  if (interaction.isModalSubmit()) {
    const files = interaction.fields.getUploadedFiles('files');
    return interaction.reply({ content: `${[...(files?.values() ?? [])].map((file) => file.name).join(',')} "${interaction.fields.getTextInputValue('caption')}"`, flags: MessageFlags.Ephemeral });
  }
  if (interaction.isStringSelectMenu()) return interaction.reply(`chose ${interaction.values.join(',')}`);
  if (interaction.isButton() && interaction.customId === 'v1:form') return interaction.showModal(uploadForm);
  if (interaction.isButton()) return interaction.update({ components: [new TextDisplayBuilder().setContent('Started')] });
  return undefined;
}

describe('an unmodified discord.js client on the stand-in', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
    await yard.register([trainCommand]);
    await yard.logIn(answer);
  });
  afterEach(async () => {
    const violations = await yard.driver.violations();
    await yard.stop();
    expect(violations).toEqual([]);
  });

  it('defers privately and fills the answer with Components V2', async () => {
    const message = await (await yard.driver.user('mira').slash('train create', { name: 'cats' })).message();

    expect(renderMessage(message)).toBe('Created **cats**\n(only you can see this)');
    expect(await yard.driver.user('jonas').visibleMessages()).toEqual([]);
  });

  it('hands an uploaded file over with an address that serves its bytes', async () => {
    const image = { filename: 'my cat.png', bytes: Buffer.from('not really a picture') };
    const message = await (await yard.driver.user('mira').slash('train upload', { image })).message();

    expect(message.content).toBe('my_cat.png image/png 20/20 ephemeral:true limit:10485760');
  });

  it('suggests values while a person types', async () => {
    expect(await yard.driver.user('mira').autocomplete('train view', 'id', 'ca')).toEqual([{ name: 'cats - 18 images', value: 'ds1' }]);
  });

  it('shows a form and receives text and files from it', async () => {
    const mira = yard.driver.user('mira');
    const modal = await (await mira.slash('train form')).modal();
    expect(renderModal(modal)).toContain('│ Images\n│ [Choose up to 3 file(s)]');

    const files = [
      { filename: 'a.png', bytes: Buffer.from('a') },
      { filename: 'a.txt', bytes: Buffer.from('a cat') },
    ];
    const message = await (await mira.submitModal(modal, { files, caption: 'cat' })).message();

    expect(message.content).toBe('a.png,a.txt "cat"');
    expect(message.ephemeral).toBe(true);
  });

  it('changes the message a button sits on', async () => {
    const jonas = yard.driver.user('jonas');
    const shown = await (await yard.driver.user('mira').slash('train menu')).message();

    const answered = await (await jonas.click(shown, 'Start')).response();

    expect(answered.kind).toBe('updated');
    expect(await jonas.transcript({ channel: 'training' })).toBe('Trainyard in #training\nStarted');
  });

  it('opens a form from a button and knows the message again when it is sent', async () => {
    const mira = yard.driver.user('mira');
    const shown = await (await mira.slash('train menu')).message();
    const modal = await (await mira.click(shown, 'v1:form')).modal();

    const message = await (await mira.submitModal(modal, { files: [{ filename: 'b.webp', bytes: Buffer.from('b') }] })).message();

    expect(message.content).toBe('b.webp ""');
  });

  it('reports a choice in a select menu', async () => {
    const mira = yard.driver.user('mira');
    const shown = await (await mira.slash('train menu')).message();

    const message = await (await mira.select(shown, 'v1:set', ['Dogs'])).message();

    expect(message.content).toBe('chose ds2');
  });

  it('runs commands in direct messages, where only the person reads the answer', async () => {
    const message = await (await yard.driver.user('mira').slash('train menu', {}, { dm: true })).message();

    expect(message.channel).toBe('DM');
    expect(await yard.driver.user('jonas').visibleMessages()).toEqual([]);
    expect(await yard.driver.user('mira').visibleMessages({ dm: true })).toHaveLength(1);
  });

  it('answers each interaction exactly once, without Authorization', async () => {
    const mira = yard.driver.user('mira');
    const shown = await (await mira.slash('train menu')).message();
    await (await mira.click(shown, 'Start')).response();

    const callbacks = (await yard.driver.calls()).filter((call) => call.route === '/interactions/:id/:token/callback');

    expect(callbacks.map((call) => ({ status: call.status, hasAuth: call.hasAuth, type: (call.body as { type: number }).type }))).toEqual([
      { status: 204, hasAuth: false, type: 4 },
      { status: 204, hasAuth: false, type: 7 },
    ]);
  });

  it('gives each person an id of their own', () => {
    expect(new Set(Object.values(USERS).map((user) => user.id)).size).toBe(3);
  });
});

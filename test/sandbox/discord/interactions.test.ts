import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MessageFlags, SlashCommandBuilder, TextDisplayBuilder } from 'discord.js';
import { renderMessage } from '../../../sandbox/discord/driver/render-message.js';
import { startTestYard, type TestYard } from './bot.js';

const train = new SlashCommandBuilder()
  .setName('train')
  .setDescription('Train a model')
  .addSubcommand((create) =>
    create
      .setName('create')
      .setDescription('Create a dataset')
      .addStringOption((name) => name.setName('name').setDescription('Its name').setRequired(true).setMaxLength(40)),
  )
  .toJSON();

describe('an unmodified discord.js client on the stand-in', () => {
  let yard: TestYard;

  beforeEach(async () => {
    yard = await startTestYard();
    await yard.register([train]);
  });
  afterEach(() => yard.stop());

  it('defers privately and fills the answer with Components V2', async () => {
    await yard.logIn(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      const name = interaction.options.getString('name', true);
      await interaction.editReply({ flags: MessageFlags.IsComponentsV2, components: [new TextDisplayBuilder().setContent(`Created **${name}**`)] });
    });
    const mira = yard.driver.user('mira');

    const message = await (await mira.slash('train create', { name: 'cats' })).message();

    expect(renderMessage(message)).toBe('Created **cats**\n(only you can see this)');
    expect(await yard.driver.user('jonas').visibleMessages()).toEqual([]);
    expect(await yard.driver.violations()).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ButtonStyle, ComponentType, MessageFlags, Routes } from 'discord.js';
import type { AccountId } from '../../domain/accounts.js';
import { showRunRoute, moveCardRoute } from '../../bot/views/run-routes.js';
import { pingRoute, cardsHereRoute, defaultRecipeRoute } from '../../bot/views/settings-routes.js';
import { en } from '../../bot/texts/en.js';
import { settingsView } from '../../bot/views/settings.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import { ELSEWHERE_CHANNEL_ID, TRAINING_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { problemsOfView } from '../support/discord-validation.js';
import { aRecipe } from '../support/recipe.js';
import { aRun, anEndedRun } from '../support/run-rows.js';

const MIRA: AccountId = `discord:${USERS.mira.id}`;
let database: TestDatabase;
let bot: TestBot;
let slot = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-cards-${randomUUID()}-`, config: { OPERATORS: [`discord:${USERS.olga.id}`] } });
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');
const jonas = () => bot.driver.user('jonas');
const olga = () => bot.driver.user('olga');

async function said(handle: InteractionHandle): Promise<string> {
  return allText((await handle.message()).components);
}

/** What the message of the button shows after the press. */
async function becomes(handle: InteractionHandle, text: string): Promise<string[]> {
  const seen = await handle.waitFor((one) => allText(one.updated?.components ?? []).includes(text));
  expect(seen.failure).toBeUndefined();
  return buttonsOf(seen.updated?.components ?? []);
}

async function aRunOfMira(changes: Partial<RunRow> = {}): Promise<RunRow> {
  slot += 1;
  const row = aRun({ runId: randomUUID(), datasetId: randomUUID(), accountId: MIRA, slot, ...changes });
  const { runId, ...rest } = row;
  await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...rest });
  return row;
}

const read = async (runId: string): Promise<RunRow> => {
  const row = await bot.services.runs.read(runId);
  if (row === null) throw new Error('Expected the run.');
  return row;
};

/** A button as it stands on a card in the channel, where everybody can press it. */
async function publicButton(customId: string): Promise<{ id: string }> {
  const button = { type: ComponentType.Button, style: ButtonStyle.Secondary, label: 'Press', custom_id: customId };
  return (await bot.client.rest.post(Routes.channelMessages(TRAINING_CHANNEL_ID), {
    body: { flags: MessageFlags.IsComponentsV2, allowed_mentions: { parse: [] }, components: [{ type: ComponentType.ActionRow, components: [button] }] },
  })) as { id: string };
}

describe('/settings', () => {
  it('shows what is chosen in one private answer, and each press changes it at once', async () => {
    const answer = await (await mira().slash('settings')).message();
    expect(answer.ephemeral).toBe(true);
    expect(allText(answer.components)).toContain('News of an end mentions you');
    expect(allText(answer.components)).toContain('Live cards go to your direct messages');
    expect(buttonsOf(answer.components)).toEqual(['Do not mention me', 'Cards where I start']);

    expect(await becomes(await mira().click(answer, 'Do not mention me'), 'comes silently')).toContain('Mention me');
    await becomes(await mira().click(answer, 'Cards where I start'), 'to the channel where you start');
    await becomes(await mira().select(answer, defaultRecipeRoute.format({}), ['sd15-lora']), 'Default recipe:** ');
    expect(await bot.services.preferences.read(MIRA)).toEqual({ ping: false, cardPlace: 'here', recipeId: 'sd15-lora' });
    await becomes(await mira().select(answer, defaultRecipeRoute.format({}), ['*']), 'the first one that fits');
    expect((await bot.services.preferences.read(MIRA)).recipeId).toBeNull();
  });

  it('takes the same as options of the command, and of somebody else nothing changes', async () => {
    expect(await said(await jonas().slash('settings', { ping: false, card: 'here', recipe: 'sd15-lora' }))).toContain('Saved');
    expect(await bot.services.preferences.read(`discord:${USERS.jonas.id}`)).toEqual({ ping: false, cardPlace: 'here', recipeId: 'sd15-lora' });
    expect(await bot.services.preferences.read(`discord:${USERS.olga.id}`)).toEqual({ ping: true, cardPlace: 'dm', recipeId: null });
  });

  it('changes nothing at all when the recipe is not known', async () => {
    expect(await said(await olga().slash('settings', { ping: false, recipe: 'no-such' }))).toContain('no such recipe; nothing was changed');
    expect((await bot.services.preferences.read(`discord:${USERS.olga.id}`)).ping).toBe(true);
  });

  it('suggests recipes by what is typed', async () => {
    expect(await mira().autocomplete('settings', 'recipe', 'sd15')).toMatchObject([{ value: 'sd15-lora' }]);
    expect((await mira().autocomplete('settings', 'recipe', '')).length).toBe(2);
  });

  it('changes the settings of whoever presses, whosever answer the button stood in', async () => {
    await bot.services.preferences.change(MIRA, { ping: true });
    await said(await jonas().click(await publicButton(pingRoute.format({ on: 1 })), 'Press')).catch(() => '');
    expect((await bot.services.preferences.read(MIRA)).ping).toBe(true);
  });

  it.each([0, 1, 2, 24, 25, 40])('keeps within what Discord takes with %i recipes of the longest names, chosen or gone', (count) => {
    const recipes = Array.from({ length: count }, (_, at) => aRecipe({ id: `recipe-${at}`, title: '**_~`|>#@everyone'.repeat(10) }));
    for (const recipeId of [null, 'recipe-0', 'gone'.repeat(30)]) {
      for (const ping of [true, false]) for (const cardPlace of ['here', 'dm'] as const) expect(problemsOfView(settingsView(en, { ping, cardPlace, recipeId }, recipes, true))).toEqual([]);
    }
  });

  it('writes only routes that it reads', () => {
    expect(pingRoute.parse(['1'])).toEqual({ on: 1 });
    expect(cardsHereRoute.parse(['x'])).toBeNull();
  });
});

describe('a press on a card', () => {
  it('answers its owner privately with all there is to know, and has the card brought up to date', async () => {
    const run = await aRunOfMira({ status: 'training', progress: { phase: 'training', step: 420, totalSteps: 1_500 }, progressAt: new Date() });
    const answer = await (await mira().click(await publicButton(showRunRoute.format(run)), 'Press')).message();
    expect(answer.ephemeral).toBe(true);
    expect(allText(answer.components)).toContain('420 of 1,500 steps');
    expect((await read(run.runId)).cardAskedAt).not.toBeNull();
  });

  it('tells what became of the points to its owner and to nobody else', async () => {
    const ended = anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 });
    const run = await aRunOfMira({ ...ended, runId: randomUUID(), datasetId: randomUUID(), accountId: MIRA, notice: 'delivered' });
    const button = await publicButton(showRunRoute.format(run));
    expect(await said(await mira().click(button, 'Press'))).toContain('1,900 points spent');
    expect(await said(await jonas().click(button, 'Press'))).toContain('not one of your trainings');
  });
});

describe('Move card here', () => {
  it('puts the wish on record, once for two presses of one button', async () => {
    const run = await aRunOfMira({ status: 'training' });
    const status = await (await mira().slash('train status', { id: run.runId }, { channel: TRAINING_CHANNEL_ID })).message();
    const presses = await Promise.all([mira().click(status, 'Move card here'), mira().click(status, 'Move card here')]);
    for (const press of presses) await press.waitFor((seen) => /moves here|moved already/.test(allText(seen.updated?.components ?? [])));
    expect(await read(run.runId)).toMatchObject({ cardPlace: { where: 'here', channelId: TRAINING_CHANNEL_ID }, cardMove: 1 });
  });

  it('moves it to direct messages when it is pressed there', async () => {
    const run = await aRunOfMira({ status: 'training', cardPlace: { where: 'here', channelId: TRAINING_CHANNEL_ID } });
    const status = await (await mira().slash('train status', { id: run.runId }, { dm: true })).message();
    await becomes(await mira().click(status, 'Move card here'), 'moves to your direct messages');
    expect((await read(run.runId)).cardPlace).toEqual({ where: 'dm' });
  });

  it('complaint 7: is not offered where the bot cannot post', async () => {
    const run = await aRunOfMira({ status: 'training' });
    const status = await (await mira().slash('train status', { id: run.runId }, { channel: ELSEWHERE_CHANNEL_ID })).message();
    expect(buttonsOf(status.components)).not.toContain('Move card here');
  });

  it('is its owner’s alone: neither a stranger nor an operator moves it, whatever button they made up', async () => {
    const run = await aRunOfMira({ status: 'training' });
    const looking = await (await olga().slash('train status', { id: run.runId })).message();
    expect(allText(looking.components)).toContain('Training');
    expect(buttonsOf(looking.components)).not.toContain('Move card here');
    // Each presses a button of their own: the answer takes the place of its message.
    for (const user of [jonas(), olga()]) await becomes(await user.click(await publicButton(moveCardRoute.format({ runId: run.runId, move: 0 })), 'Press'), 'not one of your');
    expect((await read(run.runId)).cardMove).toBe(0);
    expect(await said(await jonas().slash('train status', { id: run.runId }))).toContain('not one of your');
  });

  it('is refused in a sentence for a run that has ended meanwhile', async () => {
    const run = await aRunOfMira({ status: 'training' });
    const status = await (await mira().slash('train status', { id: run.runId })).message();
    await database.connection.collection<{ _id: string }>('runs').updateOne({ _id: run.runId }, { $set: { open: false } });
    await becomes(await mira().click(status, 'Move card here'), 'the training has ended');
  });
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
  });
});

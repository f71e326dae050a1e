import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ButtonStyle, ComponentType, MessageFlags, Routes } from 'discord.js';
import { againRoute, startRoute } from '../../bot/views/custom-ids.js';
import { againSettingsRoute, placeRoute, recipeRoute, retypeRoute, settingsAskRoute } from '../../bot/views/start-routes.js';
import type { Refusal } from '../../domain/refusals.js';
import type { Quote } from '../../domain/runs.js';
import { GENERAL_CHANNEL_ID } from '../../sandbox/discord/people.js';
import type { SeenMessage } from '../../sandbox/discord/user/seen.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { allText, buttonsOf } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../support/discord-worker.js';
import { REFUSALS } from '../support/every-ending.js';
import { aRun, anEndedRun } from '../support/run-rows.js';
import { accountOf, captioned, seedDataset } from '../support/seeds.js';
import { textOf } from '../support/wire.js';

let database: TestDatabase;
let bot: TestBot;
let worker: TestDiscord;

beforeAll(async () => {
  database = await openTestDatabase();
  bot = await startTestBot({ database: database.connection, prefix: `bot-answers-${randomUUID()}-` });
  worker = await startTestDiscord(database.connection, bot.standIn);
});

afterAll(async () => {
  await bot.close();
  await database.close();
});

const mira = () => bot.driver.user('mira');

interface Pressed {
  readonly quote: Quote;
  readonly offer: SeenMessage;
  readonly interactionId: string;
}

/** An offer whose start was pressed: the bot has acknowledged it, kept what is needed to answer it, and started the run. */
async function pressStart(by = bot): Promise<Pressed> {
  const datasetId = await seedDataset(database.connection, { images: captioned(4), withFiles: false });
  const user = by.driver.user('mira');
  const offer = await (await user.slash('train start', { id: datasetId })).message();
  const stored = await database.connection.collection<{ _id: string }>('quotes').findOne({ datasetId });
  const quote = await by.services.quotes.read(stored?._id ?? '');
  if (quote === null) throw new Error('Expected the offer to be stored.');
  const { id: interactionId } = await user.click(offer, 'Start training');
  await by.driver.waitFor(async () => (await database.connection.collection<{ _id: string }>('interactions').findOne({ _id: interactionId })) !== null);
  return { quote, offer, interactionId };
}

/** What the yard writes of a run that it refuses. */
async function refuse({ quote, interactionId }: Pressed, refusal: Refusal): Promise<void> {
  const { runId, accountId, datasetId } = quote;
  await worker.record(anEndedRun({ kind: 'refused', refusal }, { runId, accountId, datasetId, interactionId, notice: 'pending' }));
}

async function answered({ quote, offer, interactionId }: Pressed, expected: string): Promise<SeenMessage> {
  await asActivity(worker.activities.answerInteraction, { interactionId, runId: quote.runId });
  return bot.driver.waitFor(async () => {
    const now = await mira().lookAt(offer);
    return now !== undefined && allText(now.components).includes(expected) && now;
  });
}

const SAID: readonly [Refusal, string][] = [
  [REFUSALS['quote-expired'], 'offer has expired'],
  [REFUSALS['dataset-changed'], 'dataset has changed'],
  [REFUSALS['price-changed'], 'price has changed from 1,900 points to 2,100'],
  [REFUSALS['captions-missing'], 'have no caption'],
  [REFUSALS['image-count'], 'this dataset has 21'],
  [{ ...REFUSALS['image-count'], found: 3 }, 'this dataset has 3'],
  [REFUSALS['images-unfit'], 'cannot be trained'],
  [REFUSALS['settings-invalid'], '`rank` must be'],
  [REFUSALS['recipe-unknown'], 'no recipe called'],
  [REFUSALS['not-enough-points'], 'you have 12 points to spend'],
  [REFUSALS['too-many-runs'], 'under way, which is the limit'],
  [REFUSALS['already-running'], 'being trained already'],
  [REFUSALS['run-settled'], 'settled already'],
];

describe('a start that the run refuses', () => {
  it.each(SAID.map(([refusal, said]) => [`${refusal.code}: ${said}`, refusal, said] as const))('is answered by the run, with the points story and buttons that work: %s', async (_name, refusal, said) => {
    const pressed = await pressStart();
    const standing = randomUUID();
    await worker.record(aRun({ runId: standing, accountId: accountOf('mira'), datasetId: randomUUID(), slot: Math.floor(Math.random() * 1e9) }));
    await refuse(pressed, refusal.code === 'already-running' ? { ...refusal, runId: standing } : refusal);
    const answer = await answered(pressed, said);
    expect(allText(answer.components)).toContain('points were taken');
    const buttons = buttonsOf(answer.components);
    expect(buttons.length).toBeGreaterThan(0);
    // The first one may take the place of the answer, and the others with it.
    for (const label of buttons.reverse()) {
      const led = await (await mira().click(answer, label)).waitFor(
        (seen) => seen.failure !== undefined || seen.modal !== undefined || seen.messages.length > 0 || !allText(seen.updated?.components ?? [{ type: 10, content: said }]).includes(said),
      );
      expect([label, led.failure]).toEqual([label, undefined]);
      expect(textOf(led)).not.toMatch(/Something went wrong|not known here|older version|damaged|not one of your/);
      if (label === 'New offer') expect(textOf(led)).toContain('Start training');
    }
  });

  it('offers the same settings anew, as another run', async () => {
    const pressed = await pressStart();
    await refuse(pressed, { code: 'quote-expired' });
    const answer = await answered(pressed, 'offer has expired');
    const renewed = await (await mira().click(answer, 'New offer')).message();
    expect(allText(renewed.components)).toContain('Price: 1,500 points');
    const quotes = await database.connection.collection('quotes').find({ datasetId: pressed.quote.datasetId }).toArray();
    expect(new Set(quotes.map(({ runId }) => String(runId))).size).toBe(2);
    expect((await worker.runs.read(pressed.quote.runId))?.notice).toBe('delivered');
  });
});

describe('a start that is accepted', () => {
  it('and is pressed again while it is being checked, keeps its message for the answer that is still to come', async () => {
    const pressed = await pressStart();
    const { runId, accountId, datasetId } = pressed.quote;
    await worker.record(aRun({ runId, accountId, datasetId, interactionId: pressed.interactionId, status: 'checking', slot: 9 }));
    const again = await mira().click(pressed.offer, 'Start training');
    await bot.driver.waitFor(async () => (await bot.services.interactions.read(again.id)) !== null);
    await (await mira().slash('points balance')).message();
    expect(allText((await mira().lookAt(pressed.offer))?.components ?? [])).toContain('Price: 1,500 points');
    await worker.runs.end(runId, { kind: 'refused', refusal: REFUSALS['not-enough-points'] }, new Date());
    expect(buttonsOf((await answered(pressed, 'you have 12 points to spend')).components)).toContain('Fewer steps');
  });

  it('and has failed by the time it is answered, is told as failed: nothing is set aside for it any more', async () => {
    const pressed = await pressStart();
    const { runId, accountId, datasetId } = pressed.quote;
    await worker.record(anEndedRun({ kind: 'failed', failure: { type: 'LedgerUnavailable' }, releasedPoints: 0 }, { runId, accountId, datasetId, interactionId: pressed.interactionId }));
    const text = allText((await answered(pressed, 'could not be set aside')).components);
    expect(text).toContain('No points were spent.');
    expect(text).not.toContain('accepted');
  });
});

describe('a bot that dies between the press and its answer', () => {
  it('leaves the answer to the run, which gives it without the bot', async () => {
    const dying = await startTestBot({ database: database.connection, prefix: `bot-dying-${randomUUID()}-` });
    const its = await startTestDiscord(database.connection, dying.standIn);
    try {
      const pressed = await pressStart(dying);
      await dying.client.destroy();
      const { runId, accountId, datasetId } = pressed.quote;
      await its.record(aRun({ runId, accountId, datasetId, interactionId: pressed.interactionId, slot: 7, datasetName: 'Still here' }));
      await asActivity(its.activities.answerInteraction, { interactionId: pressed.interactionId, runId });
      const now = await dying.driver.waitFor(async () => {
        const seen = await dying.driver.user('mira').lookAt(pressed.offer);
        return seen !== undefined && allText(seen.components).includes('is accepted') && seen;
      });
      expect(allText(now.components)).toContain('Still here');
    } finally {
      await dying.close();
    }
  });
});

describe('a button of somebody else’s offer', () => {
  it('is told as one that is not there, and makes no offer', async () => {
    const { quote } = await pressStart();
    await refuse({ quote, offer: { id: '' } as SeenMessage, interactionId: '1' }, { code: 'quote-expired' });
    const wished = { interactionId: randomUUID(), platform: 'discord', applicationId: '1', token: 't', accountId: quote.accountId, channelId: '1', guildId: null, canPostHere: true, locale: 'en-GB', isOperator: false, createdAt: new Date() } as const;
    await bot.services.interactions.store({ ...wished, wished: { datasetId: quote.datasetId, recipeId: quote.recipeId, card: 'dm', typed: { steps: '', learningRate: '', rank: '', resolutionPx: '', triggerWord: '' } } });
    const { quoteId, runId } = quote;
    // The answers to the first three take the place of their message.
    const messages = [
      [startRoute.format({ quoteId })],
      [placeRoute.format({ quoteId, here: 1 })],
      [recipeRoute.format({ quoteId })],
      [settingsAskRoute.format({ quoteId }), againRoute.format({ runId }), againSettingsRoute.format({ runId }), retypeRoute.format({ interactionId: wished.interactionId })],
    ];
    for (const customIds of messages) {
      const buttons = customIds.map((customId) => ({ type: ComponentType.Button, style: ButtonStyle.Primary, label: customId.slice(0, 80), custom_id: customId }));
      const body = { flags: MessageFlags.IsComponentsV2, allowed_mentions: { parse: [] }, components: [{ type: ComponentType.ActionRow, components: buttons }] };
      const message = (await bot.client.rest.post(Routes.channelMessages(GENERAL_CHANNEL_ID), { body })) as { id: string };
      for (const customId of customIds) {
        const seen = await (await bot.driver.user('jonas').click(message, customId)).waitFor((one) => one.failure !== undefined || one.modal !== undefined || /has expired|not one of your trainings/.test(textOf(one)));
        expect([customId, seen.failure, seen.modal]).toEqual([customId, undefined, undefined]);
      }
    }
    expect(await database.connection.collection('quotes').countDocuments({ accountId: accountOf('jonas') })).toBe(0);
  });
});

describe('whatever was done before', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { createMessages } from '../../activities/discord/messages.js';
import { cardView } from '../../bot/views/card.js';
import type { CardSurroundings } from '../../bot/views/card.js';
import { button, framed, row, text } from '../../bot/views/layout.js';
import type { View } from '../../bot/views/layout.js';
import { noticeView } from '../../bot/views/notice.js';
import { textsFor } from '../../bot/texts/texts.js';
import { createBlobs } from '../../models/blobs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { drawPictures } from '../../sandbox/demo/pictures/draw-pictures.js';
import type { OptionInput } from '../../sandbox/discord/driver/user.js';
import { GENERAL_CHANNEL_ID, TRAINING_CHANNEL_ID, USERS } from '../../sandbox/discord/people.js';
import { openTestBrowser, saveScreen } from '../support/browser.js';
import type { TestBrowser } from '../support/browser.js';
import { startTestBot } from '../support/bot.js';
import type { TestBot } from '../support/bot.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { endedRunOfMira, recordRun, runOfMira, seedModel, seedNode, seedPictures } from '../support/screen-seeds.js';
import { accountOf } from '../support/seeds.js';
import { messageWith, openTryIt, seriousFindings } from '../support/try-it.js';
import { answerTo } from '../support/wire.js';

/** The screens that users see, drawn by the try-it page as a chat client would, from data that is there already. */
const t = textsFor('en-GB');
let database: TestDatabase;
let bot: TestBot;
let browser: TestBrowser;
let page: Page;
let tilda: string;
let engines: string;

beforeAll(async () => {
  [database, browser] = await Promise.all([openTestDatabase(), openTestBrowser()]);
  const config = { OPERATORS: [accountOf('olga')], PUBLIC_URL: 'http://127.0.0.1:8080', WELCOME_POINTS: 2_000, POINTS_HELP: 'Ask Olga for more.' };
  bot = await startTestBot({ database: database.connection, prefix: 'screens-', config });
  const pictures = await drawPictures();
  tilda = await seedPictures(database.connection, 'Tilda', pictures, 10);
  engines = await seedPictures(database.connection, 'Little engines', pictures.slice(0, 6));
  await seedPictures(database.connection, 'Harbour at night', pictures.slice(6, 8), 0);
  await seedNode(database.connection);
  const finished = endedRunOfMira(34, { kind: 'succeeded', capturedPoints: 1_900 });
  await recordRun(database.connection, finished);
  await seedModel(database.connection, finished);
  page = await openTryIt(browser, bot.standIn.origin, { viewport: TALL });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await bot.close();
  await database.close();
}, 60_000);

/** Every message fits into it. */
const TALL = { width: 1_000, height: 2_400 };
const mira = () => bot.driver.user('mira');
const dialog = () => page.getByRole('dialog');

/** Mira runs a command, and the page shows the answer. */
async function answerInSight(path: string, options: Record<string, OptionInput> = {}): Promise<Locator> {
  return inSight((await answerTo(mira(), path, options)).id);
}

async function inSight(messageId: string): Promise<Locator> {
  const message = page.locator(`[data-message-id="${messageId}"]`);
  await message.waitFor();
  return message;
}

/** The screen says these words; with `SAVE_SCREENS=1` its picture is kept. */
async function expectScreen(screen: Locator, name: string, ...words: readonly (string | RegExp)[]): Promise<void> {
  const shown = await screen.innerText();
  for (const word of words) expect(shown).toMatch(word);
  await saveScreen(screen, `screens/${name}`);
}

/** What the workers post, by the same code. */
async function post(channelId: string, name: string, view: View): Promise<Locator> {
  const { messageId } = await createMessages(bot.client.rest, createBlobs(database.connection)).post(channelId, { name, view });
  return inSight(messageId);
}

describe('what users see of their datasets', () => {
  it('begins with the commands', async () => {
    await page.setViewportSize({ width: 1_000, height: 640 });
    const line = page.getByRole('combobox', { name: /^Message/ });
    await line.fill('/train');
    await page.getByRole('option', { name: /train start/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await saveScreen(page, 'screens/commands');
    await line.fill('');
    await page.setViewportSize(TALL);
  }, 60_000);

  it('is a list, a page of pictures, an editor of captions and their forms', async () => {
    await expectScreen(await answerInSight('train list'), 'dataset-list', 'Tilda', 'Harbour at night', /2 captions missing/);
    const view = await answerInSight('train view', { id: tilda });
    await expectScreen(view, 'dataset-view', 'Tilda', /12 of 4–20 images/, 'tilda-meadow.jpg');

    await view.getByRole('button', { name: 'Upload' }).click();
    await dialog().getByText('Caption prefix').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await expectScreen(dialog(), 'upload-form', 'Pictures', 'Captions', 'Caption prefix');
    await page.keyboard.press('Escape');

    await view.getByRole('button', { name: 'Captions' }).click();
    const editor = messageWith(page, 'Captions of Tilda');
    await expectScreenOnce(editor, 'caption-editor', 'Image 11 of 12', 'tilda-mountains.png', 'no caption yet');
    await editor.getByRole('button', { name: 'Edit' }).click();
    await expectScreenOnce(dialog(), 'caption-form', /caption/i);
    await page.keyboard.press('Escape');
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);
});

describe('what users see before a training', () => {
  it('is its price, time and place, a form for its settings, and what stands in the way', async () => {
    const offer = await answerInSight('train start', { id: engines, recipe: 'sd15-lora' });
    await expectScreen(offer, 'confirm', 'Little engines', /1,\d00 points/, 'Start training');
    await offer.getByRole('button', { name: 'Change settings' }).click();
    await expectScreenOnce(dialog(), 'settings-form', /steps/i, /rank/i);
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await expectScreen(await answerInSight('train start', { id: tilda, recipe: 'sd15-lora' }), 'error-captions-missing', /caption/i, /trigger word/i);
    await expectScreen(await answerInSight('train start', { id: engines, recipe: 'sd15-lora', steps: 5_000 }), 'error-not-enough-points', /2,000 points/, 'Ask Olga for more.');
    const old = await post(TRAINING_CHANNEL_ID, 'old', framed(0, [text('**Train Tilda?**'), row(button('Start training', 'v0:start:1'))]));
    await old.getByRole('button', { name: 'Start training' }).click();
    await expectScreenOnce(messageWith(page, 'older version'), 'error-old-button', 'older version');
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);
});

describe('what users see of their models, points and settings', () => {
  it('is private, with what can be done', async () => {
    await expectScreen(await answerInSight('models list'), 'models', 'Tilda');
    const [model] = await mira().autocomplete('models view', 'id', 'Tilda');
    await expectScreen(await answerInSight('models view', { id: String(model?.value) }), 'model', 'tyrdtilda', 'Download');
    await answerTo(bot.driver.user('olga'), 'points grant', { user: USERS.mira.id, points: 500, reason: 'won the drawing contest' });
    await expectScreen(await answerInSight('points balance'), 'points-balance', '2,500');
    await expectScreen(await answerInSight('points history'), 'points-history', 'won the drawing contest');
    await expectScreen(await answerInSight('settings'), 'settings', /recipe/i);
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);
});

const SURROUNDINGS: CardSurroundings = { now: new Date(), ahead: null, startsAt: null, hasNode: null, pointsHelp: undefined, isPublic: false };
const claim = { attempt: 1, nodeId: 'engine-shed', promptId: 'p', activityAttempt: 1 };
const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const halfway: Partial<RunRow> = {
  status: 'training', claim, progress: { phase: 'training', step: 690, totalSteps: 1_500 }, progressAt: new Date(), firstStepAt: ago(11), firstStep: 1,
};

/** The states of a card, as its run's row has them. */
const CARDS: Readonly<Record<string, { readonly run: RunRow; readonly around?: Partial<CardSurroundings>; readonly says: readonly (string | RegExp)[] }>> = {
  'card-queued': { run: runOfMira(1), around: { ahead: 2, startsAt: new Date(Date.now() + 25 * 60_000), hasNode: true }, says: [t.status.queued, /2/] },
  'card-training': { run: runOfMira(12, halfway), says: [t.status.training, '690 of 1,500 steps', 'engine-shed'] },
  'card-silent': { run: runOfMira(40, { ...halfway, firstStepAt: ago(21), progressAt: ago(9) }), says: [t.status.training, '690 of 1,500 steps'] },
  'card-second-attempt': {
    run: runOfMira(20, { attempt: 2, lastFailure: { type: 'JobLost', nodeId: 'engine-shed', attempts: 1 } }), around: { ahead: 0, hasNode: true }, says: [/attempt 2 of 3/i],
  },
  'card-cancelling': { run: runOfMira(12, { ...halfway, cancelling: 'owner' }), says: [t.runs.cancelling] },
  'card-done': { run: endedRunOfMira(34, { kind: 'succeeded', capturedPoints: 1_900 }), says: [t.status.succeeded, /1,900 points/] },
  'card-failed': { run: endedRunOfMira(34, { kind: 'failed', failure: { type: 'OutOfMemory', nodeId: 'engine-shed', setting: 'resolution' }, releasedPoints: 1_900 }), says: [t.status.failed, /1,900 points/] },
  'card-cancelled': { run: endedRunOfMira(20, { kind: 'cancelled', by: 'owner', capturedPoints: 874, releasedPoints: 1_026 }), says: [t.status.cancelled, '874', '1,026'] },
};

describe('what users see of a training', () => {
  it('is one card in each of its states', async () => {
    await page.goto(`${bot.standIn.origin}/#/mira/general`);
    for (const [name, { run, around = {}, says }] of Object.entries(CARDS)) {
      const card = await post(GENERAL_CHANNEL_ID, name, cardView(t, run, { ...SURROUNDINGS, ...around }));
      await expectScreen(card, name, ...says);
    }
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);

  it('is a new message at its end', async () => {
    await page.goto(`${bot.standIn.origin}/#/mira/training`);
    const options = { userId: USERS.mira.id, pointsHelp: undefined };
    const done = CARDS['card-done']?.run;
    const failed = CARDS['card-failed']?.run;
    if (done === undefined || failed === undefined) throw new Error('Expected a run of each end.');
    await expectScreen(await post(TRAINING_CHANNEL_ID, 'notice-done', noticeView(t, done, { ...options, readers: { kind: 'everybody' } })), 'notice-done', 'Mira', t.runs.buttons.download);
    await expectScreen(await post(TRAINING_CHANNEL_ID, 'notice-failed', noticeView(t, failed, { ...options, readers: { kind: 'everybody' } })), 'notice-failed', 'Mira');
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);
});

/** As `expectScreen`, for a screen that a press brings. */
async function expectScreenOnce(screen: Locator, name: string, ...words: readonly (string | RegExp)[]): Promise<void> {
  await screen.waitFor();
  await expectScreen(screen, name, ...words);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { waitForRow } from '../../sandbox/demo/player.js';
import type { Picture } from '../../sandbox/demo/player.js';
import { openTestBrowser, saveScreen } from '../support/browser.js';
import type { TestBrowser } from '../support/browser.js';
import { captionedPictures } from '../support/captioned-pictures.js';
import { eventually } from '../support/eventually.js';
import { letNodesGo } from '../support/runs.js';
import { accountOf } from '../support/seeds.js';
import { chosenFiles, messageWith, messagesWith, openTryIt, seriousFindings } from '../support/try-it.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

/** The try-it page in a real browser, over a whole yard, as people use it; each test goes on where the one before has ended. */
let yard: TestYard;
let browser: TestBrowser;
let mira: Page;
let jonas: Page;
let pictures: readonly Picture[];

const LONG_MS = { timeout: 30_000 };

beforeAll(async () => {
  [yard, browser, pictures] = await Promise.all([openTestYard({ nodes: 1, stepMs: 5, settings: { WELCOME_POINTS: '20000' } }), openTestBrowser(), captionedPictures(4)]);
  [mira, jonas] = await Promise.all([openTryIt(browser, yard.tryItUrl), openTryIt(browser, yard.tryItUrl, { person: 'jonas' })]);
}, 120_000);
afterAll(async () => {
  await letNodesGo(yard);
  await browser.close();
  await yard.stop();
}, 60_000);

const composer = (page: Page): Locator => page.getByRole('combobox', { name: 'Message #training' });
const formOf = (page: Page, command: string): Locator => page.getByRole('form', { name: command });
const privateNotes = (page: Page): Locator => page.getByText('Only you can see this');
const frame = (page: Page): Locator => page.getByRole('dialog');

async function runOf(name: 'mira' | 'jonas'): Promise<string> {
  return eventually(async () => {
    const run = await yard.connection.collection<{ _id: string }>('runs').findOne({ accountId: accountOf(name) }, { sort: { createdAt: -1 } });
    if (run === null) throw new Error(`Expected a run of ${name}.`);
    return run._id;
  }, 30_000);
}

describe('the try-it page', () => {
  it('says plainly that it is a stand-in, and lets one be several people', async () => {
    expect(await mira.getByRole('banner').innerText()).toMatch(/stand-in of Discord.*not Discord/);
    await mira.getByRole('radio', { name: /Olga/ }).check();
    expect(mira.url()).toMatch(/olga/);
    await mira.getByRole('radio', { name: 'Mira' }).check();
    expect(await seriousFindings(mira)).toEqual([]);
  });

  it('offers commands and their options after "/", and marks private answers', async () => {
    await composer(mira).fill('/train cr');
    const option = mira.getByRole('option', { name: /\/train create/ });
    await option.waitFor();
    expect(await seriousFindings(mira)).toEqual([]);
    await option.click();
    await formOf(mira, '/train create').getByRole('textbox', { name: 'name' }).fill('Tilda');
    await mira.getByRole('button', { name: 'Run /train create' }).click();
    const answer = messageWith(mira, 'Tilda').filter({ has: mira.getByRole('button', { name: 'Upload' }) });
    await answer.getByText('Only you can see this').waitFor(LONG_MS);
  }, 60_000);

  it('opens the upload form, takes chosen and dropped files, and shows a verdict for each', async () => {
    await mira.getByRole('button', { name: 'Upload' }).last().click();
    await frame(mira).getByLabel('Pictures').first().setInputFiles(chosenFiles(pictures.slice(0, 3)));
    await dropFile(frame(mira).locator('.file-input').first(), pictures[3]);
    await frame(mira).getByLabel(/^Captions/).setInputFiles(captionFiles());
    expect(await frame(mira).getByRole('listitem').count()).toBe(8);
    expect(await seriousFindings(mira)).toEqual([]);
    await frame(mira).getByRole('button', { name: 'Submit' }).click();
    const answer = messageWith(mira, /4 images added/);
    await answer.waitFor(LONG_MS);
    for (const { fileName } of pictures) expect(await answer.innerText()).toContain(fileName);
    await saveScreen(answer, 'screens/upload-answer');
  }, 60_000);

  it('starts a training whose card everybody sees change, with a link to its workflow', async () => {
    for (const { control } of yard.nodes) await control.hold(100);
    await composer(mira).fill('/train start');
    await mira.getByRole('option', { name: /\/train start/ }).click();
    const form = formOf(mira, '/train start');
    await form.getByRole('combobox', { name: 'id' }).fill('til');
    await mira.getByRole('listbox', { name: 'Suggestions for id' }).getByRole('option', { name: /Tilda/ }).click();
    await fill(form, { recipe: 'sd15-lora', steps: '400' });
    await form.getByRole('button', { name: '+ card' }).click();
    await form.getByRole('combobox', { name: /card/ }).click();
    await mira.getByRole('option', { name: /Here/ }).click();
    await mira.getByRole('button', { name: 'Run /train start' }).click();
    await mira.getByRole('button', { name: /start training/i }).click(LONG_MS);

    const runId = await runOf('mira');
    const cards = [cardOf(mira, runId), cardOf(jonas, runId)];
    for (const card of cards) await card.filter({ hasText: /[1-9]\d* of 400 steps/ }).waitFor(LONG_MS);
    const [own] = cards;
    const before = await own?.innerText();
    await letNodesGo(yard);
    for (const card of cards) await card.filter({ hasText: 'trained and checked' }).waitFor(LONG_MS);
    expect(await own?.innerText()).not.toBe(before);
    const link = await own?.getByRole('link', { name: 'Open in Temporal Web UI' }).getAttribute('href');
    const web = await browser.newPage();
    await web.goto(link ?? '');
    await web.getByRole('heading', { name: `train-run:${runId}` }).waitFor(LONG_MS);
    await web.close();
  }, 90_000);

  it('pings its owner with the end, and shows nobody else a private answer', async () => {
    await waitForRow(yard, await runOf('mira'), ({ notice }) => notice === 'delivered', LONG_MS_OF_ROW);
    await mira.locator('.is-ping').last().waitFor(LONG_MS);
    expect(await privateNotes(mira).count()).toBeGreaterThanOrEqual(3);
    expect(await privateNotes(jonas).count()).toBe(0);
    expect(await messagesWith(jonas, '4 images added').count()).toBe(0);
    expect(await jonas.locator('.is-ping').count()).toBe(0);
  }, 60_000);

  it('is no trouble on a narrow screen', async () => {
    await mira.setViewportSize({ width: 360, height: 640 });
    expect(await seriousFindings(mira)).toEqual([]);
    await mira.getByRole('button', { name: 'Menu' }).click();
    await mira.getByRole('link', { name: /Trainyard/ }).click();
    await mira.getByRole('heading', { name: 'Trainyard', exact: true }).waitFor();
    expect(await mira.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await mira.setViewportSize({ width: 1280, height: 800 });
  });
});

describe('the keyboard alone', () => {
  const tabTo = async (target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
    await target.waitFor(LONG_MS);
    for (let presses = 0; presses < 80; presses += 1) {
      if ((await target.and(jonas.locator(':focus')).count()) > 0) return;
      await jonas.keyboard.press(key);
    }
    throw new Error(`Expected ${key} to reach ${String(target)}.`);
  };
  const press = async (target: Locator, key?: 'Shift+Tab'): Promise<void> => {
    await tabTo(target, key);
    await jonas.keyboard.press('Enter');
  };
  const command = async (line: string): Promise<void> => {
    await tabTo(composer(jonas));
    await jonas.keyboard.type(line);
    await jonas.keyboard.press('Enter');
    await jonas.getByRole('form').locator(':focus').waitFor();
  };
  const choose = async (field: Locator, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> => {
    await tabTo(field);
    const [chooser] = await Promise.all([jonas.waitForEvent('filechooser'), jonas.keyboard.press('Space')]);
    await chooser.setFiles(files);
  };

  it('creates a dataset, uploads, starts a training, follows it in direct messages and cancels it', async () => {
    for (const { control } of yard.nodes) await control.hold(100);
    await command('/train create');
    await jonas.keyboard.type('Kites');
    await jonas.keyboard.press('Enter');

    await press(jonas.getByRole('button', { name: 'Upload' }).last(), 'Shift+Tab');
    await choose(frame(jonas).getByLabel('Pictures').first(), chosenFiles(pictures));
    await choose(frame(jonas).getByLabel(/^Captions/), captionFiles());
    await press(frame(jonas).getByRole('button', { name: 'Submit' }));
    await messageWith(jonas, '4 images added').waitFor(LONG_MS);

    await command('/train start');
    await jonas.keyboard.type('kit');
    await jonas.getByRole('listbox', { name: 'Suggestions for id' }).getByRole('option', { name: /Kites/ }).waitFor(LONG_MS);
    await jonas.keyboard.press('Enter');
    await jonas.keyboard.press('Enter');
    await press(jonas.getByRole('button', { name: /start training/i }), 'Shift+Tab');

    const runId = await runOf('jonas');
    await press(jonas.getByRole('link', { name: /^Trainyard/ }), 'Shift+Tab');
    const card = cardOf(jonas, runId);
    await card.filter({ hasText: /[1-9]\d* of [\d,]+ steps/ }).waitFor(LONG_MS);
    await press(card.getByRole('button', { name: 'Cancel' }));
    await press(messageWith(jonas, 'Cancel the training of Kites?').getByRole('button', { name: 'Cancel training' }));
    await card.filter({ hasText: 'Cancelled' }).waitFor(LONG_MS);
  }, 90_000);
});

const LONG_MS_OF_ROW = { timeoutMs: 30_000 };

/** The card everybody sees; private answers link to the run as well. */
const cardOf = (page: Page, runId: string): Locator =>
  page.getByRole('article').filter({ hasNotText: 'Only you can see this' }).filter({ has: page.locator(`a[href*="${runId}"]`) }).first();

async function fill(form: Locator, options: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(options)) {
    await form.getByRole('button', { name: `+ ${name}`, exact: true }).click();
    const field = form.locator(`[data-option="${name}"]`);
    const input = field.getByRole('textbox');
    if ((await input.count()) > 0) {
      await input.fill(value);
      continue;
    }
    await field.getByRole('combobox').click();
    await field.getByRole('option', { name: new RegExp(value) }).click();
  }
}

function captionFiles(): { name: string; mimeType: string; buffer: Buffer }[] {
  return pictures.map(({ fileName, caption }) => ({ name: fileName.replace('.jpg', '.txt'), mimeType: 'text/plain', buffer: Buffer.from(caption) }));
}

/** A file dragged from elsewhere and dropped here. */
async function dropFile(target: Locator, picture: Picture | undefined): Promise<void> {
  if (picture === undefined) throw new Error('Expected a picture to drop.');
  const base64 = Buffer.from(picture.bytes).toString('base64');
  const script = `(({ base64, name, type }) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    return dataTransfer;
  })(${JSON.stringify({ base64, name: picture.fileName, type: picture.contentType })})`;
  await target.dispatchEvent('drop', { dataTransfer: await target.page().evaluateHandle(script) });
}

import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Picture } from '../../sandbox/demo/player.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import type { TestBrowser } from './browser.js';

export interface TryItOptions extends BrowserContextOptions {
  readonly person?: PersonName;
  /** A channel by name, or `dm`. */
  readonly place?: string;
}

/** The try-it page of a stand-in, as one person in one channel, once it knows what there is. */
export async function openTryIt(browser: TestBrowser, origin: string, { person = 'mira', place = 'training', ...options }: TryItOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  await page.goto(`${origin}/#/${person}/${place}`);
  await page.getByRole('log').waitFor();
  return page;
}

/** The messages in sight that say this, oldest first. */
export function messagesWith(page: Page, text: string | RegExp): Locator {
  return page.getByRole('article').filter({ hasText: text });
}

/** The newest message that says this. */
export function messageWith(page: Page, text: string | RegExp): Locator {
  return messagesWith(page, text).last();
}

/** What keeps people out of what the page shows now, one line each; findings that are not serious do not count. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 300)} ${any[0]?.message ?? ''}`));
}

/** Pictures as a file picker hands them over. */
export function chosenFiles(pictures: readonly Picture[]): { name: string; mimeType: string; buffer: Buffer }[] {
  return pictures.map(({ fileName, contentType, bytes }) => ({ name: fileName, mimeType: contentType, buffer: Buffer.from(bytes) }));
}

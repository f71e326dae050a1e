import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import sharp from 'sharp';
import { obtainChromium } from '../../sandbox/browser/chromium.js';
import { environment } from '../../sandbox/config.js';
import { sourceContext } from '../../sandbox/servers/servers.js';
import { savingScreens } from './config.js';

export interface TestBrowser {
  /** A page with a profile of its own: as another person on another machine. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** No test needs a browser for longer; one that was forgotten ends by itself. */
const LIFE_MS = 5 * 60_000;
const ACTION_LIMIT_MS = 15_000;
const MOST_BYTES = 120_000;

/** A real Chromium without a window, found or brought like the servers; it reaches this machine only. Close it at the end. */
export async function openTestBrowser(): Promise<TestBrowser> {
  const { path } = await obtainChromium(sourceContext(environment(), (line) => process.stderr.write(`${line}\n`)));
  const browser = await chromium.launch({ executablePath: path, headless: true, args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
  const life = setTimeout(() => void browser.close(), LIFE_MS);
  life.unref();
  return {
    async newPage(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-GB',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        ...options,
      });
      context.setDefaultTimeout(ACTION_LIMIT_MS);
      return context.newPage();
    },
    async close() {
      clearTimeout(life);
      await browser.close();
    },
  };
}

/** Writes a picture of the page, or of a part of it, as `docs/<name>.webp`; only with `SAVE_SCREENS=1`. `heightPx` leaves out what is below. */
export async function saveScreen(of: Pick<Page, 'screenshot'>, name: string, heightPx?: number): Promise<void> {
  if (!savingScreens()) return;
  const whole = sharp(await of.screenshot({ animations: 'disabled' }));
  const { width, height } = await whole.metadata();
  const png = whole.extract({ left: 0, top: 0, width, height: Math.min(height, heightPx ?? height) });
  for (const quality of [90, 80, 65, 50, 35]) {
    const webp = await png.clone().webp({ quality, effort: 6 }).toBuffer();
    if (webp.byteLength > MOST_BYTES) continue;
    const path = fileURLToPath(new URL(`../../docs/${name}.webp`, import.meta.url));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, webp);
    return;
  }
  throw new Error(`The picture docs/${name}.webp is larger than ${MOST_BYTES / 1000} kB at every quality: show less in it.`);
}

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitForRow } from '../../sandbox/demo/player.js';
import { USERS } from '../../sandbox/discord/people.js';
import { openTestBrowser, saveScreen } from '../support/browser.js';
import type { TestBrowser } from '../support/browser.js';
import { testServerAddress } from '../support/config.js';
import { eventually } from '../support/eventually.js';
import { letNodesGo, startHeldRun } from '../support/runs.js';
import type { StartedRun } from '../support/runs.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';

/** What operators do with a run, by clicks in the real Web UI alone; each test goes on where the one before has ended. */
let yard: TestYard;
let browser: TestBrowser;
let page: Page;
let run: StartedRun;

const ACCOUNT = `discord:${USERS.jonas.id}`;
const PRICE = 1_280;

beforeAll(async () => {
  [yard, browser] = await Promise.all([openTestYard({ nodes: 1, stepMs: 5 }), openTestBrowser()]);
  page = await browser.newPage();
  run = await startHeldRun(yard, { as: 'jonas' });
}, 120_000);
afterAll(async () => {
  await letNodesGo(yard);
  await browser.close();
  await yard.stop();
}, 60_000);

const workflowId = () => `train-run:${run.runId}`;
const rowOfRun = () => page.getByRole('row').filter({ has: page.getByRole('link', { name: workflowId() }) });
const tab = (name: string) => page.getByRole('tab', { name });

/** A text of the workflow, which the Web UI shows in a frame of its own below its heading. */
const frameOf = (heading: 'Summary' | 'Current Details') => page.locator('iframe').nth(heading === 'Summary' ? 0 : -1);
const textUnder = (heading: 'Summary' | 'Current Details') => frameOf(heading).contentFrame().locator('body');

/** The Web UI does not tell that there is more than it shows. */
async function expectDetailsInFull(lastWords: string): Promise<void> {
  const [frame, last] = await Promise.all([frameOf('Current Details').boundingBox(), textUnder('Current Details').getByText(lastWords).last().boundingBox()]);
  if (frame === null || last === null) throw new Error('Expected the details to be in sight.');
  expect(last.y + last.height).toBeLessThanOrEqual(frame.y + frame.height);
}

/** Chosen once per browser: what the list tells of a run. */
async function showColumns(add: readonly string[], remove: readonly string[]): Promise<void> {
  await page.getByTestId('workflows-summary-table-configuration-button').click();
  const entry = (name: string) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  for (const name of add) await entry(name).getByRole('button').last().click();
  for (const name of remove) await entry(name).getByRole('button').last().click();
  await page.keyboard.press('Escape');
}

it('finds the run by its account, with its state, node and points in the list', async () => {
  await page.goto(testServerAddress('temporalUi'));
  await page.getByRole('link', { name: 'Workflows', exact: true }).first().click();
  await showColumns(['RunState', 'GpuNode', 'Points', 'Account'], ['Run ID', 'Type', 'Start', 'End']);
  await page.getByRole('button', { name: 'Add Filter' }).click();
  await page.getByRole('menuitem', { name: /^Account/ }).click();
  await page.getByRole('textbox', { name: 'Value' }).fill(ACCOUNT);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'Collapse saved views' }).click();
  await rowOfRun().getByText('training').waitFor();
  expect(await rowOfRun().innerText()).toMatch(new RegExp(`Running.*training.*node-a.*1280.*${ACCOUNT}`, 's'));
  await eventually(async () => {
    expect(await page.getByRole('row').filter({ hasNotText: ACCOUNT }).allInnerTexts()).toEqual([expect.stringContaining('Workflow ID')]);
  });
  await saveScreen(page, 'operators/find-a-run', 340);
}, 60_000);

it('reads its phase, node, points and what happens next', async () => {
  await page.getByRole('link', { name: workflowId() }).click();
  await page.getByText('follow the training on node-a').first().waitFor();
  await saveScreen(page, 'operators/history-of-a-run');
  await tab('User Metadata').click();
  const details = textUnder('Current Details');
  await details.getByText('training', { exact: true }).waitFor();
  expect(await textUnder('Summary').innerText()).toBe('4 images · sd15-lora · 400 steps · 1,280 points');
  const promptId = (await waitForRow(yard, run.runId, ({ claim }) => claim !== null)).claim?.promptId ?? '';
  expect((await details.innerText()).trim().split('\n').map((line) => line.trim())).toEqual([
    'training · attempt 1 of 3 · node node-a',
    'next: when the job ends, its file is fetched and checked',
    'Request Cancellation stops it and gives all points back.',
    'points: 1,280 held',
    `prompt id ${promptId}`,
  ]);
  await expectDetailsInFull(promptId);
  await saveScreen(page, 'operators/read-a-run', 540);
}, 60_000);

it('cancels it there, and the ledger, the card, the notice and the node follow', async () => {
  await page.getByRole('button', { name: 'Request Cancellation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Confirm' }).waitFor();
  await saveScreen(page, 'operators/cancel-a-run');
  await dialog.getByRole('button', { name: 'Confirm' }).click();

  const row = await waitForRow(yard, run.runId, ({ open, notice }) => !open && notice === 'delivered', { timeoutMs: 30_000 });
  expect(row.end).toEqual({ kind: 'cancelled', by: 'operator', capturedPoints: 0, releasedPoints: PRICE });
  const entries = yard.connection.collection<{ kind: string; amount: number }>('points_entries').find({ runId: run.runId }).sort({ seq: 1 });
  expect((await entries.toArray()).map(({ kind, amount }) => ({ kind, amount }))).toEqual([{ kind: 'hold', amount: PRICE }, { kind: 'release', amount: PRICE }]);

  const jobs = await yard.nodes[0]?.control.waitForJobs((all) => all.every(({ state }) => state !== 'running'), 15_000);
  expect(jobs?.map(({ runId, state }) => ({ runId, state }))).toEqual([{ runId: run.runId, state: 'cancelled' }]);

  const seen = await eventually(async () => {
    const messages = await run.player.user.visibleMessages({ channel: 'training' });
    const texts = messages.filter(({ author }) => author === 'Trainyard').map((message) => yard.textOf(message));
    expect(texts.filter((text) => /cancelled/i.test(text))).toHaveLength(2);
    return texts;
  });
  expect(seen.filter((text) => text.includes('1,280'))).not.toEqual([]);
}, 60_000);

it('sees in the Web UI that nothing is left to do and all points were given back', async () => {
  await page.getByText('Canceled', { exact: true }).first().waitFor();
  await page.reload();
  await textUnder('Current Details').getByText('cancelled', { exact: true }).waitFor();
  const details = await textUnder('Current Details').innerText();
  expect(details).toContain('next: nothing is left to do');
  expect(details).toContain('cancel requested by the operator');
  expect(details).toContain('points: 0 captured, 1,280 released');
  await expectDetailsInFull('1,280 released');
  await saveScreen(page, 'operators/a-cancelled-run', 540);
}, 60_000);

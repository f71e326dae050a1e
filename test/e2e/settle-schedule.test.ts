import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { longestHeldMs } from '../../domain/settling.js';
import { settleRunIdOf, trainRunIdOf } from '../../domain/workflow-names.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import type { SweepHealth } from '../../web/health.js';
import { ensureSettleRuns, readSweeps } from '../../workflows/settle-runs/client.js';
import { createYardWorkers } from '../../workers/yard.js';
import { openTestBrowser, saveScreen } from '../support/browser.js';
import type { TestBrowser } from '../support/browser.js';
import { testServerAddress } from '../support/config.js';
import { eventually } from '../support/eventually.js';
import { letNodesGo, startHeldRun } from '../support/runs.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';
import { workflowBundle } from '../support/workflow-bundle.js';

/** The schedule of the sweeps in a yard that sweeps every second; each test goes on where the one before has ended. */
let yard: TestYard;
let browser: TestBrowser;
let page: Page;

const INTERVAL_MS = 1_000;
const GRACE_MS = 500;

beforeAll(async () => {
  [yard, browser] = await Promise.all([openTestYard({ nodes: 1, settings: { SETTLE_INTERVAL: `${INTERVAL_MS}ms`, SETTLE_GRACE: `${GRACE_MS}ms`, HEARTBEAT_TIMEOUT: '10s' } }), openTestBrowser()]);
  page = await browser.newPage();
}, 120_000);
afterAll(async () => {
  await letNodesGo(yard);
  await browser.close();
  await yard.stop();
}, 60_000);

const schedule = () => yard.client.schedule.getHandle(`${yard.prefix}settle-runs`);

async function health(): Promise<{ ok: boolean; degraded: boolean; settling: SweepHealth }> {
  return (await (await fetch(`${yard.webUrl}/healthz`)).json()) as { ok: boolean; degraded: boolean; settling: SweepHealth };
}

async function sweptSince(since: Date): Promise<SweepHealth> {
  return eventually(async () => {
    const { settling } = await health();
    expect(new Date(settling.lastSweepAt ?? 0).getTime()).toBeGreaterThan(since.getTime());
    return settling;
  }, 30_000, 200);
}

it('gives the points of a terminated run back by itself, in two sweeps', async () => {
  const { runId } = await startHeldRun(yard);
  const before = (await yard.client.workflow.count(`TaskQueue="${yard.context.queues.yard}" AND WorkflowType="settleRuns"`)).count;
  await yard.client.workflow.getHandle(trainRunIdOf(runId)).terminate('an operator pressed Terminate');
  const row = await waitForRow(yard, runId, ({ open }) => !open, { timeoutMs: 60_000 });
  expect(row.end).toMatchObject({ kind: 'failed', failure: { type: 'Terminated' }, releasedPoints: row.pricePoints });
  expect(before).toBeGreaterThan(0);
  await yard.client.workflow.getHandle(settleRunIdOf(runId)).result();
  // By the clock of the servers: the same sum that keeps the usual settings below six minutes.
  const entries = await yard.connection.collection<{ kind: string; at: Date }>('points_entries').find({ runId }).toArray();
  const terminatedAt = (await yard.client.workflow.getHandle(trainRunIdOf(runId)).describe()).closeTime;
  const heldMs = (entries.find(({ kind }) => kind === 'release')?.at.getTime() ?? Infinity) - (terminatedAt?.getTime() ?? 0);
  expect(heldMs).toBeLessThan(longestHeldMs({ graceMs: GRACE_MS, intervalMs: INTERVAL_MS }));
}, 120_000);

it('tells of its last sweep in health, and of a run under way', async () => {
  const { runId } = await startHeldRun(yard);
  await eventually(async () => {
    const found = await health();
    expect(found).toMatchObject({ ok: true, degraded: false, settling: { state: 'on-time', counts: { alive: 1, settling: 0, reported: 0, troubles: 0 } } });
  }, 30_000, 200);
  await letNodesGo(yard);
  await waitForRow(yard, runId, ({ notice }) => notice === 'delivered');
}, 120_000);

it('shows its schedule, its last sweeps and what they saw in the Web UI', async () => {
  await page.goto(`${testServerAddress('temporalUi')}/namespaces/default/schedules/${encodeURIComponent(`${yard.prefix}settle-runs`)}`);
  await page.getByText('settleRuns').first().waitFor();
  await page.getByText('While it is paused, points of terminated runs stay held.').first().waitFor();
  await saveScreen(page, 'operators/sweeps');
  const { last } = await swept();
  expect(last).not.toBeNull();
  const { info } = await schedule().describe();
  const newest = info.recentActions.at(-1)?.action.workflow;
  await page.goto(`${testServerAddress('temporalUi')}/namespaces/default/workflows/${encodeURIComponent(newest?.workflowId ?? '')}/${newest?.firstExecutionRunId ?? ''}`);
  await page.getByRole('tab', { name: 'User Metadata' }).click();
  const texts = (at: number) => page.locator('iframe').nth(at).contentFrame().locator('body');
  await texts(-1).getByText(/looked at \d+ · alive \d+/).waitFor();
  expect(await texts(0).innerText()).toBe('looks for runs without a living workflow and gives their points back');
  await saveScreen(page, 'operators/a-sweep', 540);
}, 90_000);

it('stays paused when workers start again, and is made anew when it was deleted', async () => {
  await schedule().pause('under repair');
  // One connection takes only one worker a queue.
  const { workers } = await createYardWorkers({ ...yard.context, temporal: await yard.context.connectTemporal() }, await workflowBundle());
  const running = workers.map((worker) => worker.run());
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  expect((await schedule().describe()).state).toMatchObject({ paused: true, note: 'under repair' });
  expect(await health()).toMatchObject({ ok: true, degraded: true, settling: { state: 'paused' } });

  await schedule().delete();
  const deletedAt = new Date();
  // By the workers that run, none of which starts again.
  expect((await sweptSince(deletedAt)).state).toBe('on-time');
  expect(await schedule().describe()).toMatchObject({ policies: { overlap: 'SKIP', catchupWindow: 60_000 }, state: { paused: false } });
}, 120_000);

it('goes on with the next sweep after one was terminated, which counts for nothing', async () => {
  // Nobody serves this queue, so a sweep stands until somebody ends it.
  const prefix = `t${randomUUID().slice(0, 8)}/`;
  await ensureSettleRuns(yard.client, prefix, INTERVAL_MS);
  const handle = yard.client.schedule.getHandle(`${prefix}settle-runs`);
  const sweepsStarted = (atLeast: number) => eventually(async () => {
    const { recentActions } = (await handle.describe()).info;
    expect(recentActions.length).toBeGreaterThanOrEqual(atLeast);
    return recentActions;
  }, 30_000, 200);
  const [first] = await sweepsStarted(1);
  await yard.client.workflow.getHandle(first?.action.workflow.workflowId ?? '').terminate('an operator pressed Terminate');
  await sweepsStarted(2);
  expect(await readSweeps(yard.client, prefix)).toMatchObject({ kind: 'running', intervalMs: INTERVAL_MS, last: null });
  await handle.delete();
  for await (const { workflowId } of yard.client.workflow.list({ query: `TaskQueue="${prefix}yard" AND ExecutionStatus="Running"` })) {
    await yard.client.workflow.getHandle(workflowId).terminate();
  }
}, 90_000);

async function swept() {
  const sweeps = await readSweeps(yard.client, yard.prefix);
  if (sweeps.kind === 'missing') throw new Error('Expected a schedule.');
  return sweeps;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environment } from '../../sandbox/config.js';
import { openYardAccess } from '../../sandbox/demo/access.js';
import type { YardAccess } from '../../sandbox/demo/access.js';
import { PLACES } from '../../sandbox/demo/agreement/expectation.js';
import type { DemoReport } from '../../sandbox/demo/report.js';
import { createYard } from '../../sandbox/yard/yard.js';
import type { Yard } from '../../sandbox/yard/yard.js';
import { createRuns } from '../../models/runs.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { runDemo } from '../support/demo-process.js';

let folder: string;
let yard: Yard;
let access: YardAccess;
let runId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-test-agreement-'));
  const env = { ...environment(), CARD_EDIT_INTERVAL: '500ms', POLL_INTERVAL: '500ms', LOG_LEVEL: 'warn' };
  yard = await createYard({ dataDir: join(folder, '.trainyard'), env, ports: 'free', say: () => undefined, line: () => undefined });
  access = await openYardAccess(yard.state);
}, 180_000);
afterAll(async () => {
  await access.close();
  await yard.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

describe('npm run demo', () => {
  it('plays a training to a proven file on the running yard and prints one line of JSON', async () => {
    const { code, out, err } = await runDemo(folder, '--json');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(1);
    const report = JSON.parse(lines[0] ?? '') as DemoReport;
    expect(report).toMatchObject({ outcome: 'succeeded', points: { captured: report.points.price, released: 0 }, attempts: 1, disagreements: [] });
    expect(report.points.before - report.points.after).toBe(report.points.price);
    expect(report.history.events).toBeLessThanOrEqual(80);
    expect(report.history.bytes).toBeLessThanOrEqual(40_000);
    expect(report.lora?.tensors).toBeGreaterThan(0);
    expect(report.card.edits).toBeGreaterThan(0);
    runId = report.runId ?? '';
    expect((await runDemo(folder, '--check', runId)).code).toBe(0);
  }, 180_000);

  const seeds: Record<(typeof PLACES)[number], () => Promise<unknown>> = {
    ledger: () => access.mongo.collection('points_entries').updateOne({ key: `resolve:${runId}` }, { $inc: { amount: 1 } }),
    'run row': () => access.mongo.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $set: { notice: 'pending' } }),
    card: async () => {
      const card = (await createRuns(access.mongo).read(runId))?.card;
      await discord('PATCH', `/channels/${card?.channelId ?? ''}/messages/${card?.messageId ?? ''}`, {
        flags: 32_768,
        components: [{ type: 10, content: `still training run \`${runId.slice(0, 8)}\`` }],
      });
    },
    notice: async () => {
      const row = await createRuns(access.mongo).read(runId);
      const userId = row?.accountId.split(':')[1] ?? '';
      const notice = (await access.messagesOf(userId)).find((message) => message.replyTo === row?.card?.messageId);
      await discord('DELETE', `/channels/${notice?.channelId ?? ''}/messages/${notice?.id ?? ''}`);
    },
    nodes: async () => {
      const { url, path } = await trainedFile();
      const form = new FormData();
      form.set('image', new Blob(['another file']), path.slice(path.lastIndexOf('/') + 1));
      for (const [field, value] of Object.entries({ type: 'output', subfolder: path.slice(0, path.lastIndexOf('/')), overwrite: 'true' })) form.set(field, value);
      expect((await fetch(`${url}/upload/image`, { method: 'POST', body: form })).status).toBe(200);
    },
    workflow: async () => {
      const namespace = 'default';
      await access.client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId: trainRunIdOf(runId) } });
      await access.driver.waitFor(
        async () => {
          const left = await access.client.workflow.getHandle(trainRunIdOf(runId)).describe().catch(() => null);
          return left === null;
        },
        { timeoutMs: 30_000, what: 'the workflow to be deleted' },
      );
    },
  };

  it.each(PLACES)('exits non-zero when the %s tells another story', async (place) => {
    await seeds[place]();
    const { code, out } = await runDemo(folder, '--check', runId);
    expect(code).toBe(1);
    expect(out).toContain(`✗ ${place}:`);
  }, 60_000);
});

async function discord(method: string, path: string, body?: unknown): Promise<void> {
  const { apiUrl, token } = yard.state.discord;
  const response = await fetch(`${apiUrl ?? ''}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${token ?? ''}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
}

/** The file that the run's job left on its node. */
async function trainedFile(): Promise<{ url: string; path: string }> {
  for (const { url, control } of access.nodes) {
    const file = (await control.jobs()).find((job) => job.runId === runId)?.file;
    if (file !== undefined && file !== null) return { url, path: file.path };
  }
  throw new Error('Expected a node to have written the file of the run, found none.');
}

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createOperatorsActivities, type NoteTroublesRequest } from '../../../activities/operators/activities.js';
import type { Trouble, TroubleKind } from '../../../domain/troubles.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { renderMessage } from '../../../sandbox/discord/driver/render-message.js';
import type { SeenMessage } from '../../../sandbox/discord/user/view.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../../sandbox/discord/stand-in.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../../support/discord-worker.js';
import { aRun } from '../../support/run-rows.js';

const REPORT_MS = 60_000;
const HOUR_MS = 3_600_000;
const LATER_MS = 20 * 60_000;

let database: TestDatabase;
let standIn: DiscordStandIn;
let discord: TestDiscord;
let channelId: string;
let names = 0;

beforeAll(async () => {
  [database, standIn] = await Promise.all([openTestDatabase(), createDiscordStandIn()]);
});
afterAll(async () => {
  await standIn.stop();
  await database.close();
});
/** A channel of its own: Discord takes five messages in five seconds in each. */
beforeEach(async () => {
  for (const name of ['troubles', 'nodes', 'runs']) await database.connection.collection(name).deleteMany({});
  discord = await startTestDiscord(database.connection, standIn);
  names += 1;
  channelId = await discord.driver.change({ kind: 'create-channel', name: `ops-${names}` });
  discord = await startTestDiscord(database.connection, standIn, channelId);
  await discord.driver.clearFaults();
});

const runId = '6f1d2c3b-0000-4000-8000-00000000abcd';
const stuck = (id: string = runId): Trouble => ({ kind: 'stuck-workflow', workflowId: `train-run:${id}`, runId: id, failures: 7 });

/** What a sweep does of operators. */
async function sweep(found: readonly Trouble[] = [], skipped: readonly string[] = []): Promise<{ lasting: number; untold: number; told: number }> {
  const { runs, nodes, troubles } = discord;
  const operators = createOperatorsActivities({ runs, nodes, troubles, namespaceId: 'namespace', nodeReportIntervalMs: REPORT_MS });
  const noted = await asActivity((request: NoteTroublesRequest) => operators.noteTroubles(request), { found, skipped });
  const { told } = noted.untold > 0 ? await asActivity(discord.activities.tellOperators, {}) : { told: 0 };
  return { lasting: found.length + (noted.added ?? []).length, untold: noted.untold, told };
}

const seen = (): Promise<SeenMessage[]> => discord.driver.user('olga').visibleMessages({ channel: channelId });
const texts = async (): Promise<string[]> => (await seen()).map(renderMessage);
const kindsOnRecord = async (): Promise<TroubleKind[]> => (await discord.troubles.untold(100)).map(({ trouble }) => trouble.kind);

async function waitingRun(changes: Partial<RunRow> = {}): Promise<RunRow> {
  const row = aRun({ runId: randomUUID(), datasetId: randomUUID(), slot: Math.floor(Math.random() * 1e9), attemptStartedAt: new Date(Date.now() - 2 * HOUR_MS), ...changes });
  await discord.record(row);
  return row;
}

describe('operators are told', () => {
  const EACH: readonly (readonly [Trouble, RegExp, string])[] = [
    [stuck(), /A workflow is stuck[\s\S]*7 times in a row[\s\S]*version of the workers that ran before[\s\S]*stay set aside[\s\S]*Found <t:/, `workflows/train-run%3A${runId}`],
    [
      { kind: 'release-failing', workflowId: `settle-run:${runId}`, runId, attempts: 12, lastFailure: '@everyone no primary', since: '2026-03-01T12:00:00Z' },
      /Points cannot[\s\S]*12 times[\s\S]*\\@everyone no primary[\s\S]*MongoDB[\s\S]*Since <t:1772366400:f>/,
      `workflows/settle-run%3A${runId}`,
    ],
    [{ kind: 'node-out', nodeId: 'gpu 1', seenAt: '2026-03-01T12:00:00Z', problem: 'no answer' }, /A node is out[\s\S]*`gpu 1`[\s\S]*no answer[\s\S]*COMFYUI_NODES[\s\S]*Since <t:1772366400:f>/, 'workflows?query=GpuNode%3D%22gpu%201%22%20AND%20ExecutionStatus%3D%22Running%22'],
    [{ kind: 'queue-waiting', queue: 'big', runId, since: '2026-03-01T12:00:00Z' }, /more than an hour[\s\S]*`big`[\s\S]*take turns[\s\S]*QUEUE_WAIT_LIMIT/, `workflows/train-run%3A${runId}`],
    [{ kind: 'foreign-run', runId, namespaceId: 'elsewhere' }, /another namespace[\s\S]*`elsewhere`[\s\S]*TEMPORAL_NAMESPACE/, ''],
    [
      { kind: 'hold-without-run', runId, accountId: 'discord:1', amountPoints: 1900, since: '2026-03-01T12:00:00Z' },
      new RegExp(`not on record[\\s\\S]*1,900 points of \`discord:1\` are set aside for run \`${runId}\`[\\s\\S]*backup[\\s\\S]*/points grant[\\s\\S]*stay set aside[\\s\\S]*Since <t:1772366400:f>`),
      `workflows?query=WorkflowId%3D%22train-run%3A${runId}%22`,
    ],
  ];

  it.each(EACH.map((row) => [row[0].kind, ...row] as const))('once of %s: what it is, since when, where it is in the Web UI, what to do; and that it is over, in the same message', async (_kind, trouble, words, link) => {
    await sweep([trouble]);
    for (let again = 0; again < 3; again += 1) expect((await sweep([trouble])).told).toBe(0);
    const [message] = await seen();
    expect(await texts()).toEqual([expect.stringMatching(words)]);
    const base = 'http://127.0.0.1:8233/namespaces';
    expect(JSON.stringify(message?.components)).toContain(JSON.stringify(link === '' ? base : `${base}/the%20yard/${link}`));

    expect((await sweep()).told).toBe(1);
    expect((await sweep()).told).toBe(0);
    expect(await texts()).toEqual([expect.stringMatching(/## Over: [\s\S]*Over since <t:\d+:f>/)]);
    expect((await seen())[0]?.id).toBe(message?.id);
    expect((await discord.driver.violations()).filter(({ path }) => path?.includes(channelId))).toEqual([]);
  });

  it('nothing while all is well', async () => {
    await discord.nodes.report({ nodeId: 'a', queue: 'q', state: 'busy', seenAt: new Date() });
    await waitingRun({ attemptStartedAt: new Date(Date.now() - HOUR_MS / 2) });
    expect(await sweep()).toEqual({ lasting: 0, untold: 0, told: 0 });
  });

  it('again, in a new message, when a trouble comes back after it was over', async () => {
    for (const found of [[stuck()], [], [stuck()], []]) await sweep(found);
    expect(await texts()).toEqual([expect.stringContaining('Over: '), expect.stringContaining('Over: ')]);
  });

  it('of at most five in a sweep, and of the others by the next', async () => {
    const many = Array.from({ length: 6 }, (_, at) => stuck(`run-${at}`));
    expect((await sweep(many)).told).toBe(5);
    expect((await sweep(many)).told).toBe(1);
    expect(new Set(await texts()).size).toBe(6);
  }, 60_000);

  it('not that a trouble is over while Temporal cannot be asked about it', async () => {
    const held: Trouble = { kind: 'hold-without-run', runId, accountId: 'discord:1', amountPoints: 1900, since: '2026-03-01T12:00:00Z' };
    await sweep([stuck(), held]);
    expect((await sweep([], ['t/keep-cards'])).told).toBe(1);
    const [workflow, hold] = [(await texts()).find((text) => text.includes('workflow is stuck')), (await texts()).find((text) => text.includes('not on record'))];
    expect(workflow).not.toContain('Over');
    expect(hold).toContain('Over');
  });
});

describe('a trouble of nodes and queues', () => {
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

  it.each([
    ['that nobody reports any more', [['idle', 4]]],
    ['that does not answer for three reports', [['idle', 6], ['unreachable', 5], ['unreachable', 0]]],
    ['that is unfit for three reports', [['unfit', 5], ['unfit', 0]]],
  ] as const)('is a node %s, until it is back', async (_what, reports) => {
    for (const [state, minutes] of reports) await discord.nodes.report({ nodeId: 'gpu1', queue: 'q', state, seenAt: minutesAgo(minutes) });
    await sweep();
    expect(await texts()).toEqual([expect.stringContaining('`gpu1` takes no training')]);
    await discord.nodes.report({ nodeId: 'gpu1', queue: 'q', state: 'idle', seenAt: new Date() });
    await sweep();
    expect(await texts()).toEqual([expect.stringContaining('Over: a node is out')]);
  });

  it.each([
    ['that has missed two reports', [['idle', 2]]],
    ['that has only begun to be away', [['idle', 2], ['unreachable', 1], ['unreachable', 0]]],
    ['that was taken away a week ago', [['idle', 8 * 24 * 60]]],
  ] as const)('is not a node %s', async (_what, reports) => {
    for (const [state, minutes] of reports) await discord.nodes.report({ nodeId: 'gpu1', queue: 'q', state, seenAt: minutesAgo(minutes) });
    expect((await sweep()).lasting).toBe(0);
  });

  it('is a queue, however many wait in it, and its message follows the one that waits longest', async () => {
    const first = await waitingRun({ attemptStartedAt: new Date(Date.now() - 3 * HOUR_MS) });
    const second = await waitingRun();
    await waitingRun({ queue: 'small', status: 'training' });
    await waitingRun({ queue: 'other', namespaceId: 'elsewhere' });
    await sweep();
    expect(await texts()).toEqual([expect.stringContaining(`\`sd15\` has taken run \`${first.runId}\``)]);
    await database.connection.collection<{ _id: string }>('runs').updateOne({ _id: first.runId }, { $set: { status: 'training' } });
    await sweep();
    expect(await texts()).toEqual([expect.stringContaining(second.runId)]);
  });
});

describe('a worker that died between a post and its record', () => {
  const forgetMessage = (): Promise<unknown> => database.connection.collection('troubles').updateMany({}, { $set: { message: null, due: true } });

  it.each([['at once', 0], ['after twenty minutes', LATER_MS]])('finds its message %s and posts no second one', async (_when, agoMs) => {
    await sweep([stuck()]);
    await forgetMessage();
    await discord.driver.advanceClock(agoMs);
    await database.connection.collection('troubles').updateMany({}, { $set: { triedAt: new Date(Date.now() - agoMs) } });
    await sweep([stuck()]);
    expect((await texts()).length).toBe(1);
    await sweep();
    expect(await texts()).toEqual([expect.stringContaining('Over: ')]);
  });

  it('says in the message it has posted that the trouble is over, also when that was so before it came back', async () => {
    await sweep([stuck()]);
    await forgetMessage();
    await sweep();
    expect(await texts()).toEqual([expect.stringContaining('Over: ')]);
  });
});

describe('a channel that cannot be used', () => {
  it.each([
    ['is not set', () => startTestDiscord(database.connection, standIn).then((other) => { discord = other; })],
    ['takes no messages of the bot', () => discord.driver.change({ kind: 'deny', channelId, permissions: ['SEND_MESSAGES'] })],
    ['was deleted', () => discord.driver.change({ kind: 'delete-channel', channelId })],
  ] as const)('that %s fails nothing, asks Discord once a sweep, and says so once for each change', async (_what, make) => {
    await make();
    const warned: unknown[] = [];
    const tell = async (found: readonly Trouble[]): Promise<void> => {
      await discord.troubles.note(found, () => false, new Date());
      const environment = new MockActivityEnvironment({}, { logger: { ...quiet, warn: (message: string, fields: unknown) => warned.push([message, fields]) } });
      expect(await environment.run(discord.activities.tellOperators, {})).toEqual({ told: 0 });
    };
    const postsBefore = (await discord.driver.calls()).length;
    for (let sweeps = 0; sweeps < 3; sweeps += 1) await tell([stuck('one'), stuck('two')]);
    expect(warned.length).toBe(2);
    expect((await discord.driver.calls()).length - postsBefore).toBeLessThanOrEqual(3);
    await tell([]);
    expect(warned.length).toBe(4);
    expect(await discord.troubles.countUntold()).toBe(0);
  });

  it('is told of what lasts as soon as it takes messages again', async () => {
    await discord.driver.change({ kind: 'deny', channelId, permissions: ['SEND_MESSAGES'] });
    await sweep([stuck()]);
    await discord.driver.change({ kind: 'deny', channelId, permissions: [] });
    expect((await sweep([stuck()])).told).toBe(1);
    expect((await texts()).length).toBe(1);
  });

  it('is told later when it is slowed down or Discord fails', async () => {
    await discord.driver.faults({ method: 'POST', route: '/channels/:channel/messages', status: 429, retryAfter: 600, scope: 'shared' });
    expect((await sweep([stuck()])).told).toBe(0);
    expect(await kindsOnRecord()).toEqual(['stuck-workflow']);
  });

  it('whose message an operator has deleted gets no second one', async () => {
    await sweep([stuck()]);
    const [message] = await seen();
    await discord.driver.change({ kind: 'delete-message', messageId: message?.id ?? '' });
    await sweep();
    expect(await texts()).toEqual([]);
    expect(await discord.troubles.countUntold()).toBe(0);
  });
});

const quiet = { trace: () => undefined, debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, log: () => undefined };

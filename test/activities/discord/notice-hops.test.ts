import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccountId } from '../../../domain/accounts.js';
import type { RunEnd } from '../../../domain/runs.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { TRAINING_CHANNEL_ID, USERS } from '../../../sandbox/discord/people.js';
import type { SeenMessage } from '../../../sandbox/discord/user/view.js';
import { allText } from '../../support/components.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../../support/discord-worker.js';
import { FAILURES } from '../../support/every-ending.js';
import { anEndedRun, aRun } from '../../support/run-rows.js';

/** Direct messages of one person take five messages in five seconds. */
let owner: 'mira' | 'jonas' = 'mira';
const account = (): AccountId => `discord:${USERS[owner].id}`;
let database: TestDatabase;
let discord: TestDiscord;

beforeAll(async () => {
  database = await openTestDatabase();
  discord = await startTestDiscord(database.connection);
});

afterEach(async () => {
  await discord.driver.clearFaults();
  await discord.preferences.change(account(), { ping: true });
});

afterAll(async () => {
  await discord.close();
  await database.close();
});

const channel = (parentId?: string): Promise<string> =>
  discord.driver.change({ kind: 'create-channel', name: `c-${randomUUID().slice(0, 8)}`, ...(parentId === undefined ? {} : { parentId }) });

/** An ended run whose card stands in the channel, or in direct messages, and shows the end by now. */
async function ended(channelId: string | null, changes: Partial<RunRow> = {}, end: RunEnd = { kind: 'succeeded', capturedPoints: 1_900 }): Promise<RunRow> {
  const runId = randomUUID();
  const about = { runId, datasetId: randomUUID(), datasetName: `Set ${runId.slice(0, 8)}`, accountId: account() } as const;
  await discord.record(aRun({ ...about, slot: Math.floor(Math.random() * 1e9), cardPlace: channelId === null ? { where: 'dm' } : { where: 'here', channelId } }));
  await asActivity(discord.activities.openCard, about);
  const row = anEndedRun(end, { ...about, ...changes });
  await discord.runs.end(runId, end, new Date());
  await database.connection.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $set: { artifact: row.artifact } });
  const recorded = await discord.runs.read(runId);
  if (recorded?.card === undefined || recorded.card === null) throw new Error('Expected a card.');
  await discord.runs.cardRendered(runId, recorded.card.messageId, recorded.revision);
  return recorded;
}

const messagesAbout = async ({ datasetName }: RunRow): Promise<SeenMessage[]> => (await discord.driver.user(owner).visibleMessages()).filter(({ components }) => allText(components).includes(datasetName));

/** The message that tells the end, which is the newest about the run. */
async function announced(row: RunRow): Promise<SeenMessage | undefined> {
  expect(await asActivity(discord.activities.announce, row)).toEqual({ delivered: true });
  const notices = (await messagesAbout(row)).filter(({ id }) => id !== row.card?.messageId);
  expect(notices).toHaveLength(1);
  return notices[0];
}

describe('a place that takes no notice', () => {
  it('that is an archived thread, leaves it to direct messages', async () => {
    const thread = await channel(TRAINING_CHANNEL_ID);
    const row = await ended(thread);
    await discord.driver.change({ kind: 'archive-thread', channelId: thread, archived: true });
    expect((await announced(row))?.channel).toBe('DM');
  });

  it('complaint 7: that the bot lost its rights to, leaves it to direct messages', async () => {
    const closed = await channel();
    const row = await ended(closed);
    await discord.driver.change({ kind: 'deny', channelId: closed, permissions: ['VIEW_CHANNEL'] });
    expect((await announced(row))?.channel).toBe('DM');
  });

  it('that is slowed down for hours, leaves it to direct messages within seconds', async () => {
    const slow = await channel();
    const row = await ended(slow);
    await discord.driver.faults({ method: 'POST', route: `/channels/${slow}/messages`, status: 429, code: 20016, retryAfter: 3_600, times: 5 });
    expect((await announced(row))?.channel).toBe('DM');
  });

  it('whose history the bot may not read, takes it without a reply', async () => {
    const forgetful = await channel();
    const row = await ended(forgetful);
    await discord.driver.change({ kind: 'deny', channelId: forgetful, permissions: ['READ_MESSAGE_HISTORY'] });
    const notice = await announced(row);
    expect(notice?.channel).not.toBe('DM');
    expect(notice?.replyTo).toBeUndefined();
  });

  it('whose message was deleted, takes it all the same', async () => {
    const row = await ended(await channel());
    await discord.driver.change({ kind: 'delete-message', messageId: row.card?.messageId ?? '' });
    expect((await announced(row))?.channel).not.toBe('DM');
  });

  it('complaint 6: and direct messages of somebody who left all servers, leave it pending', async () => {
    const row = await ended(null);
    await discord.driver.change({ kind: 'mutual-guild', user: 'mira', shared: false });
    expect(await asActivity(discord.activities.announce, row)).toEqual({ delivered: false });
    expect((await discord.runs.read(row.runId))?.notice).toBe('pending');
    await discord.driver.change({ kind: 'mutual-guild', user: 'mira', shared: true });
  });
});

describe('who is called', () => {
  it('is the owner, once, by the end alone: no attempt and no milestone rings', async () => {
    const place = await channel();
    const row = await ended(place);
    await announced(row);
    expect((await messagesAbout(row)).filter(({ pinged }) => pinged)).toHaveLength(1);

    const failing = aRun({ ...row, runId: randomUUID(), datasetId: randomUUID(), open: true, end: null, endedAt: null, status: 'training', slot: 77, card: null, notice: 'none', cardPlace: { where: 'here', channelId: place } });
    await discord.record({ ...failing, datasetName: 'Attempts' });
    await asActivity(discord.activities.openCard, failing);
    const stop = discord.keepCards();
    for (const attempt of [2, 3]) await discord.runs.startAttempt(failing.runId, attempt, FAILURES.NodeGone, new Date());
    await discord.runs.recordProgress(failing.runId, 3, { phase: 'training', step: 750, totalSteps: 1_500 }, new Date());
    await discord.driver.waitFor(async () => (await messagesAbout({ ...failing, datasetName: 'Attempts' })).some(({ components }) => allText(components).includes('750 of')));
    await stop();
    expect((await messagesAbout({ ...failing, datasetName: 'Attempts' })).filter(({ pinged }) => pinged)).toEqual([]);
  });

  it('is nobody for an owner who does not want that', async () => {
    await discord.preferences.change(account(), { ping: false });
    const notice = await announced(await ended(await channel()));
    expect(notice?.pinged).toBe(false);
    expect(allText(notice?.components ?? [])).toContain(`<@${USERS[owner].id}>`);
  });
});

describe('a small file', () => {
  beforeAll(() => {
    owner = 'jonas';
  });

  async function withFile(channelId: string | null, sizeBytes = 300): Promise<RunRow> {
    const { sha256 } = await discord.blobs.put(Buffer.from(`lora ${randomUUID()}`));
    return ended(channelId, { artifact: { sha256, sha256AsFetched: sha256, sizeBytes, tensors: 1, fileName: 'cats-sd15-lora-6f1d2c3b.safetensors' } });
  }

  it('comes along where its owner alone reads, beside the link', async () => {
    const notice = await announced(await withFile(null));
    expect(notice?.attachments.map(({ filename }) => filename)).toEqual(['cats-sd15-lora-6f1d2c3b.safetensors']);
    expect(JSON.stringify(notice)).toContain('/download/');
  });

  it('is never shown in a channel', async () => {
    expect((await announced(await withFile(await channel())))?.attachments).toEqual([]);
  });

  it('stays behind the link when it is too large, gone, or more than this place takes', async () => {
    const gone = await ended(null);
    for (const row of [await withFile(null, 1_000_001), gone]) expect((await announced(row))?.attachments).toEqual([]);
    const refused = await withFile(null);
    await discord.driver.faults({ method: 'POST', route: '/channels/*/messages', status: 413, code: 40005 });
    const notice = await announced(refused);
    expect(notice?.attachments).toEqual([]);
    expect(JSON.stringify(notice)).toContain('/download/');
    expect(allText(notice?.components ?? [])).not.toContain('attached');
  });
});

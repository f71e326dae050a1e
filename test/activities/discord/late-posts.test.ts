import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TRAINING_CHANNEL_ID, USERS } from '../../../sandbox/discord/people.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../../support/discord-worker.js';
import { anEndedRun, aRun } from '../../support/run-rows.js';

const LATER_MS = 20 * 60_000;
const here = { where: 'here', channelId: TRAINING_CHANNEL_ID } as const;

let database: TestDatabase;
let discord: TestDiscord;

beforeAll(async () => {
  database = await openTestDatabase();
  discord = await startTestDiscord(database.connection);
});
afterAll(async () => {
  await discord.close();
  await database.close();
});
beforeEach(() => discord.driver.clearFaults());

const identity = (): Partial<RunRow> => ({ runId: randomUUID(), datasetId: randomUUID(), accountId: `discord:${USERS.mira.id}`, slot: Math.floor(Math.random() * 1e9), createdAt: new Date(), cardPlace: here });
const column = (runId: string, change: object): Promise<unknown> => database.connection.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $set: change });

async function shownAbout(runId: string): Promise<number> {
  const messages = await discord.driver.user('mira').visibleMessages();
  return messages.filter((message) => JSON.stringify(message.components).includes(runId)).length;
}

/** Twenty minutes on, when Discord has forgotten the name of the first post, and as the row would have it then. */
async function later(runId: string, dates: object): Promise<void> {
  await discord.driver.advanceClock(LATER_MS);
  await column(runId, dates);
}

describe('a worker that died between a post and its record, and came back after twenty minutes', () => {
  it('finds the card it has posted and posts no second one', async () => {
    const row = aRun(identity());
    await discord.record(row);
    await asActivity(discord.activities.openCard, { runId: row.runId });
    const first = (await discord.runs.read(row.runId))?.card?.messageId;
    await later(row.runId, { card: null, createdAt: new Date(Date.now() - LATER_MS) });

    await asActivity(discord.activities.openCard, { runId: row.runId });
    expect((await discord.runs.read(row.runId))?.card?.messageId).toBe(first);
    expect(await shownAbout(row.runId)).toBe(1);
  });

  it('finds the notice it has posted and posts no second one', async () => {
    const row = anEndedRun({ kind: 'succeeded', capturedPoints: 1_900 }, { ...identity(), endedAt: new Date(), card: null });
    await discord.record(row);
    expect(await asActivity(discord.activities.announce, { runId: row.runId })).toEqual({ delivered: true });
    const seen = await shownAbout(row.runId);
    await later(row.runId, { notice: 'pending', endedAt: new Date(Date.now() - LATER_MS) });

    expect(await asActivity(discord.activities.announce, { runId: row.runId })).toEqual({ delivered: true });
    expect(await shownAbout(row.runId)).toBe(seen);
    expect((await discord.runs.read(row.runId))?.notice).toBe('delivered');
  });

  it.each([['at once', 0], ['after twenty minutes', LATER_MS]])('knows that the card it meets %s shows what was true then, and has it brought up to date', async (_when, agoMs) => {
    const row = aRun(identity());
    await discord.record(row);
    await asActivity(discord.activities.openCard, { runId: row.runId });
    expect((await discord.runs.read(row.runId))?.card?.renderedRevision).toBe(row.revision);
    await discord.driver.advanceClock(agoMs);
    await column(row.runId, { card: null, status: 'training', revision: row.revision + 1, createdAt: new Date(Date.now() - agoMs) });

    await asActivity(discord.activities.openCard, { runId: row.runId });
    expect(await shownAbout(row.runId)).toBe(1);
    expect((await discord.runs.read(row.runId))?.card?.renderedRevision).toBe(0);
    expect(await discord.runs.cardsToLookAt(new Date(0))).toContain(row.runId);
  });

  it('posts when there is none, also where it may not read what was said before', async () => {
    const row = aRun({ ...identity(), createdAt: new Date(Date.now() - LATER_MS) });
    await discord.record(row);
    await discord.driver.faults({ method: 'GET', route: '/channels/:channel/messages', status: 403, code: 50_013, message: 'Missing Permissions' });
    await asActivity(discord.activities.openCard, { runId: row.runId });
    expect(await shownAbout(row.runId)).toBe(1);
  });
});

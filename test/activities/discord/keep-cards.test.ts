import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { keepCard } from '../../../activities/discord/card-edit.js';
import { keepCardsInStep } from '../../../activities/discord/card-keeper.js';
import { createEditPace } from '../../../activities/discord/edit-pace.js';
import { createMessages } from '../../../activities/discord/messages.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { USERS } from '../../../sandbox/discord/people.js';
import { allText } from '../../support/components.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../../support/discord-worker.js';
import { aRun } from '../../support/run-rows.js';

let database: TestDatabase;
let discord: TestDiscord;
let stop: (() => Promise<void>) | undefined;

beforeAll(async () => {
  database = await openTestDatabase();
  discord = await startTestDiscord(database.connection);
});

afterEach(async () => {
  await stop?.();
  stop = undefined;
  await discord.driver.clearFaults();
});

afterAll(async () => {
  await discord.close();
  await database.close();
});

/** Each in a channel of its own: the limits of Discord are kept by channel. */
async function runWithCard(): Promise<RunRow> {
  const channelId = await discord.driver.change({ kind: 'create-channel', name: `cards-${randomUUID().slice(0, 8)}` });
  const row = aRun({ runId: randomUUID(), datasetId: randomUUID(), accountId: `discord:${USERS.mira.id}`, slot: Math.floor(Math.random() * 1e9), cardPlace: { where: 'here', channelId } });
  await discord.record(row);
  await asActivity(discord.activities.openCard, row);
  const opened = await discord.runs.read(row.runId);
  if (opened === null) throw new Error('Expected the run.');
  return opened;
}

async function cardText(row: RunRow): Promise<string> {
  const message = await discord.driver.user('mira').lookAt({ id: row.card?.messageId ?? '' });
  return allText(message?.components ?? []);
}

async function untilCardSays(row: RunRow, text: string): Promise<void> {
  await discord.driver.waitFor(async () => (await cardText(row)).includes(text), { what: `"${text}" on the card` });
}

async function editsOf(row: RunRow): Promise<number> {
  return (await discord.driver.user('mira').lookAt({ id: row.card?.messageId ?? '' }))?.edits ?? 0;
}

const isRendered = (row: RunRow | null): boolean => row?.card?.renderedRevision === row?.revision;

const step = (row: RunRow, at: number): Promise<void> => discord.runs.recordProgress(row.runId, 1, { phase: 'training', step: at, totalSteps: 1_500 }, new Date());

describe('the keeper of the cards', () => {
  it('complaint 10: shows each state soon, and the end as the last', async () => {
    const row = await runWithCard();
    stop = discord.keepCards();
    await discord.runs.setStatus(row.runId, 'staging');
    await untilCardSays(row, 'Preparing the training');
    await step(row, 420);
    await untilCardSays(row, '420 of 1,500 steps');
    await discord.runs.end(row.runId, { kind: 'succeeded', capturedPoints: 1_900 }, new Date());
    await untilCardSays(row, 'The model is trained and checked');
    await discord.driver.waitFor(async () => {
      const now = await discord.runs.read(row.runId);
      return now?.card?.renderedRevision === now?.revision;
    });
  });

  it('complaint 4: makes few edits of many changes, and ends with the newest', async () => {
    const row = await runWithCard();
    stop = discord.keepCards();
    for (let at = 1; at <= 60; at += 1) await step(row, at);
    await untilCardSays(row, '60 of 1,500 steps');
    // The change to training is shown at once, what follows after the interval.
    expect(await editsOf(row)).toBeLessThanOrEqual(3);
  });

  it('brings cards up to date that changed while nobody kept them', async () => {
    const row = await runWithCard();
    await step(row, 700);
    stop = discord.keepCards();
    await untilCardSays(row, '700 of 1,500 steps');
    await stop();
    const before = await editsOf(row);
    stop = discord.keepCards();
    await step(row, 701);
    await untilCardSays(row, '701 of 1,500 steps');
    expect(await editsOf(row)).toBe(before + 1);
  });

  it('waits when Discord says so, and then shows the newest state once', async () => {
    const row = await runWithCard();
    const route = `/channels/${row.card?.channelId ?? ''}/messages/${row.card?.messageId ?? ''}`;
    await discord.driver.faults({ method: 'PATCH', route, status: 429, retryAfter: 0.3, times: 2 });
    stop = discord.keepCards();
    for (const at of [10, 20, 30]) await step(row, at);
    await untilCardSays(row, '30 of 1,500 steps');
  });

  it('gives a card up that is gone, and goes on with the others', async () => {
    const gone = await runWithCard();
    const other = await runWithCard();
    await discord.driver.change({ kind: 'delete-message', messageId: gone.card?.messageId ?? '' });
    stop = discord.keepCards();
    await step(gone, 5);
    await discord.driver.waitFor(async () => (await discord.runs.read(gone.runId))?.card?.lost === true);
    await step(other, 5);
    await untilCardSays(other, '5 of 1,500 steps');
  });

  it('gives a card up that it may not edit, whatever Discord calls the reason: it does not try for ever', async () => {
    const row = await runWithCard();
    await discord.driver.faults({ method: 'PATCH', route: '/channels/:channel/messages/:message', status: 403, code: 50007, times: 100 });
    stop = discord.keepCards();
    await discord.runs.setStatus(row.runId, 'staging');
    await discord.driver.waitFor(async () => (await discord.runs.read(row.runId))?.card?.lost === true, { what: 'a card that is given up' });
  });

  it('complaints 1 and 5: edits cards that are hours old with the bot’s own token', async () => {
    const row = await runWithCard();
    await discord.driver.advanceClock(3 * 3_600_000);
    stop = discord.keepCards();
    for (let at = 1; at <= 8; at += 1) await step(row, at);
    await untilCardSays(row, '8 of 1,500 steps');
  });

  it.each(['read', 'cardsToLookAt'] as const)('goes on, or fails for its workflow to start it again, when an answer to "%s" never comes', async (hanging) => {
    const row = await runWithCard();
    const stopping = new AbortController();
    let answers = 0;
    // The first answer never comes.
    const once = <Result>(ask: () => Promise<Result>): Promise<Result> => ((answers += 1) === 1 ? new Promise(() => undefined) : ask());
    const slow = hanging === 'read' ? { read: (runId: string) => once(() => discord.runs.read(runId)) } : { cardsToLookAt: (since: Date) => once(() => discord.runs.cardsToLookAt(since)) };
    const runs = { ...discord.runs, ...slow };
    const { rest, nodes } = discord;
    const deps = { runs, nodes, messages: createMessages(rest, discord.blobs), pointsHelp: undefined, cardEditIntervalMs: 100, cardSlowIntervalMs: 100, log: { warn: () => undefined } };
    const keep = (): Promise<void> => keepCardsInStep(deps, stopping.signal, 1_000);
    const kept = keep().catch(keep);
    stop = async () => {
      stopping.abort();
      await kept;
    };
    await step(row, 77);
    await untilCardSays(row, '77 of 1,500 steps');
    expect(answers).toBeGreaterThan(1);
  });

  it('shows the end although a keeper that stood still sends an older picture after it', async () => {
    const row = await runWithCard();
    await step(row, 600);
    let thaw = (): void => undefined;
    const thawed = new Promise<void>((resolve) => { thaw = resolve; });
    let rendered = false;
    const { rest, nodes, runs, blobs } = discord;
    const messages = createMessages(rest, blobs);
    const frozen: typeof messages = { ...messages, edit: async (...edit) => { rendered = true; await thawed; await messages.edit(...edit); } };
    const deps = { runs, nodes, messages: frozen, pointsHelp: undefined, cardEditIntervalMs: 100, cardSlowIntervalMs: 100 };
    const late = keepCard(row.runId, { shown: new Map(), pace: createEditPace(), unplaceable: new Set() }, deps, new AbortController().signal);
    await discord.driver.waitFor(() => Promise.resolve(rendered), { what: 'a keeper that is about to edit' });

    stop = discord.keepCards();
    await discord.runs.end(row.runId, { kind: 'succeeded', capturedPoints: 1_900 }, new Date());
    await untilCardSays(row, 'The model is trained and checked');
    await discord.driver.waitFor(async () => isRendered(await discord.runs.read(row.runId)));
    const before = await editsOf(row);
    thaw();
    await late;

    await untilCardSays(row, 'The model is trained and checked');
    await discord.driver.waitFor(async () => isRendered(await discord.runs.read(row.runId)));
    // The older picture, and the end once more.
    expect(await editsOf(row)).toBe(before + 2);
  });

  it('stops at once when its worker does', async () => {
    const end = discord.keepCards();
    const before = performance.now();
    await end();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('whatever was done before', () => {
  it('was nothing that Discord would refuse, but for cards that are gone', async () => {
    expect(await discord.driver.violations()).toEqual([]);
  });
});

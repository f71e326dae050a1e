import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createMessages } from '../../../activities/discord/messages.js';
import { createDiscordRest } from '../../../activities/discord/rest.js';
import { saidView } from '../../../bot/views/answers.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { USERS } from '../../../sandbox/discord/people.js';
import { allText, buttonsOf } from '../../support/components.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../../support/discord-worker.js';
import { aRun } from '../../support/run-rows.js';

let database: TestDatabase;
let discord: TestDiscord;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  discord = await startTestDiscord(database.connection);
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await discord.driver.clearFaults();
});

afterAll(async () => {
  await discord.close();
  await database.close();
});

const channel = (): Promise<string> => discord.driver.change({ kind: 'create-channel', name: `c-${randomUUID().slice(0, 8)}` });

async function recorded(changes: Partial<RunRow> = {}): Promise<RunRow> {
  const runId = randomUUID();
  const row = aRun({ runId, datasetId: randomUUID(), datasetName: `Set ${runId.slice(0, 8)}`, accountId: `discord:${USERS.mira.id}`, slot: Math.floor(Math.random() * 1e9), status: 'training', ...changes });
  await discord.record(row);
  return row;
}

async function withCard(): Promise<RunRow> {
  const row = await recorded({ cardPlace: { where: 'here', channelId: await channel() } });
  await asActivity(discord.activities.openCard, row);
  return read(row.runId);
}

async function read(runId: string): Promise<RunRow> {
  const row = await discord.runs.read(runId);
  if (row === null) throw new Error('Expected the run.');
  return row;
}

const keep = (): void => void stops.push(discord.keepCards());

const liveCards = async ({ datasetName }: RunRow): Promise<{ id: string; channel: string }[]> =>
  (await discord.driver.user('mira').visibleMessages()).filter(({ components }) => allText(components).includes(datasetName) && buttonsOf(components).includes('Cancel training'));

/** Until the card is recorded at its place, and nothing is left to take away. */
async function untilMoved({ runId }: RunRow, channelId: string): Promise<RunRow> {
  await discord.driver.waitFor(async () => {
    const { card, retiredCards } = await read(runId);
    return card?.channelId === channelId && retiredCards.length === 0;
  }, { what: 'the card at its new place' });
  return read(runId);
}

describe('a card that is wished elsewhere', () => {
  it('is posted there, and the old message goes away', async () => {
    const row = await withCard();
    const to = await channel();
    keep();
    await discord.runs.moveCard(row.runId, { where: 'here', channelId: to }, 0);
    const moved = await untilMoved(row, to);
    expect((await liveCards(row)).map(({ id }) => id)).toEqual([moved.card?.messageId]);
    await discord.runs.recordProgress(row.runId, 1, { phase: 'training', step: 7, totalSteps: 1_500 }, new Date());
    await discord.driver.waitFor(async () => allText((await discord.driver.user('mira').lookAt({ id: moved.card?.messageId ?? '' }))?.components ?? []).includes('7 of 1,500'));
  });

  it('is one card also with two keepers, and with a second press in the middle', async () => {
    const row = await withCard();
    const [first, second] = [await channel(), await channel()];
    keep();
    keep();
    await Promise.all([discord.runs.moveCard(row.runId, { where: 'here', channelId: first }, 0), discord.runs.moveCard(row.runId, { where: 'here', channelId: first }, 0)]);
    await discord.runs.moveCard(row.runId, { where: 'here', channelId: second }, 1);
    const moved = await untilMoved(row, second);
    await discord.driver.waitFor(async () => (await liveCards(row)).length === 1, { what: 'one live card' });
    expect((await liveCards(row))[0]?.id).toBe(moved.card?.messageId);
  });

  it('complaint 8: is the same message when the keeper died right after it was posted', async () => {
    const row = await withCard();
    const to = await channel();
    await discord.runs.moveCard(row.runId, { where: 'here', channelId: to }, 0);
    const rest = createDiscordRest({ token: discord.standIn.token, apiUrl: discord.standIn.apiUrl });
    const posted = await createMessages(rest, discord.blobs).post(to, { view: saidView('as the dead keeper posted it'), name: `card:${row.runId}:1` });
    keep();
    const moved = await untilMoved(row, to);
    expect(moved.card?.messageId).toBe(posted.messageId);
  });

  it('takes the old message away also when the keeper died right after the record', async () => {
    const row = await withCard();
    const { card } = row;
    if (card === null) throw new Error('Expected a card.');
    await discord.runs.moveCard(row.runId, { where: 'here', channelId: card.channelId }, 0);
    const rest = createDiscordRest({ token: discord.standIn.token, apiUrl: discord.standIn.apiUrl });
    const posted = await createMessages(rest, discord.blobs).post(card.channelId, { view: saidView('x'), name: `card:${row.runId}:1` });
    await discord.runs.replaceCard(row.runId, card, { ...posted, renderedRevision: 0, lost: false, move: 1 });
    keep();
    await untilMoved(row, card.channelId);
    await discord.driver.waitFor(async () => (await liveCards(row)).length === 1);
    expect((await liveCards(row))[0]?.id).toBe(posted.messageId);
  });

  it('stays where it is when the new place does not take it', async () => {
    const row = await withCard();
    const closed = await channel();
    await discord.driver.change({ kind: 'deny', channelId: closed, permissions: ['SEND_MESSAGES'] });
    await discord.runs.moveCard(row.runId, { where: 'here', channelId: closed }, 0);
    keep();
    await discord.driver.waitFor(async () => (await read(row.runId)).card?.move === 1);
    expect(await read(row.runId)).toMatchObject({ card: { messageId: row.card?.messageId }, cardPlace: row.cardPlace });
    expect((await liveCards(row)).map(({ id }) => id)).toEqual([row.card?.messageId]);
  });
});

describe('a run without a card', () => {
  it('gets one from the keeper when its own workflow could not post it in minutes', async () => {
    const to = await channel();
    const row = await recorded({ cardPlace: { where: 'here', channelId: to }, createdAt: new Date(Date.now() - 600_000) });
    keep();
    await untilMoved(row, to);
    expect(await liveCards(row)).toHaveLength(1);
  });

  it('is left to its workflow before that', async () => {
    const fresh = await recorded({ createdAt: new Date() });
    const other = await withCard();
    keep();
    await discord.runs.setStatus(other.runId, 'collecting');
    await discord.runs.setStatus(fresh.runId, 'staging');
    await discord.driver.waitFor(async () => (await read(other.runId)).card?.renderedRevision === (await read(other.runId)).revision);
    expect((await read(fresh.runId)).card).toBeNull();
  });
});

describe('what a card shows', () => {
  it('is not sent again by a new keeper when nothing has changed', async () => {
    const row = await withCard();
    const other = await withCard();
    keep();
    await discord.runs.setStatus(other.runId, 'collecting');
    await discord.driver.waitFor(async () => (await read(other.runId)).card?.renderedRevision === (await read(other.runId)).revision);
    expect((await discord.driver.user('mira').lookAt({ id: row.card?.messageId ?? '' }))?.edits ?? 0).toBe(0);
  });

  it('is brought up to date at once when its owner looks', async () => {
    const row = await withCard();
    await discord.runs.askForCard(row.runId, new Date());
    await discord.runs.cancelAccepted(row.runId, 'owner');
    keep();
    await discord.driver.waitFor(async () => allText((await discord.driver.user('mira').lookAt({ id: row.card?.messageId ?? '' }))?.components ?? []).includes('Cancelling'));
  });
});

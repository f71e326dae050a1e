import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunEnd } from '../../../domain/runs.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { TRAINING_CHANNEL_ID, USERS } from '../../../sandbox/discord/people.js';
import { allText, buttonsOf } from '../../support/components.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { asActivity, startTestDiscord, type TestDiscord } from '../../support/discord-worker.js';
import { REFUSALS } from '../../support/every-ending.js';
import { anEndedRun, aRun } from '../../support/run-rows.js';

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

const mira = () => discord.driver.user('mira');
const here = { where: 'here', channelId: TRAINING_CHANNEL_ID } as const;
const succeeded: RunEnd = { kind: 'succeeded', capturedPoints: 1_900 };

function identity(): Pick<RunRow, 'runId' | 'datasetId' | 'datasetName' | 'accountId'> {
  const runId = randomUUID();
  return { runId, datasetId: randomUUID(), datasetName: `Set ${runId.slice(0, 8)}`, accountId: `discord:${USERS.mira.id}` };
}

/** An ended run whose card was posted while it was open and shows its end by now. */
async function endedWithCard(changes: Partial<RunRow>, end: RunEnd = succeeded): Promise<RunRow> {
  const open = aRun({ ...identity(), slot: Math.floor(Math.random() * 1e9), ...changes });
  await discord.record(open);
  await asActivity(discord.activities.openCard, { runId: open.runId });
  await discord.runs.end(open.runId, end, new Date());
  const row = await discord.runs.read(open.runId);
  if (row?.card === undefined || row.card === null) throw new Error('Expected a card.');
  await discord.runs.cardRendered(row.runId, row.card.messageId, row.revision);
  return row;
}

const messagesAbout = async (row: Pick<RunRow, 'datasetName'>): Promise<Awaited<ReturnType<ReturnType<typeof mira>['visibleMessages']>>> =>
  (await mira().visibleMessages()).filter((message) => allText(message.components).includes(row.datasetName));

describe('a card', () => {
  it('is posted once, where its owner wished it, whoever asks again', async () => {
    const row = aRun({ ...identity(), cardPlace: here, slot: 1 });
    await discord.record(row);
    await Promise.all([asActivity(discord.activities.openCard, row), asActivity(discord.activities.openCard, row)]);
    await asActivity(discord.activities.openCard, row);
    const [card, ...others] = await messagesAbout(row);
    expect(others).toEqual([]);
    expect(card?.channel).toBe('#training');
    expect((await discord.runs.read(row.runId))?.card).toMatchObject({ channelId: TRAINING_CHANNEL_ID, messageId: card?.id, renderedRevision: 1 });
  });

  it('goes to direct messages when the channel is closed to the bot', async () => {
    const channelId = await discord.driver.change({ kind: 'create-channel', name: 'closed' });
    await discord.driver.change({ kind: 'deny', channelId, permissions: ['SEND_MESSAGES'] });
    const row = aRun({ ...identity(), cardPlace: { where: 'here', channelId }, slot: 2 });
    await discord.record(row);
    await asActivity(discord.activities.openCard, row);
    expect((await messagesAbout(row)).map(({ channel }) => channel)).toEqual(['DM']);
  });

  it('complaint 8: survives an error of Discord in the middle of its post without a second one', async () => {
    await discord.driver.faults({ method: 'POST', route: `/channels/${TRAINING_CHANNEL_ID}/messages`, status: 500, afterEffect: true });
    const row = aRun({ ...identity(), cardPlace: here, slot: 3 });
    await discord.record(row);
    await asActivity(discord.activities.openCard, row);
    expect(await messagesAbout(row)).toHaveLength(1);
    await discord.driver.clearFaults();
  });
});

describe('the news of an end', () => {
  it('complaint 1: is a new message that replies to the card and pings its owner alone, however long ago the press was', async () => {
    const row = await endedWithCard({ cardPlace: here });
    await discord.driver.advanceClock(16 * 60_000);
    expect(await asActivity(discord.activities.announce, row)).toEqual({ delivered: true });
    const [card, notice] = await messagesAbout(row);
    expect(notice?.replyTo).toBe(card?.id);
    expect(notice?.pinged).toBe(true);
    expect((await discord.runs.read(row.runId))?.notice).toBe('delivered');
  });

  it('keeps the link out of a channel that others read, and has it in direct messages', async () => {
    const inChannel = await endedWithCard({ cardPlace: here });
    await asActivity(discord.activities.announce, inChannel);
    expect(JSON.stringify(await messagesAbout(inChannel))).not.toContain('sig=');
    expect(buttonsOf((await messagesAbout(inChannel)).at(-1)?.components ?? [])).toEqual(['Download', 'Model', 'Details']);
    const direct = await endedWithCard({ cardPlace: { where: 'dm' } });
    await asActivity(discord.activities.announce, direct);
    expect(JSON.stringify((await messagesAbout(direct)).at(-1))).toContain(`/download/${direct.runId}?expires=`);
  });

  it('complaint 8: is told once, however often it is tried', async () => {
    const row = await endedWithCard({ cardPlace: here });
    await asActivity(discord.activities.announce, row);
    await asActivity(discord.activities.announce, row);
    expect(await messagesAbout(row)).toHaveLength(2);
  });

  it('posts the card as well when none was ever posted', async () => {
    const row = anEndedRun(succeeded, { ...identity(), cardPlace: here });
    await discord.record(row);
    await asActivity(discord.activities.announce, row);
    expect((await messagesAbout(row)).map(({ components }) => buttonsOf(components))).toEqual([
      ['Download', 'Model', 'Train again', 'Other settings', 'Details'],
      ['Download', 'Model', 'Details'],
    ]);
  });

  it('defect 8: goes to direct messages when the channel was deleted', async () => {
    const channelId = await discord.driver.change({ kind: 'create-channel', name: 'short-lived' });
    const row = await endedWithCard({ cardPlace: { where: 'here', channelId } });
    await discord.driver.change({ kind: 'delete-channel', channelId });
    expect(await asActivity(discord.activities.announce, row)).toEqual({ delivered: true });
    expect((await messagesAbout(row)).map(({ channel }) => channel)).toEqual(['DM']);
  });

  it('complaint 6 and defect 8: stays pending when neither channel nor direct messages are open, and is told when they are', async () => {
    await discord.driver.change({ kind: 'dms', user: 'mira', open: false });
    const row = anEndedRun(succeeded, { ...identity(), cardPlace: { where: 'dm' } });
    await discord.record(row);
    expect(await asActivity(discord.activities.announce, row)).toEqual({ delivered: false });
    expect((await discord.runs.read(row.runId))?.notice).toBe('pending');
    await discord.driver.change({ kind: 'dms', user: 'mira', open: true });
    expect(await asActivity(discord.activities.announce, row)).toEqual({ delivered: true });
  });
});

describe('the answer to a press', () => {
  it('stays a pending notice when the press is too old, and the news reaches the owner directly', async () => {
    const row = anEndedRun({ kind: 'refused', refusal: REFUSALS['not-enough-points'] }, identity());
    await discord.record(row);
    await discord.interactions.store({
      interactionId: '99', platform: 'discord', applicationId: '1', token: 'long-dead', accountId: row.accountId, channelId: TRAINING_CHANNEL_ID, guildId: null, canPostHere: true,
      locale: 'en', isOperator: false, createdAt: new Date(),
    });
    await asActivity(discord.activities.answerInteraction, { interactionId: '99', runId: row.runId });
    expect((await discord.runs.read(row.runId))?.notice).toBe('pending');
    expect(await asActivity(discord.activities.announce, row)).toEqual({ delivered: true });
    const [notice] = await messagesAbout(row);
    expect(notice?.channel).toBe('DM');
    expect(allText(notice?.components ?? [])).toContain('you have 12 points to spend');
  });
});

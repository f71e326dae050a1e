import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { waitForRow } from '../../sandbox/demo/player.js';
import { renderMessage } from '../../sandbox/discord/driver/render-message.js';
import { TRAINING_CHANNEL_ID } from '../../sandbox/discord/people.js';
import { ended, failuresOf, letGo, messagesAbout, offered, startedTalk, type Talk } from '../support/conversations.js';
import { hears, slash, verdictsOf } from '../support/wire.js';
import { jpegPicture } from '../support/pictures.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/**
 * The fault matrix of the conversation in Discord: what goes wrong, and the test that shows what people see then.
 *
 * | fault | shown in |
 * |---|---|
 * | direct messages closed; channel, thread, message gone; thread archived; permissions lost; used where the bot is no member | this file |
 * | 16 minutes and 3 hours of clock: dead tokens, limits of old messages (30046) | this file |
 * | limits of a route, of the whole bot, shared; 5xx and reset on every route that is called | discord-faults-routes.test.ts |
 * | the same event delivered ten times; resume, reconnect, invalid session | discord-faults-delivery.test.ts |
 * | double clicks and double offers: 40 pairs, twenty at once | thirteen-defects-runs.test.ts, 8; a thousand: `npm run bench -- --only clicks` |
 * | bot killed between acknowledgement and start; click on a button from before a restart | discord-faults-processes.test.ts |
 * | `discord` worker killed between the post of a card and its record; frozen or dead for 20 minutes across the end of a run | discord-faults-processes.test.ts |
 * | bot or gpu worker killed in mid-training | kills.test.ts |
 * | every message refused with 500 up to the end of a run: the notice waits for the next command | thirteen-defects-runs.test.ts, 10 |
 * | MongoDB or Temporal away, closed or silent, at a command and at a press | outages.test.ts |
 * | files gone from Discord’s host, other hosts, redirects, too large, slow | bad-input-files.test.ts |
 * | 401: the process ends; a refused token and intents at login | test/bot/processes.test.ts, test/sandbox/discord/gateway.test.ts |
 * | 429 on an edit of a card: the newest state is shown once; a card that is gone; a card hours old | test/activities/discord/keep-cards.test.ts |
 */

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { WELCOME_POINTS: '1000000', MAX_OPEN_RUNS: '20', POLL_INTERVAL: '100ms' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);
afterEach(() => letGo(yard));

const mira = () => yard.driver.user('mira');

async function aPlace(kind: 'channel' | 'thread'): Promise<string> {
  return yard.driver.change({ kind: 'create-channel', name: `${kind}-${Date.now().toString(36)}`, ...(kind === 'thread' ? { parentId: TRAINING_CHANNEL_ID } : {}) });
}

/** A training held in the middle whose card stands in a place of its own. */
async function heldIn(kind: 'channel' | 'thread'): Promise<Talk & { channelId: string; cardId: string }> {
  const channelId = await aPlace(kind);
  const talk = await startedTalk(yard, { place: { channel: channelId }, held: true });
  const row = await waitForRow(yard, talk.runId, ({ card }) => card !== null, { what: 'the card' });
  expect(row.card?.channelId).toBe(channelId);
  return { ...talk, channelId, cardId: row.card?.messageId ?? '' };
}

/** Lets the training end; what its owner was told, and where. */
async function toldAtTheEnd(talk: Talk): Promise<string[]> {
  const before = (await messagesAbout(yard, 'mira', talk.datasetName)).map(({ id }) => id);
  await letGo(yard);
  expect(await ended(yard, talk.runId)).toMatchObject({ status: 'succeeded' });
  const news = (await messagesAbout(yard, 'mira', talk.datasetName)).filter(({ id }) => !before.includes(id));
  return news.map((message) => `${message.channel}${message.pinged ? ', pinged' : ''}`);
}

describe('a place that is gone while a training goes on', () => {
  it.each(['channel', 'thread'] as const)('the %s of the card is deleted: the end is told in direct messages', async (kind) => {
    const talk = await heldIn(kind);
    await yard.driver.change({ kind: 'delete-channel', channelId: talk.channelId });
    expect(await toldAtTheEnd(talk)).toEqual(['DM, pinged']);
  }, 60_000);

  it('the thread of the card is archived: the end is told in direct messages', async () => {
    const talk = await heldIn('thread');
    await yard.driver.change({ kind: 'archive-thread', channelId: talk.channelId, archived: true });
    expect(await toldAtTheEnd(talk)).toEqual(['DM, pinged']);
  }, 60_000);

  it('the card is deleted: the end is told in its channel, and nothing is edited any more', async () => {
    const talk = await heldIn('channel');
    await yard.driver.change({ kind: 'delete-message', messageId: talk.cardId });
    expect(await toldAtTheEnd(talk)).toEqual([expect.stringMatching(/^#channel-.*, pinged$/)]);
    const edits = (await yard.driver.calls()).filter(({ method, path }) => method === 'PATCH' && path.endsWith(`/messages/${talk.cardId}`));
    expect(edits.filter(({ status }) => status === 404).length).toBeLessThanOrEqual(1);
  }, 60_000);

  it.each(['SEND_MESSAGES', 'VIEW_CHANNEL'] as const)('the bot loses %s in the channel of the card: the end is told in direct messages', async (permission) => {
    const talk = await heldIn('channel');
    await yard.driver.change({ kind: 'deny', channelId: talk.channelId, permissions: [permission] });
    expect(await toldAtTheEnd(talk)).toEqual(['DM, pinged']);
  }, 60_000);
});

describe('a place that is closed from the start', () => {
  it('direct messages: the run goes on without a card, and its end is shown once, at the next command', async () => {
    await yard.driver.change({ kind: 'dms', user: 'jonas', open: false });
    const talk = await startedTalk(yard, { as: 'jonas', card: 'dm' });
    const row = await ended(yard, talk.runId, 'pending');
    expect(row).toMatchObject({ status: 'succeeded', card: null });
    // For half a minute an end is its own workflow's to tell.
    await yard.connection.collection<{ _id: string }>('runs').updateOne({ _id: talk.runId }, { $set: { endedAt: new Date(Date.now() - 60_000) } });
    const jonas = yard.driver.user('jonas');
    await hears(await jonas.slash('train list'), new RegExp(`could not be reached[\\s\\S]*${talk.datasetName}`));
    await waitForRow(yard, talk.runId, ({ notice }) => notice === 'delivered');
    expect(await slash(jonas, 'train list')).not.toContain('could not be reached');
    await yard.driver.change({ kind: 'dms', user: 'jonas', open: true });
  }, 60_000);

  it('a channel in which the bot may not write: the screen says before the start that the card goes elsewhere', async () => {
    const channelId = await aPlace('channel');
    await yard.driver.change({ kind: 'deny', channelId, permissions: ['SEND_MESSAGES'] });
    const { offer, player, runId, datasetName } = await offered(yard, { place: { channel: channelId } });
    expect(renderMessage(offer)).toMatch(/cannot post in this channel.*direct messages/s);
    await player.user.click(offer, 'Start training');
    await ended(yard, runId);
    const channels = (await messagesAbout(yard, 'mira', datasetName)).map(({ channel }) => channel);
    expect(channels).toEqual(['DM', 'DM']);
  }, 60_000);
});

describe('a server in which the bot is no member', () => {
  const elsewhere = { channel: 'elsewhere' };

  it('everything but the card is the same: create, upload, captions, points, start and the news', async () => {
    const callsBefore = (await yard.driver.calls()).length;
    const { player, offer, runId, datasetId, datasetName } = await offered(yard, { place: elsewhere });
    expect(renderMessage(offer)).toMatch(/direct messages/);
    const file = { filename: 'tilda.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 900 }) };
    expect(await verdictsOf(await mira().slash('train upload', { id: datasetId, image: file, caption: 'Tilda far from home' }, elsewhere))).toContain('1 image added');
    await hears(await mira().slash('train create', { name: `Elsewhere ${Date.now().toString(36)}` }, elsewhere), /ready for images/);
    await hears(await mira().slash('points balance', {}, elsewhere), /to spend/);

    // The offer was for the dataset as it was: its press is refused with what to do, and the next one starts.
    await hears(await player.user.click(offer, 'Start training'), /chang/i);
    expect(await ended(yard, runId)).toMatchObject({ status: 'refused' });
    const again = await (await mira().slash('train start', { id: datasetId, recipe: 'sd15-lora', steps: 400 }, elsewhere)).message();
    const nextRunId = await player.runIdOf(again);
    await hears(await mira().click(again, 'Start training'), /accepted/);
    await ended(yard, nextRunId);
    expect((await messagesAbout(yard, 'mira', datasetName)).map(({ channel }) => channel)).toEqual(['DM', 'DM']);
    const refused = (await yard.driver.calls()).slice(callsBefore).filter(({ status }) => status >= 400);
    expect(refused.map(({ method, path, code }) => `${method} ${path} ${code ?? ''}`)).toEqual([]);
  }, 60_000);

  it('the upload form works there, too', async () => {
    const { datasetId } = await offered(yard);
    const modal = await (await mira().slash('train upload', { id: datasetId }, elsewhere)).modal();
    const files = [{ filename: 'form.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 901 }) }];
    expect(await verdictsOf(await mira().submitModal(modal, { files }))).toContain('1 image added');
  }, 60_000);
});

describe('16 minutes later', () => {
  it('the token of the press is dead before the run could answer: the card tells it, and nothing fails', async () => {
    const { player, offer, runId, datasetName } = await offered(yard, { place: { channel: await aPlace('channel') } });
    await yard.driver.faults({ method: 'PATCH', route: '/webhooks/*', status: 503, times: 1_000 });
    await player.user.click(offer, 'Start training');
    await waitForRow(yard, runId, ({ card }) => card !== null);
    await yard.driver.advanceClock(16 * 60_000);
    await yard.driver.clearFaults();
    expect(await ended(yard, runId)).toMatchObject({ status: 'succeeded' });
    expect(await messagesAbout(yard, 'mira', datasetName)).toHaveLength(2);
  }, 60_000);

  it('a refusal that came too late for its press is told in direct messages', async () => {
    const { player, offer, runId, datasetId, datasetName } = await offered(yard);
    await slash(mira(), 'train caption', { id: datasetId, image: '1', text: 'another caption than the offer was for' });
    await yard.driver.faults({ method: 'PATCH', route: '/webhooks/*', status: 503, times: 1_000 });
    await player.user.click(offer, 'Start training');
    await waitForRow(yard, runId, ({ open }) => !open);
    await yard.driver.advanceClock(16 * 60_000);
    await yard.driver.clearFaults();
    await ended(yard, runId);
    expect((await messagesAbout(yard, 'mira', datasetName)).map(({ channel }) => channel)).toEqual(['DM']);
  }, 60_000);

  it('the verdicts of an upload whose token died go to direct messages, all of them', async () => {
    const { datasetId, datasetName } = await offered(yard);
    await yard.driver.faults({ method: 'PATCH', route: '/webhooks/*', status: 503, times: 1_000 });
    const file = { filename: 'late.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 902 }) };
    await mira().slash('train upload', { id: datasetId, image: file });
    await yard.driver.waitFor(async () => (await yard.driver.calls()).some(({ method, path, injected }) => injected === true && method === 'PATCH' && path.startsWith('/webhooks/')), { timeoutMs: 30_000 });
    await yard.driver.advanceClock(16 * 60_000);
    await yard.driver.clearFaults();
    await yard.driver.waitFor(async () => (await messagesAbout(yard, 'mira', datasetName)).some(({ channel, components }) => channel === 'DM' && JSON.stringify(components).includes('1 image added')), { timeoutMs: 40_000, what: 'the verdicts in direct messages' });
  }, 60_000);
});

describe('3 hours later', () => {
  it('the card still shows every state, however few edits of old messages Discord takes, and its buttons work', async () => {
    const talks = [];
    const channelId = await aPlace('channel');
    for (let at = 0; at < 3; at += 1) talks.push(await startedTalk(yard, { place: { channel: channelId }, held: at === 0 }));
    for (const { runId } of talks) await waitForRow(yard, runId, ({ card }) => card !== null);
    await yard.driver.advanceClock(3 * 3_600_000);
    const [first] = talks;
    if (first === undefined) throw new Error('Expected a run.');
    const { card } = await waitForRow(yard, first.runId, () => true);
    await hears(await mira().click({ id: card?.messageId ?? '' }, 'Cancel training'), /Cancel the training/);
    // Runs that end at once make more edits of old messages than the channel takes in six seconds.
    await letGo(yard);
    for (const { runId } of talks) {
      await ended(yard, runId);
      await waitForRow(yard, runId, (row) => (row.card?.renderedRevision ?? 0) >= row.revision, { timeoutMs: 30_000, what: 'the end on an old card' });
    }
    for (const { datasetName } of talks) {
      const [shownCard, notice, ...others] = await messagesAbout(yard, 'mira', datasetName);
      expect(others).toEqual([]);
      expect(shownCard === undefined ? '' : renderMessage(shownCard)).toContain('Done');
      expect(notice?.replyTo).toBe(shownCard?.id);
    }
    await hears(await mira().click({ id: card?.messageId ?? '' }, 'Download'), /works until/);
    expect((await yard.driver.calls()).filter(({ code }) => code === 30046).length).toBeGreaterThan(0);
  }, 90_000);
});

describe('whatever went wrong above', () => {
  it('left nobody with a failed interaction, and made the bot do nothing that Discord would refuse', async () => {
    // Of the upload whose token died Discord itself says so, where it had said "thinking…".
    expect(await failuresOf(yard, ['mira', 'jonas'])).toEqual([expect.stringContaining('late.jpg')]);
    expect(await yard.driver.violations()).toEqual([]);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { createRuns } from '../../models/runs.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { renderMessage } from '../../sandbox/discord/driver/render-message.js';
import { ended, letGo, messagesAbout, offered, startedTalk, type Talk } from '../support/conversations.js';
import { eventually } from '../support/eventually.js';
import { jpegPicture } from '../support/pictures.js';
import { openProcessYard, type ProcessYard } from '../support/process-yard.js';
import { accountOf } from '../support/seeds.js';
import { hears, slash, verdictsOf } from '../support/wire.js';

/** Processes of the conversation that are killed or frozen. The whole matrix of faults is in discord-faults-places.test.ts. */

let yard: ProcessYard;

beforeAll(async () => {
  yard = await openProcessYard({ WELCOME_POINTS: '1000000', MAX_OPEN_RUNS: '20' });
}, 120_000);
afterAll(() => yard.close(), 60_000);
afterEach(async () => {
  await yard.driver.clearFaults();
  await letGo(yard);
});

const mira = () => yard.driver.user('mira');
const MINUTES = 60_000;

async function entriesOf(runId: string): Promise<string[]> {
  const entries = await yard.mongo.collection('points_entries').find({ account: accountOf('mira') }).toArray();
  return entries.filter((entry) => JSON.stringify(entry).includes(runId)).map((entry) => String(entry['kind'])).sort();
}

function isStarted(runId: string): Promise<boolean> {
  return yard.client.workflow.getHandle(trainRunIdOf(runId)).describe().then(() => true, () => false);
}

describe('the bot is killed', () => {
  it('complaint 2: between the acknowledgement of a press and the start: no run and no points, and the same button starts one run after', async () => {
    const { player, offer, runId } = await offered(yard);
    await yard.driver.faults({ method: 'POST', route: '/interactions/:id/:token/callback', afterEffect: true, delayMs: 30_000 });
    const handle = await player.user.click(offer, 'Start training');
    await handle.waitFor(({ acknowledgedAt }) => acknowledgedAt !== undefined);
    await yard.kill('bot');
    expect((await handle.view()).failure).toBeUndefined();
    expect(await isStarted(runId)).toBe(false);
    expect(await entriesOf(runId)).toEqual([]);

    // The button is from before the restart.
    await hears(await player.user.click(offer, 'Start training'), /accepted/);
    expect(await ended(yard, runId)).toMatchObject({ status: 'succeeded' });
    expect(await entriesOf(runId)).toEqual(['capture', 'hold']);
  }, 90_000);

  it('right after the start of a run and of an upload: both are answered all the same, while it is gone', async () => {
    const { player, offer, runId, datasetId } = await offered(yard);
    yard.freeze('images');
    const image = { filename: 'meanwhile.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 920 }) };
    const other = await offered(yard, { as: 'jonas' });
    const upload = await yard.driver.user('jonas').slash('train upload', { id: other.datasetId, image, caption: 'meanwhile' });
    const press = await player.user.click(offer, 'Start training');
    await eventually(async () => {
      expect(await isStarted(runId)).toBe(true);
      expect(await yard.client.workflow.getHandle(`intake:${upload.id}`).describe().then(() => true, () => false)).toBe(true);
    }, 20_000);
    const killed = yard.kill('bot');
    yard.thaw('images');
    await hears(press, /accepted/);
    expect(await verdictsOf(upload)).toContain('1 image added');
    await killed;
    await ended(yard, runId);
    expect(await slash(mira(), 'train view', { id: datasetId })).toContain('4 of 4–20 images');
  }, 90_000);
});

describe('the worker that speaks to Discord is killed', () => {
  it('between the post of a card and its record: there is one card, it is the recorded one, and it goes on to show the end', async () => {
    const { player, offer, runId, datasetName } = await offered(yard, { place: { channel: 'general' } });
    await yard.driver.faults({ method: 'POST', route: '/channels/*/messages', afterEffect: true, delayMs: 60_000 });
    await player.user.click(offer, 'Start training');
    await yard.driver.waitFor(async () => (await messagesAbout(yard, 'mira', datasetName)).length > 0, { timeoutMs: 30_000, what: 'the card' });
    expect((await createRuns(yard.mongo).read(runId))?.card).toBeNull();
    await yard.kill('discord');

    const row = await ended(yard, runId);
    const [card, notice, ...others] = await messagesAbout(yard, 'mira', datasetName);
    expect(others).toEqual([]);
    expect(row.card?.messageId).toBe(card?.id);
    expect(notice?.replyTo).toBe(card?.id);
    // Its keeper was killed as well, and is missed only when its heartbeats stay away.
    await eventually(async () => {
      const [shown] = await messagesAbout(yard, 'mira', datasetName);
      expect(shown === undefined ? '' : renderMessage(shown)).toContain('Done');
    }, 60_000);
  }, 120_000);
});

describe('the worker that speaks to Discord is away for 20 minutes, across the end of a run', () => {
  /** Freezes it in mid-training, lets the run end on record, and skips Discord's clock. */
  async function endedInSilence(): Promise<Talk & { before: number }> {
    const talk = await startedTalk(yard, { place: { channel: 'general' }, held: true });
    await waitForRow(yard, talk.runId, ({ card }) => card !== null);
    yard.freeze('discord');
    await letGo(yard);
    await waitForRow(yard, talk.runId, ({ open }) => !open, { what: 'the end of the run' });
    await yard.driver.advanceClock(20 * MINUTES);
    const before = (await messagesAbout(yard, 'mira', talk.datasetName)).length;
    return { ...talk, before };
  }

  async function toldOnce({ runId, datasetName, before }: Awaited<ReturnType<typeof endedInSilence>>): Promise<void> {
    expect(before).toBe(1);
    expect(await ended(yard, runId)).toMatchObject({ status: 'succeeded' });
    await eventually(async () => {
      const row = await createRuns(yard.mongo).read(runId);
      expect(row?.card?.renderedRevision).toBe(row?.revision);
    }, 30_000);
    await yard.client.workflow.getHandle(trainRunIdOf(runId)).result();
    const [card, notice, ...others] = await messagesAbout(yard, 'mira', datasetName);
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ replyTo: card?.id, pinged: true });
  }

  it('frozen and thawed: the card shows the end, and the notice comes, once', async () => {
    const talk = await endedInSilence();
    yard.thaw('discord');
    await toldOnce(talk);
  }, 90_000);

  it('dead and started again: the card shows the end, and the notice comes, once', async () => {
    const talk = await endedInSilence();
    await yard.kill('discord');
    await toldOnce(talk);
  }, 90_000);
});

describe('whatever was killed above', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await yard.driver.violations()).toEqual([]);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { points } from '../../domain/points.js';
import type { RunRow } from '../../models/runs-schema.js';
import { createPlayer, waitForRow, type Player } from '../../sandbox/demo/player.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import type { SeenMessage } from '../../sandbox/discord/user/view.js';
import { buttonsOf } from '../support/components.js';
import { accountOf, captioned, possessionsOf, seedDataset } from '../support/seeds.js';
import { hears, slash } from '../support/wire.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/** Starts and cancels at the wrong time, twice, or by the wrong person: one clear answer, and points and runs as they should be. */

let yard: TestYard;
let mira: Player;
let jonas: Player;

const QUICK_RUN = { recipe: 'sd15-lora', steps: 100 };
const PRICE = 1_000 + 4 * 50 + 20;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { WELCOME_POINTS: '1000' } });
  mira = createPlayer(yard, 'mira', silentTranscript);
  jonas = createPlayer(yard, 'jonas', silentTranscript);
  await grant('mira', 100_000);
}, 120_000);
afterAll(() => yard.stop(), 60_000);
afterEach(async () => {
  await yard.driver.clearFaults();
  await node().release();
});

function node() {
  const [first] = yard.nodes;
  if (first === undefined) throw new Error('Expected the yard to have a node.');
  return first.control;
}

let grants = 0;
async function grant(name: PersonName, amount: number): Promise<void> {
  grants += 1;
  await yard.context.models.ledger.grant({ accountId: accountOf(name), key: `grant:test-${grants}`, amountPoints: points(amount) });
}

/** Waits until the node has stopped in the middle of this run; what it reports of it is throttled. */
async function heldOnNode(runId: string): Promise<void> {
  await node().waitForJobs((jobs) => jobs.some((job) => job.runId === runId && job.held), 30_000);
}

const seed = (owner: PersonName = 'mira'): Promise<string> => seedDataset(yard.connection, { owner, images: captioned(4) });
const ended = (runId: string): Promise<RunRow> => waitForRow(yard, runId, ({ open, notice }) => !open && notice === 'delivered', { what: 'the end of the run' });
const possessions = (name: PersonName) => possessionsOf(yard.connection, name);

async function runsOf(datasetId: string): Promise<{ status: string }[]> {
  return yard.connection.collection<{ _id: string; status: string }>('runs').find({ datasetId }).toArray();
}

async function kindsOf(name: PersonName, runId: string): Promise<string[]> {
  const entries = await yard.context.models.ledger.historyOf(accountOf(name), { limit: 100 });
  return entries.filter((entry) => entry.runId === runId).map(({ kind }) => kind).sort();
}

/** The next answer to a press is lost on its way: the message stays as it is, and its button can be pressed again. */
async function pressUnheard(player: Player, offer: SeenMessage): Promise<string> {
  const runId = await player.runIdOf(offer);
  await yard.driver.faults({ method: 'PATCH', route: '/webhooks/*', status: 404, code: 10_015, times: 1 });
  await player.user.click(offer, 'Start training');
  return runId;
}

describe('a confirm button', () => {
  it('pressed twice at once starts one run, and both presses tell of it', async () => {
    const datasetId = await seed();
    const offer = await mira.offer(datasetId, QUICK_RUN);
    const runId = await mira.runIdOf(offer);
    const presses = await Promise.all([mira.user.click(offer, 'Start training'), mira.user.click(offer, 'Start training')]);
    for (const press of presses) await hears(press, /is accepted|Waiting for|Checking|Preparing|Training|Done/);
    expect(await ended(runId)).toMatchObject({ status: 'succeeded' });
    expect(await runsOf(datasetId)).toHaveLength(1);
    expect(await kindsOf('mira', runId)).toEqual(['capture', 'hold']);
  });

  it('pressed again after the run has ended shows how it ended, and takes nothing', async () => {
    const datasetId = await seed();
    const offer = await mira.offer(datasetId, QUICK_RUN);
    const runId = await pressUnheard(mira, offer);
    expect(await ended(runId)).toMatchObject({ status: 'succeeded' });
    const before = await possessions('mira');
    const jobs = (await node().jobs()).length;
    await hears(await mira.user.click(offer, 'Start training'), /Done[\s\S]*trained and checked[\s\S]*1,220 points spent/);
    expect(await possessions('mira')).toEqual(before);
    expect(await node().jobs()).toHaveLength(jobs);
  });

  it('of a start that was refused for points is not revived by more points: a new offer is', async () => {
    const datasetId = await seed('jonas');
    const poor = await jonas.offer(datasetId, QUICK_RUN);
    expect(JSON.stringify(poor.components)).toContain('You have 1,000 points, which is 220 points too few.');
    await expect(jonas.user.click(poor, 'Start training')).rejects.toThrow(/disabled/);
    await grant('jonas', 1_000);
    const offer = await jonas.offer(datasetId, QUICK_RUN);
    await node().hold(20);
    const other = await jonas.confirm(await jonas.offer(await seed('jonas'), QUICK_RUN));
    await heldOnNode(other);
    const runId = await pressUnheard(jonas, offer);
    expect(await ended(runId)).toMatchObject({ status: 'refused', end: { refusal: { code: 'not-enough-points', neededPoints: PRICE, availablePoints: 780 } } });
    await node().release();
    await ended(other);

    await grant('jonas', 10_000);
    const before = await possessions('jonas');
    await hears(await jonas.user.click(offer, 'Start training'), /Not started[\s\S]*costs 1,220 points; you have 780[\s\S]*No points were taken[\s\S]*\[Train again\]/);
    expect(await possessions('jonas')).toEqual(before);

    const again = await mira.runIdOf(await jonas.offer(datasetId, QUICK_RUN));
    expect(again).not.toBe(runId);
    expect(await kindsOf('jonas', runId)).toEqual(['refused']);
  });

  it('of an offer that has expired says so and where to get a new one', async () => {
    const offer = await mira.offer(await seed(), QUICK_RUN);
    await yard.connection.collection('quotes').updateOne({ runId: await mira.runIdOf(offer) }, { $set: { expiresAt: new Date(Date.now() - 1) } });
    const before = await possessions('mira');
    await hears(await mira.user.click(offer, 'Start training'), /offer has expired[\s\S]*`\/train start`[\s\S]*No points were taken[\s\S]*\[New offer\]/);
    expect(await possessions('mira')).toEqual(before);
  });

  const CHANGES: readonly [string, (id: string) => Promise<unknown>, RegExp][] = [
    ['got another caption', (id) => slash(mira.user, 'train caption', { id, image: '1', text: 'another' }), /dataset has changed since this offer[\s\S]*`\/train start`/],
    ['lost an image', (id) => slash(mira.user, 'train remove', { id, image: '1' }), /dataset has changed since this offer/],
    ['is gone', (id) => yard.context.models.datasets.remove(id), /not one of your datasets/],
  ];
  it.each(CHANGES)('of an offer whose dataset %s meanwhile is refused before a point is touched', async (_what, change, sentence) => {
    const datasetId = await seed();
    const offer = await mira.offer(datasetId, QUICK_RUN);
    const runId = await mira.runIdOf(offer);
    await change(datasetId);
    const before = await possessions('mira');
    await hears(await mira.user.click(offer, 'Start training'), sentence);
    await ended(runId);
    expect(await possessions('mira')).toEqual(before);
    expect(await kindsOf('mira', runId)).toEqual([]);
  });
});

describe('a dataset that is being trained', () => {
  it('is not offered again, and an older offer of it is refused; the run goes on', async () => {
    const datasetId = await seed();
    const older = await mira.offer(datasetId, QUICK_RUN);
    await node().hold(20);
    const runId = await mira.confirm(await mira.offer(datasetId, QUICK_RUN));
    await heldOnNode(runId);
    const { entries } = await possessions('mira');
    expect(await slash(mira.user, 'train start', { id: datasetId })).toMatch(/being trained already[\s\S]*No points were taken[\s\S]*\[Show it\]/);
    await hears(await mira.user.click(older, 'Start training'), /being trained already[\s\S]*No points were taken/);
    expect((await possessions('mira')).entries).toEqual(entries);
    await node().release();
    expect(await ended(runId)).toMatchObject({ status: 'succeeded' });
    expect((await runsOf(datasetId)).map(({ status }) => status).sort()).toEqual(['refused', 'succeeded']);
  });
});

describe('somebody else', () => {
  it('can neither start, cancel, train again nor download what is not theirs, though they see its card', async () => {
    const datasetId = await seed();
    expect(await slash(jonas.user, 'train start', { id: datasetId })).toContain('This is not one of your datasets.');
    await node().hold(20);
    const runId = await mira.confirm(await mira.offer(datasetId, { ...QUICK_RUN, card: 'here' }));
    await heldOnNode(runId);
    const before = await possessions('jonas');
    const training = await publicMessage('Cancel training');
    await hears(await jonas.user.click(training, 'Cancel training'), /This is not one of your trainings/);
    expect((await waitForRow(yard, runId, () => true)).open).toBe(true);

    await node().release();
    await ended(runId);
    const card = await publicMessage('Train again');
    expect(card.id).toBe(training.id);
    await hears(await jonas.user.click(card, 'Train again'), /This is not one of your trainings/);
    await hears(await jonas.user.click(card, 'Download'), /This is not one of your models/);
    expect(await possessions('jonas')).toEqual(before);
    expect(await kindsOf('mira', runId)).toEqual(['capture', 'hold']);
    expect((await jonas.user.lookAt(card))?.edits).toBe((await mira.user.lookAt(card))?.edits);
  });

  async function publicMessage(label: string): Promise<SeenMessage> {
    return yard.driver.waitFor(async () => (await jonas.user.visibleMessages({ channel: 'training' })).find(({ ephemeral, components }) => !ephemeral && buttonsOf(components).includes(label)), { timeoutMs: 20_000, what: `a card with [${label}]` });
  }
});

describe('a run that has ended', () => {
  it('cannot be cancelled: not by the command, and not by a question that is still on screen', async () => {
    const datasetId = await seed();
    await node().hold(50);
    const runId = await mira.confirm(await mira.offer(datasetId, QUICK_RUN));
    await heldOnNode(runId);
    const question = await mira.slash('train cancel', { id: datasetId });
    await node().release();
    await ended(runId);

    const before = await possessions('mira');
    const tooLate = /too late to cancel: the training has ended[\s\S]*`\/train status`[\s\S]*points stay as they were settled/;
    await hears(await mira.user.click(question, 'Cancel training'), tooLate);
    expect(await slash(mira.user, 'train cancel', { id: datasetId })).toMatch(tooLate);
    expect(await possessions('mira')).toEqual(before);
    expect(await kindsOf('mira', runId)).toEqual(['capture', 'hold']);
  });
});

describe('whatever was pressed above', () => {
  it('made the bot do nothing that Discord would refuse, and nothing failed before a user', async () => {
    expect(await yard.driver.violations()).toEqual([]);
    for (const player of [mira, jonas]) {
      for (const { failure, messages } of await player.user.interactions()) expect(failure ?? JSON.stringify(messages)).not.toMatch(/did not respond|This interaction failed|Something went wrong/);
    }
  });
});

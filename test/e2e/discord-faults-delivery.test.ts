import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import type { WorldChange } from '../../sandbox/discord/control/changes.js';
import { ended, failuresOf, offered } from '../support/conversations.js';
import { eventually } from '../support/eventually.js';
import { jpegPicture } from '../support/pictures.js';
import { accountOf, seedDataset } from '../support/seeds.js';
import { hears, slash, textOf, verdictsOf } from '../support/wire.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/** Events that come more than once, and connections that break. The whole matrix of faults is in discord-faults-places.test.ts. */

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { WELCOME_POINTS: '1000000', MAX_OPEN_RUNS: '20', POLL_INTERVAL: '100ms' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);

const mira = () => yard.driver.user('mira');
const DELIVERIES = 10;

async function deliverAgain({ id }: InteractionHandle): Promise<void> {
  await Promise.all(Array.from({ length: DELIVERIES - 1 }, () => yard.driver.change({ kind: 'redeliver', interactionId: id })));
}

/** Does something whose event reaches the bot ten times before the first acknowledgement is through. */
async function tenTimes(act: () => Promise<InteractionHandle>): Promise<InteractionHandle> {
  await yard.driver.faults({ method: 'POST', route: '/interactions/:id/:token/callback', delayMs: 200, times: DELIVERIES });
  const handle = await act();
  await deliverAgain(handle);
  return handle;
}

/** One acknowledgement that counted, one answer, and no word of an error in it. */
async function answeredOnce(handle: InteractionHandle): Promise<void> {
  await yard.driver.clearFaults();
  // The last of them may still be on their way when what they are about is on screen.
  await eventually(async () => {
    const callbacks = (await yard.driver.calls()).filter(({ path }) => path.startsWith(`/interactions/${handle.id}/`));
    expect(callbacks.map(({ code }) => code ?? 'acknowledged').sort()).toEqual([...Array<number>(DELIVERIES - 1).fill(40060), 'acknowledged']);
  });
  const seen = await handle.view();
  expect(seen.failure).toBeUndefined();
  expect(seen.messages.length).toBeLessThanOrEqual(1);
  expect(textOf(seen)).not.toMatch(/went wrong/);
}

describe('an event that is delivered ten times', () => {
  it('a command: one dataset is made, and the answer says that it was', async () => {
    const handle = await tenTimes(() => mira().slash('train create', { name: 'Ten of me' }));
    await hears(handle, /ready for images/);
    await answeredOnce(handle);
    expect(await yard.connection.collection('datasets').countDocuments({ name: 'Ten of me' })).toBe(1);
  }, 30_000);

  it('a grant of points: one entry', async () => {
    const handle = await tenTimes(() => yard.driver.user('olga').slash('points grant', { user: accountOf('jonas').split(':')[1] ?? '', points: 7, reason: 'for luck' }));
    await hears(handle, /Granted/);
    await answeredOnce(handle);
    const entries = await yard.context.models.ledger.historyOf(accountOf('jonas'), { limit: 100 });
    expect(entries.filter(({ reason }) => reason === 'for luck')).toHaveLength(1);
  }, 30_000);

  it('an upload: one image and one answer', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const image = { filename: 'once.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 910 }) };
    const handle = await tenTimes(() => mira().slash('train upload', { id: datasetId, image, caption: 'once' }));
    expect(await verdictsOf(handle)).toContain('1 image added');
    await answeredOnce(handle);
    expect((await yard.context.models.datasets.read(datasetId))?.images).toHaveLength(1);
  }, 30_000);

  it('a form that opens: it opens once', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const handle = await tenTimes(() => mira().slash('train upload', { id: datasetId }));
    await handle.modal();
    await answeredOnce(handle);
  }, 30_000);

  it('the press that starts a run: one run, one hold, one card, one notice', async () => {
    const { player, offer, runId } = await offered(yard);
    const handle = await tenTimes(() => player.user.click(offer, 'Start training'));
    await hears(handle, /accepted/);
    await answeredOnce(handle);
    await ended(yard, runId);
    const entries = await yard.context.models.ledger.historyOf(accountOf('mira'), { limit: 1_000 });
    expect(entries.filter((entry) => entry.runId === runId).map(({ kind }) => kind).sort()).toEqual(['capture', 'hold']);
    const posts = (await yard.driver.calls()).filter(({ method, path, body }) => method === 'POST' && path.endsWith('/messages') && JSON.stringify(body).includes(runId.slice(0, 8)));
    expect(posts).toHaveLength(2);
  }, 30_000);

  it('long after it was answered: nothing happens', async () => {
    const handle = await mira().slash('train create', { name: 'Ten of them later' });
    await hears(handle, /ready for images/);
    await deliverAgain(handle);
    await hears(await mira().slash('train create', { name: 'Another' }), /ready for images/);
    await answeredOnce(handle);
  }, 30_000);
});

describe('a connection to the gateway that breaks', () => {
  const BREAKS: readonly [string, WorldChange[]][] = [
    ['is closed and resumed', [{ kind: 'gateway-close', code: 4000 }]],
    ['is asked to reconnect', [{ kind: 'gateway-reconnect' }]],
    ['is closed and its session is invalid', [{ kind: 'gateway-invalidate' }, { kind: 'gateway-close', code: 4000 }]],
    ['is closed five times in a row', Array.from({ length: 5 }, () => ({ kind: 'gateway-close', code: 4000 }) as const)],
  ];

  it.each(BREAKS)('%s: commands, buttons and a run under way go on', async (_how, changes) => {
    const { player, offer, runId } = await offered(yard);
    for (const change of changes) {
      await yard.driver.change(change);
      await yard.driver.waitForBot({ timeoutMs: 15_000 });
    }
    await hears(await player.user.click(offer, 'Start training'), /accepted/);
    await ended(yard, runId);
    expect(await slash(mira(), 'points balance')).toContain('to spend');
  }, 60_000);

  it('a command of the very moment is delivered when the session is resumed, once, and answered', async () => {
    await yard.driver.change({ kind: 'gateway-close', code: 4000 });
    const handle = await mira().slash('train create', { name: 'In the gap' });
    await hears(handle, /ready for images/);
    expect(await yard.connection.collection('datasets').countDocuments({ name: 'In the gap' })).toBe(1);
  }, 30_000);
});

describe('whatever happened above', () => {
  it('left nobody with a failed interaction, and made the bot do nothing that Discord would refuse', async () => {
    expect(await failuresOf(yard, ['mira', 'jonas', 'olga'])).toEqual([]);
    expect(await yard.driver.violations()).toEqual([]);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpBehaviour } from '../../sandbox/comfyui/behaviours.js';
import type { RunRow } from '../../models/runs-schema.js';
import { createPlayer, waitForRow } from '../../sandbox/demo/player.js';
import { renderMessage } from '../../sandbox/discord/driver/render-message.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import { accountOf, captioned, seedDataset } from '../support/seeds.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/**
 * ComfyUI answers what it should not: for good, and the run fails with a reason and all points back; for a while, and the run
 * is trained once all the same.
 */

let yard: TestYard;
/** Taking turns: Discord lets nobody's channel have more than five messages in five seconds. */
const people: PersonName[] = ['mira', 'jonas', 'olga'];

const PRICE = 1_000 + 4 * 50 + 20;
const PROXY_PAGE = '<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1>nginx</body></html>';
const GRAPH_ERROR = { error: { type: 'prompt_no_outputs', message: 'Prompt has no outputs', details: '', extra_info: {} }, node_errors: {} };

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { WELCOME_POINTS: '1000000', POLL_INTERVAL: '50ms', SUBMIT_RETRY_INTERVAL: '100ms' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);
afterEach(() => node().clearScenarios());

function node() {
  const [first] = yard.nodes;
  if (first === undefined) throw new Error('Expected the yard to have a node.');
  return first.control;
}

async function trainWhile(behaviour: Omit<HttpBehaviour, 'kind'>): Promise<{ row: RunRow; kinds: string[]; jobs: number; trainings: number; notice: string }> {
  const name = people.shift() ?? 'mira';
  people.push(name);
  const player = createPlayer(yard, name, silentTranscript);
  const datasetId = await seedDataset(yard.connection, { owner: name, images: captioned(4) });
  const offer = await player.offer(datasetId, { recipe: 'sd15-lora', steps: 100 });
  await node().scenario({ behaviour: { kind: 'http', ...behaviour } });
  const runId = await player.confirm(offer);
  const row = await waitForRow(yard, runId, ({ open, notice }) => !open && notice === 'delivered', { what: 'the end of the run' });
  const entries = await yard.context.models.ledger.historyOf(accountOf(name), { limit: 1_000 });
  const jobs = (await node().jobs()).filter((job) => job.runId === runId);
  const messages = await player.user.visibleMessages({ dm: true });
  const notice = messages.find(({ replyTo }) => replyTo === row.card?.messageId);
  return {
    row,
    kinds: entries.filter((entry) => entry.runId === runId).map(({ kind, amount }) => `${kind} ${amount}`).sort(),
    jobs: jobs.length,
    trainings: jobs.filter(({ trained }) => trained).length,
    notice: notice === undefined ? '' : renderMessage(notice),
  };
}

const TRAINED_ONCE = { jobs: 1, trainings: 1, kinds: [`capture ${PRICE}`, `hold ${PRICE}`] };
const NOTHING_TRAINED = { jobs: 0, trainings: 0, kinds: [`hold ${PRICE}`, `release ${PRICE}`] };

describe('a job that the node does not take', () => {
  const FOR_GOOD: readonly [string, Omit<HttpBehaviour, 'kind' | 'route'>, string, RegExp][] = [
    ['400 with the reason', { status: 400, body: GRAPH_ERROR }, 'GraphRefused', /does not accept this recipe: .*Tell an operator/s],
    ['413', { status: 413, body: 'Request Entity Too Large', contentType: 'text/plain' }, 'GraphRefused', /does not accept this recipe: .*too large/s],
    ['500', { status: 500, body: '500 Internal Server Error', contentType: 'text/plain' }, 'NodeGone', /went away.*3 attempts.*Start it again/s],
    ['a page of HTML', { status: 200, body: PROXY_PAGE, contentType: 'text/html' }, 'NodeGone', /Start it again/],
    ['nothing, and drops the connection', { nothing: 'reset' }, 'NodeGone', /Start it again/],
  ];

  it.each(FOR_GOOD)('because it answers %s every time: the run fails with the reason and all points come back', async (_what, behaviour, type, told) => {
    const { row, notice, ...rest } = await trainWhile({ route: 'POST /prompt', ...behaviour });
    expect(row).toMatchObject({ status: 'failed', end: { kind: 'failed', failure: { type }, releasedPoints: PRICE } });
    expect(rest).toEqual(NOTHING_TRAINED);
    expect(notice).toMatch(told);
    expect(notice).toContain('All 1,220 points came back.');
    expect(notice).not.toMatch(/<html|nginx/i);
  }, 90_000);

  const ONCE: readonly [string, Omit<HttpBehaviour, 'kind' | 'route'>][] = [
    ['500', { status: 500, body: '500 Internal Server Error', contentType: 'text/plain' }],
    ['a page of HTML', { status: 502, body: PROXY_PAGE, contentType: 'text/html' }],
    ['nothing, and keeps the connection', { nothing: 'hang' }],
  ];

  it.each(ONCE)('because it answers %s once: it is submitted again and trained once', async (_what, behaviour) => {
    const { row, notice, ...rest } = await trainWhile({ route: 'POST /prompt', times: 1, ...behaviour });
    expect(row).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(rest).toEqual(TRAINED_ONCE);
    expect(notice).toContain('trained and checked');
  }, 90_000);
});

describe('a training that is under way', () => {
  const AWHILE: readonly [string, Omit<HttpBehaviour, 'kind' | 'route'>][] = [
    ['500', { status: 500, body: '500 Internal Server Error', contentType: 'text/plain' }],
    ['a page of HTML', { status: 200, body: PROXY_PAGE, contentType: 'text/html' }],
    ['nothing, and drops the connection', { nothing: 'reset' }],
  ];

  it.each(AWHILE)('is not given up because the node answers %s for a while when it is asked about it', async (_what, behaviour) => {
    const { row, notice, ...rest } = await trainWhile({ route: 'GET /api/jobs/:id', times: 4, ...behaviour });
    expect(row).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(rest).toEqual(TRAINED_ONCE);
    expect(notice).toContain('trained and checked');
  }, 90_000);

  it.each(AWHILE.slice(1))('is collected although the node answers %s when its file is fetched', async (_what, behaviour) => {
    const { row, ...rest } = await trainWhile({ route: 'GET /view', times: 2, ...behaviour });
    expect(row).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(rest).toMatchObject(TRAINED_ONCE);
  }, 90_000);
});

describe('pictures that the node does not take', () => {
  it.each([['413', { status: 413 }], ['nothing', { nothing: 'reset' as const }]])('because it answers %s a few times are staged again, and the run is trained once', async (_what, behaviour) => {
    const { row, ...rest } = await trainWhile({ route: 'POST /upload/image', times: 3, ...behaviour });
    expect(row).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(rest).toMatchObject(TRAINED_ONCE);
  }, 90_000);
});

describe('whatever the node answered above', () => {
  it('is no business of Discord, and was told without a violation', async () => {
    expect(await yard.driver.violations()).toEqual([]);
  });
});

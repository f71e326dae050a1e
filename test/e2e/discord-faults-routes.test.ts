import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { COMMAND_BODIES } from '../../bot/commands/index.js';
import { deployCommands } from '../../bot/deploy.js';
import { createGateway, login } from '../../bot/gateway.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { createDiscordDriver } from '../../sandbox/discord/driver/driver.js';
import { renderMessage } from '../../sandbox/discord/driver/render-message.js';
import type { Fault } from '../../sandbox/discord/faults.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import { createDiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { ended, failuresOf, messagesAbout, offered } from '../support/conversations.js';
import { CALLED_ROUTES, NAMED_ROUTES, routesWithoutRow } from '../support/discord-routes.js';
import { eventually } from '../support/eventually.js';
import { anEndedRun } from '../support/run-rows.js';
import { accountOf } from '../support/seeds.js';
import { hears, slash } from '../support/wire.js';
import { openProcessYard, type ProcessYard } from '../support/process-yard.js';

/**
 * Each route of Discord that is called, while it is unwell. The whole matrix of faults is in discord-faults-places.test.ts.
 * The parts are processes of their own: within a test's realm the REST client does not know a reset connection for an error.
 */

let yard: ProcessYard;
const people: PersonName[] = ['mira', 'jonas', 'olga'];

beforeAll(async () => {
  yard = await openProcessYard({ WELCOME_POINTS: '1000000', MAX_OPEN_RUNS: '20' });
}, 120_000);
afterAll(() => yard.close(), 60_000);
afterEach(() => yard.driver.clearFaults());

type Unwell = Omit<Fault, 'method' | 'route'>;

/** Discord names whole seconds in its headers, so one 429 is a second lost. */
const LIMIT = { status: 429, retryAfter: 0.2 } as const;
const BEFORE_EFFECT: readonly [string, Unwell][] = [
  ['500, twice', { status: 500, times: 2 }],
  ['a reset connection, twice', { reset: true, times: 2 }],
  ['429 of the route', { ...LIMIT, scope: 'user' }],
  ['429 of the whole bot', { ...LIMIT, scope: 'global' }],
  ['429 shared with others', { ...LIMIT, scope: 'shared' }],
];
/** Done, and the answer lost on its way. */
const AFTER_EFFECT: readonly [string, Unwell][] = [
  ['500 after it was done', { status: 500, afterEffect: true }],
  ['a connection reset after it was done', { reset: true, afterEffect: true }],
];

function faultsOn(routes: readonly string[], unwell: Unwell): Fault[] {
  return routes.map((name) => {
    const [method = '', route = ''] = name.split(' ');
    return { method, route, ...unwell };
  });
}

/** That the fault really hit each route, or the test shows nothing. */
async function expectHits(routes: readonly string[], since: number): Promise<void> {
  const hit = (await yard.driver.calls()).slice(since).filter(({ injected }) => injected === true);
  for (const name of routes) {
    const [method = '', route = ''] = name.split(' ');
    const pattern = new RegExp(`^${route.replace(/:[a-z]+/g, '[^/]+')}$`);
    expect(hit.filter((call) => call.method === method && pattern.test(call.path)).length).toBeGreaterThan(0);
  }
}

describe('a command', () => {
  const ROUTES = ['POST /interactions/:id/:token/callback', 'PATCH /webhooks/:app/:token/messages/:message'];

  describe.each(ROUTES)('whose %s meets', (route) => {
    it.each(BEFORE_EFFECT)('%s is answered', async (_what, unwell) => {
      const since = (await yard.driver.calls()).length;
      await yard.driver.faults(...faultsOn([route], unwell));
      expect(await slash(yard.driver.user('mira'), 'points balance')).toContain('to spend');
      await expectHits([route], since);
    }, 30_000);
  });

  it.each(AFTER_EFFECT)('whose answer meets %s is answered', async (_what, unwell) => {
    await yard.driver.faults(...faultsOn(['PATCH /webhooks/:app/:token/messages/:message'], unwell));
    expect(await slash(yard.driver.user('mira'), 'points balance')).toContain('to spend');
  }, 30_000);

  it('whose acknowledgements are all refused fails for that moment only', async () => {
    await yard.driver.faults(...faultsOn(['POST /interactions/:id/:token/callback'], { status: 500, times: 50 }));
    const handle = await yard.driver.user('mira').slash('points balance');
    await yard.driver.advanceClock(3_100);
    expect((await handle.waitFor(({ failure }) => failure !== undefined)).failure).toMatch(/did not respond/);
    await yard.driver.clearFaults();
    expect(await slash(yard.driver.user('mira'), 'points balance')).toContain('to spend');
  }, 30_000);
});

describe('a notice at the next command', () => {
  it.each([...BEFORE_EFFECT, ...AFTER_EFFECT])('that meets %s is shown, and not once more at the command after', async (_what, unwell) => {
    const runId = randomUUID();
    const datasetName = `Pending ${runId.slice(0, 8)}`;
    const { runId: _id, ...row } = anEndedRun({ kind: 'succeeded', capturedPoints: 1 }, { runId, datasetName, accountId: accountOf('jonas'), datasetId: randomUUID() });
    await yard.mongo.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
    await yard.driver.faults(...faultsOn(['POST /webhooks/:app/:token'], unwell));
    await hears(await yard.driver.user('jonas').slash('train list'), new RegExp(`could not be reached[\\s\\S]*${datasetName}`));
    await waitForRow(yard, runId, ({ notice }) => notice === 'delivered');
    expect(await slash(yard.driver.user('jonas'), 'train list')).not.toContain('could not be reached');
  }, 30_000);
});

describe('a run in direct messages', () => {
  const ROUTES = [
    'PATCH /webhooks/:app/:token/messages/:message', 'POST /users/@me/channels', 'POST /channels/:channel/messages', 'PATCH /channels/:channel/messages/:message',
  ];

  async function ranWhile(unwell: Unwell, mustHit = ROUTES): Promise<void> {
    const as = people.shift() ?? 'mira';
    people.push(as);
    const since = (await yard.driver.calls()).length;
    const { player, offer, runId, datasetName } = await offered(yard, { as, card: 'dm' });
    await yard.driver.faults(...faultsOn(ROUTES, unwell));
    const handle = await player.user.click(offer, 'Start training');
    await hears(handle, /accepted/);
    expect(await ended(yard, runId)).toMatchObject({ status: 'succeeded' });
    await expectHits(mustHit, since);
    const [card, notice, ...others] = await messagesAbout(yard, as, datasetName);
    expect(others).toEqual([]);
    await eventually(async () => {
      const final = await player.user.lookAt({ id: card?.id ?? '' });
      expect(final === undefined ? '' : renderMessage(final)).toContain('Done');
    });
    expect(notice).toMatchObject({ replyTo: card?.id, pinged: true });
  }

  it.each([...BEFORE_EFFECT, ...AFTER_EFFECT])('with %s on each of its routes: answered, one card that shows the end, one notice', async (_what, unwell) => {
    await ranWhile(unwell);
  }, 60_000);

  it.each<[string, Unwell]>([
    ['502, longer than a client tries', { status: 502, times: 6 }],
    ['a storm of 429', { ...LIMIT, times: 3 }],
  ])('with %s on every one of its routes at once: the same, later', async (_what, unwell) => {
    // A card that could not be posted before the end shows it at once and needs no edit.
    await ranWhile(unwell, ROUTES.slice(0, -1));
  }, 60_000);
});

describe('a start of the bot', () => {
  const ROUTES = ['GET /gateway/bot', 'GET /applications/:app/commands', 'PUT /applications/:app/commands'];

  it.each([...BEFORE_EFFECT, ...AFTER_EFFECT].filter(([, { reset, scope }]) => reset !== true && (scope ?? 'global') === 'global'))('that meets %s on each of its routes: on the gateway, its commands registered', async (_what, unwell) => {
    const standIn = await createDiscordStandIn();
    const client = createGateway({ apiUrl: standIn.apiUrl, log: pino({ level: 'silent' }), onUnauthorized: () => undefined });
    try {
      const driver = createDiscordDriver(standIn.controlUrl);
      await driver.faults(...faultsOn(ROUTES, unwell));
      const ready = await login(client, standIn.token);
      expect(await deployCommands(ready.rest, ready.application.id, COMMAND_BODIES)).toBe('registered');
      expect((await driver.commands())['global']?.map(({ name }) => name)).toEqual(COMMAND_BODIES.map(({ name }) => name));
      expect((await driver.calls()).filter(({ injected }) => injected === true).length).toBeGreaterThanOrEqual(ROUTES.length);
      expect(routesWithoutRow(await driver.calls())).toEqual([]);
    } finally {
      await client.destroy();
      await standIn.stop();
    }
  }, 30_000);

  it('whose connections are reset: it serves', async () => {
    await yard.driver.faults(...faultsOn(ROUTES, { reset: true, times: 2 }));
    await yard.kill('bot');
    expect(await slash(yard.driver.user('mira'), 'points balance')).toContain('to spend');
  }, 60_000);
});

describe('the list of routes', () => {
  it('names every route that was called here, and every one of them was', async () => {
    const called = new Set((await yard.driver.calls()).map(({ method, route, path }) => `${method} ${route ?? path}`));
    expect(routesWithoutRow(await yard.driver.calls())).toEqual([]);
    expect(Object.keys(CALLED_ROUTES).filter((route) => !called.has(route))).toEqual([]);
  });

  it('names every route that the sources speak of', async () => {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const folders = ['bot', 'activities', 'workers'];
    const files = (await Promise.all(folders.map(async (folder) => (await readdir(join(root, folder), { recursive: true })).map((path) => join(root, folder, path))))).flat();
    const sources = await Promise.all(files.filter((path) => path.endsWith('.ts')).map((path) => readFile(path, 'utf8')));
    const named = new Set(sources.flatMap((text) => [...text.matchAll(/\bRoutes\.(\w+)\(/g)].map(([, name]) => name ?? '')));
    // Only of `npm run deploy-commands`, whose user is at the terminal.
    for (const name of ['currentApplication', 'applicationGuildCommands']) named.delete(name);
    expect([...named].filter((name) => !(name in NAMED_ROUTES))).toEqual([]);
  });
});

describe('whatever was unwell above', () => {
  it('made the bot do nothing that Discord would refuse, and failed nobody but the one whose acknowledgement Discord did not take', async () => {
    expect(await failuresOf(yard, people)).toEqual([expect.stringContaining('/points balance')]);
    expect(await yard.driver.violations()).toEqual([]);
  });
});

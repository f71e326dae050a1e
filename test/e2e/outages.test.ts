import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { createConnection, type Connection } from 'mongoose';
import { pino } from 'pino';
import { connectInTime } from '../../bot/database.js';
import { loadRecipes } from '../../recipes/load.js';
import type { OptionInput } from '../../sandbox/discord/driver/user.js';
import { createPlayer } from '../../sandbox/demo/player.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { startTestBot, type TestBot } from '../support/bot.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { jpegPicture } from '../support/pictures.js';
import { captioned, possessionsOf, seedDataset, type Possessions } from '../support/seeds.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { testTemporalAddress } from '../support/temporal.js';
import { hears, slash } from '../support/wire.js';

/** MongoDB or Temporal goes away while people talk to the bot: they are told so in time, nothing changes, and it all works again after. */

let database: TestDatabase;
let toMongo: TcpProxy;
let toTemporal: TcpProxy;
let throughProxy: Connection;
let temporal: TemporalConnection;
let bot: TestBot;
let before: Possessions;
const giveUp = new AbortController();

beforeAll(async () => {
  database = await openTestDatabase();
  const direct = new URL(database.uri);
  toMongo = await openTcpProxy({ host: direct.hostname, port: Number(direct.port) });
  const [host = '', port = ''] = testTemporalAddress().split(':');
  toTemporal = await openTcpProxy({ host, port: Number(port) });
  // The replica set names its member's own address, around the proxy, unless the connection is a direct one.
  const uri = `mongodb://${toMongo.host}:${toMongo.port}${direct.pathname}?directConnection=true`;
  throughProxy = createConnection();
  await connectInTime(throughProxy, uri, pino({ level: 'silent' }), giveUp.signal);
  const recipes = await loadRecipes(fileURLToPath(new URL('../../recipes/', import.meta.url)));
  bot = await startTestBot({
    database: throughProxy, recipes: [...recipes.values()], prefix: `outages-${randomUUID()}/`, temporalAddress: `${toTemporal.host}:${toTemporal.port}`,
  });
  temporal = await TemporalConnection.connect({ address: testTemporalAddress() });
  await slash(mira(), 'points balance');
}, 60_000);

afterAll(async () => {
  giveUp.abort();
  await bot.close();
  await temporal.close();
  await throughProxy.close();
  await toMongo.close();
  await toTemporal.close();
  await database.close();
}, 60_000);

afterEach(async () => {
  await toMongo.restore();
  await toTemporal.restore();
  await eventually(() => slash(mira(), 'train list').then((text) => { expect(text).toContain('Your datasets'); }), 20_000, 200);
});

const mira = () => bot.driver.user('mira');
const player = () => createPlayer({ driver: bot.driver, mongo: database.connection } as Parameters<typeof createPlayer>[0], 'mira', silentTranscript);

async function isRunning(runId: string): Promise<boolean> {
  const client = new Client({ connection: temporal });
  return client.workflow.getHandle(trainRunIdOf(runId)).describe().then(({ status }) => status.name === 'RUNNING', () => false);
}

async function pictureOption(): Promise<OptionInput> {
  return { filename: 'tilda.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256 }) };
}

describe('MongoDB is down when a command arrives', () => {
  let datasetId: string;
  beforeEach(async () => {
    datasetId = await seedDataset(database.connection, { images: captioned(5), withFiles: false });
    before = await possessionsOf(database.connection, 'mira');
  });

  const COMMANDS: readonly [string, (id: string) => Promise<Record<string, OptionInput>>][] = [
    ['train list', () => Promise.resolve({})],
    ['train create', () => Promise.resolve({ name: 'Made in the dark' })],
    ['train upload', async (id) => ({ id, image: await pictureOption() })],
    ['train caption', (id) => Promise.resolve({ id, image: '1', text: 'in the dark' })],
    ['train remove', (id) => Promise.resolve({ id, image: '1' })],
    ['train start', (id) => Promise.resolve({ id })],
    ['points balance', () => Promise.resolve({})],
  ];
  const CANNOT_BE_REACHED = /database (cannot be reached|does not answer) just now[\s\S]*in a minute/;

  it('closed: every command is answered in time with what is away and when to try again, and nothing changes', async () => {
    await toMongo.cut('closed');
    const handles = await Promise.all(COMMANDS.map(async ([path, options]) => mira().slash(path, await options(datasetId))));
    for (const handle of handles) await hears(handle, CANNOT_BE_REACHED);
    expect(await mira().autocomplete('train view', 'id', 'a')).toEqual([]);
    expect(await possessionsOf(database.connection, 'mira')).toEqual(before);
  }, 60_000);

  it('silent: every command is answered all the same, and nobody is told that nothing was done when that is not known', async () => {
    await toMongo.cut('silent');
    const handles = await Promise.all(COMMANDS.map(async ([path, options]) => mira().slash(path, await options(datasetId))));
    for (const handle of handles) {
      const answer = await hears(handle, /(does not answer|took too long|cannot be reached)[\s\S]*in a minute/);
      if (!answer.includes('cannot be reached')) expect(answer).not.toContain('nothing was changed');
    }
    expect(await possessionsOf(database.connection, 'mira')).toEqual(before);
  }, 60_000);

  it('closed when the confirm button is pressed: no run starts, and the same button works when it is back', async () => {
    const offer = await player().offer(datasetId);
    const runId = await player().runIdOf(offer);
    before = await possessionsOf(database.connection, 'mira');
    await toMongo.cut('closed');
    await hears(await mira().click(offer, 'Start training'), CANNOT_BE_REACHED);
    expect(await isRunning(runId)).toBe(false);
    expect(await possessionsOf(database.connection, 'mira')).toEqual(before);

    await toMongo.restore();
    await eventually(async () => {
      await mira().click(offer, 'Start training');
      await eventually(async () => { expect(await isRunning(runId)).toBe(true); }, 3_000);
    }, 30_000);
    await new Client({ connection: temporal }).workflow.getHandle(trainRunIdOf(runId)).terminate('the test is over');
  }, 60_000);
});

describe('Temporal is down when a command arrives', () => {
  let datasetId: string;
  beforeEach(async () => {
    datasetId = await seedDataset(database.connection, { images: captioned(5), withFiles: false });
  });

  it.each(['closed', 'silent'] as const)('%s: a start is not confirmed, the button stays, and pressing it again starts one run', async (how) => {
    const offer = await player().offer(datasetId);
    const runId = await player().runIdOf(offer);
    before = await possessionsOf(database.connection, 'mira');
    await toTemporal.cut(how);
    const sentence = await hears(await mira().click(offer, 'Start training'), /Not confirmed/);
    expect(sentence).toMatch(/the yard did not answer in time\. Press again; it cannot start twice\.[\s\S]*\[Start training\]/);
    expect(await possessionsOf(database.connection, 'mira')).toEqual(before);

    await toTemporal.restore();
    await eventually(async () => {
      await mira().click(offer, 'Start training');
      await eventually(async () => { expect(await isRunning(runId)).toBe(true); }, 3_000);
    }, 30_000);
    await new Client({ connection: temporal }).workflow.getHandle(trainRunIdOf(runId)).terminate('the test is over');
  }, 60_000);

  it('an upload is not confirmed, and can be pressed again without taking anything twice', async () => {
    before = await possessionsOf(database.connection, 'mira');
    await toTemporal.cut('closed');
    await hears(await mira().slash('train upload', { id: datasetId, image: await pictureOption() }), /Not confirmed[\s\S]*Press again; it cannot start twice[\s\S]*\[Try again\]/);
    expect(await possessionsOf(database.connection, 'mira')).toEqual(before);
  }, 60_000);

  it('whatever needs no run goes on: lists, captions, points and offers', async () => {
    await toTemporal.cut('closed');
    expect(await slash(mira(), 'train list')).toContain('Your datasets');
    expect(await slash(mira(), 'train caption', { id: datasetId, image: '1', text: 'meanwhile' })).toContain('is saved');
    expect(await slash(mira(), 'points balance')).toContain('5,000 points');
    expect(await slash(mira(), 'train start', { id: datasetId })).toContain('[Start training]');
  }, 60_000);
});

describe('whatever was away above', () => {
  it('left nobody without an answer and made the bot do nothing that Discord would refuse', async () => {
    expect(await bot.driver.violations()).toEqual([]);
    for (const { failure, label, messages } of await mira().interactions()) expect({ label, failure, text: /Something went wrong/.test(JSON.stringify(messages)) }).toEqual({ label, failure: undefined, text: false });
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { REST, Routes } from 'discord.js';
import { createRedaction } from '../../domain/secrets.js';
import { createDiscordDriver } from '../../sandbox/discord/driver/driver.js';
import { APPLICATION_ID } from '../../sandbox/discord/people.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { createProcessLog } from '../../workers/process-log.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { inSum, watchForLeaks, watchTexts } from '../support/leak-watch.js';
import { startMongoSweep } from '../support/mongo-sweep.js';
import { testTemporalAddress } from '../support/temporal.js';
import { sweepTemporal } from '../support/temporal-sweep.js';
import { runJestIn } from '../support/jest-project.js';

/** A leak is planted in each place that is searched, and must be found. Planted under a mark of its own, which the search at the end of this very run does not look for. */
const PLANTED = `planted-${randomBytes(6).toString('hex')}`;
const MARKS = [PLANTED];

let database: TestDatabase;
let temporal: TemporalConnection;
let discord: DiscordStandIn;

beforeAll(async () => {
  database = await openTestDatabase();
  temporal = await TemporalConnection.connect({ address: testTemporalAddress() });
  discord = await createDiscordStandIn();
});
afterAll(async () => {
  await discord.stop();
  await temporal.close();
  await database.close();
});

describe('a leak to the logs', () => {
  it.each([
    ['in a message', (log: ReturnType<typeof createProcessLog>) => { log.trace(`token ${PLANTED}`); }],
    ['deep in an object', (log: ReturnType<typeof createProcessLog>) => { log.info({ request: { headers: [{ key: PLANTED }] } }, 'sent'); }],
    ['in the cause of an error', (log: ReturnType<typeof createProcessLog>) => { log.error({ err: new Error('away', { cause: new Error(PLANTED) }) }, 'failed'); }],
  ])('is found: %s', (_where, leak) => {
    const watch = watchForLeaks('logs', MARKS);
    leak(createProcessLog('test', 'trace', createRedaction([]), { write: watch.see }));
    expect(watch.findings()).toMatchObject({ searched: 1, leaks: expect.arrayContaining([expect.stringContaining(PLANTED)]) });

    const censored = watchForLeaks('logs', MARKS);
    leak(createProcessLog('test', 'trace', createRedaction([PLANTED]), { write: censored.see }));
    expect(censored.findings()).toMatchObject({ searched: 1, leaks: [] });
  });
});

describe('a leak to Temporal', () => {
  it('is found in inputs, memos and reasons, also of a workflow that is over', async () => {
    const since = new Date(Date.now() - 1_000);
    const client = new Client({ connection: temporal });
    const begin = (name: string, given: object) => client.workflow.start('nobody', { taskQueue: `${PLANTED.slice(8)}-nobody`, workflowId: `${PLANTED.slice(8)}-${name}`, ...given });
    const handles = [await begin('input', { args: [{ url: `https://x/${PLANTED}` }] }), await begin('memo', { memo: { note: PLANTED } }), await begin('clean', {}), await begin('reason', {})];
    await Promise.all(handles.map((handle, at) => handle.terminate(at === 3 ? PLANTED : 'the test is over')));
    for (let tries = 0; ; tries += 1) {
      const { leaks } = await sweepTemporal(testTemporalAddress(), since, MARKS);
      const found = ['input', 'memo', 'reason', 'clean'].filter((name) => leaks.some((leak) => leak.includes(`${PLANTED.slice(8)}-${name}`)));
      if (found.length < 3 && tries < 50) continue; // Lists are a moment behind.
      expect(found).toEqual(['input', 'memo', 'reason']);
      return;
    }
  });
});

describe('a leak to MongoDB', () => {
  it('is found in any write, also one that is overwritten or dropped, and not where a secret has to be', async () => {
    const sweep = await startMongoSweep(database.uri, MARKS);
    const { connection } = database;
    await connection.collection('interactions').insertOne({ token: PLANTED, upload: { files: [{ url: `http://x/${PLANTED}` }] } });
    await connection.collection('runs').insertOne({ lastFailure: { problem: `refused: ${PLANTED}` } });
    await connection.collection('runs').updateMany({}, { $set: { lastFailure: null } });
    await connection.collection('interactions').updateMany({}, { $set: { locale: PLANTED } });
    await connection.collection('uploads.chunks').insertOne({ data: Buffer.from(`bytes ${PLANTED}`) });
    await connection.collection('gone').insertOne({ error: PLANTED });
    await connection.collection('gone').drop();
    const session = await connection.startSession();
    await session.withTransaction(async () => connection.collection('quotes').insertOne({ a: { b: [PLANTED] } }, { session }));
    await session.endSession();
    const { leaks } = await sweep.finish();
    expect(leaks.map((leak) => leak.replace(/: .*\./, ': '))).toEqual(['runs: problem', 'interactions: locale', 'uploads.chunks: data', 'gone: error', 'quotes: 0']);
  });
});

describe('a leak to people', () => {
  it('is found in what the bot says, and a download link is none', async () => {
    const rest = new REST({ api: discord.apiUrl }).setToken(discord.token);
    const driver = createDiscordDriver(discord.controlUrl);
    await rest.put(Routes.applicationCommands(APPLICATION_ID), { body: [{ name: 'x', description: `ask ${PLANTED} or http://x/download/l?expires=1&sig=y`, type: 1 }] });
    expect((await watchTexts(driver, [...MARKS, '&sig='])).findings()).toMatchObject({ leaks: [expect.stringContaining(PLANTED)] });
  });
});

it('findings are told by place, whoever found them', () => {
  const sum = inSum([{ place: 'logs', searched: 2, leaks: ['a'] }, { place: 'logs', searched: 3, leaks: ['b'] }]);
  expect(sum[0]).toEqual({ place: 'logs', searched: 5, leaks: ['a', 'b'] });
  expect(sum).toHaveLength(4);
});

describe('npm test', () => {
  it('is red by a leak alone, although every test has passed', async () => {
    const project = await mkdtemp(join(tmpdir(), 'trainyard-leaky-'));
    try {
      await writeFile(join(project, 'package.json'), '{ "type": "module" }');
      await writeFile(join(project, 'good.test.js'), `test('adds', () => { expect(1 + 1).toBe(2); });`);
      await writeFile(join(project, 'jest.config.mjs'), `export default { testEnvironment: 'node', transform: {}, testMatch: ['**/*.test.js'], globalTeardown: './teardown.mjs' };`);
      await writeFile(
        join(project, 'teardown.mjs'),
        `import { writeFileSync } from 'node:fs';
         export default () => writeFileSync(process.env.TEST_SWEEP_REPORT, JSON.stringify([{ place: 'logs', searched: 1, leaks: ['x'] }, { place: 'MongoDB', searched: 1, leaks: [] }]));`,
      );
      const { tally } = await runJestIn(project);
      expect(tally).toEqual({ passed: 2, failed: 1, notes: ['Secrets leaked to logs:\nx'] });
    } finally {
      await rm(project, { recursive: true });
    }
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { REST } from 'discord.js';
import { COMMAND_BODIES } from '../../bot/commands/index.js';
import { deployCommands } from '../../bot/deploy.js';
import { createDiscordDriver, type DiscordDriver } from '../../sandbox/discord/driver/driver.js';
import { APPLICATION_ID } from '../../sandbox/discord/people.js';
import { createDiscordStandIn, type DiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { allText } from '../support/components.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { testTemporalAddress } from '../support/temporal.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const running: ChildProcess[] = [];
let database: TestDatabase;
let standIn: DiscordStandIn;
let driver: DiscordDriver;

beforeAll(async () => {
  database = await openTestDatabase();
  standIn = await createDiscordStandIn();
  driver = createDiscordDriver(standIn.controlUrl);
  await deployCommands(new REST({ api: standIn.apiUrl }).setToken(standIn.token), APPLICATION_ID, COMMAND_BODIES);
});

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

afterAll(async () => {
  await standIn.stop();
  await database.close();
});

type Environment = Record<string, string>;

function environment(changes: Environment = {}): Environment {
  return {
    MONGODB_URI: database.uri,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    DISCORD_API_URL: standIn.apiUrl,
    DISCORD_TOKEN: standIn.token,
    DOWNLOAD_SECRET: 'a secret of tests',
    WEB_PORT: '0',
    ...changes,
  };
}

interface Part {
  readonly child: ChildProcess;
  readonly output: string[];
  readonly ended: Promise<unknown>;
  ready(): Promise<Record<string, unknown>>;
}

function start(path: string, env: Environment): Part {
  const child = spawn(process.execPath, ['--import', 'tsx', path], { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'] });
  running.push(child);
  const output: string[] = [];
  const ended = once(child, 'close');
  const isReady = new Promise<Record<string, unknown>>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        if (!line.startsWith('{')) return;
        const parsed = JSON.parse(line) as Record<string, unknown>;
        if (parsed['ready'] === true) resolve(parsed);
      });
    }
    child.once('close', () => {
      reject(new Error(`It ended before it was ready:\n${output.join('\n')}`));
    });
  });
  isReady.catch(() => undefined);
  return { child, output, ended, ready: () => isReady };
}

describe('the process of the bot', () => {
  it('says when it is ready, answers, and stops on SIGTERM', async () => {
    const bot = start('bot/main.ts', environment());
    expect(await bot.ready()).toMatchObject({ level: 30, msg: 'ready', ready: true });
    const answer = await (await driver.user('mira').slash('points balance')).message();
    expect(allText(answer.components)).toContain('5,000 points');
    bot.child.kill('SIGTERM');
    expect(await bot.ended).toEqual([0, null]);
  });

  it('defect 9: registers no command at its start, and asks for no intent but Guilds', async () => {
    await driver.reset();
    await start('bot/main.ts', environment()).ready();
    const calls = await driver.calls();
    expect(calls.filter(({ method }) => method === 'PUT')).toEqual([]);
    expect(await driver.violations()).toEqual([]);
  });

  it('ends with the process that started it', async () => {
    const bot = start('bot/main.ts', environment({ TRAINYARD_PARENT_WATCH: '1' }));
    await bot.ready();
    bot.child.stdin?.end();
    expect(await bot.ended).toEqual([0, null]);
  });

  it('ends when Discord no longer takes its token, so that it is started anew', async () => {
    await driver.faults({ method: 'GET', route: '/applications/:application/commands', status: 401 });
    const bot = start('bot/main.ts', environment());
    expect(await bot.ended).toEqual([77, null]);
    await driver.clearFaults();
    expect(await start('bot/main.ts', environment({ DISCORD_TOKEN: 'bm9ib2R5.x.y' })).ended).not.toEqual([0, null]);
  });

  it('is up and says so to users while the database is away from the start', async () => {
    await start('bot/main.ts', environment({ MONGODB_URI: 'mongodb://127.0.0.1:9/nowhere' })).ready();
    const answer = await (await driver.user('mira').slash('train list')).message();
    expect(allText(answer.components)).toContain('cannot be reached just now');
  });

  it('names everything that is wrong with its configuration at once, and no secret', async () => {
    const bot = start('bot/main.ts', { DISCORD_TOKEN: 'a-real-secret', WELCOME_POINTS: '-3', QUOTE_TTL: 'soon' });
    expect(await bot.ended).toEqual([78, null]);
    const said = bot.output.join('\n');
    for (const name of ['MONGODB_URI', 'DOWNLOAD_SECRET', 'WELCOME_POINTS', 'QUOTE_TTL']) expect(said).toContain(name);
    expect(said).not.toContain('a-real-secret');
  });
});

describe('the process of the web part', () => {
  it('says where it is ready and is healthy while MongoDB and Temporal are there', async () => {
    const web = start('web/main.ts', environment({ TASK_QUEUE_PREFIX: 'a-yard-without-workers/' }));
    const { address } = await web.ready();
    const health = await fetch(`${String(address)}/healthz`);
    // No worker has made the schedule of this yard.
    expect(await health.json()).toEqual({ ok: true, degraded: true, mongodb: true, temporal: true, settling: { state: 'missing', lastSweepAt: null, counts: null } });
    web.child.kill('SIGTERM');
    expect(await web.ended).toEqual([0, null]);
  });
});

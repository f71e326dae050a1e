import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createComfyStandIn } from '../../sandbox/comfyui/stand-in.js';
import type { ComfyStandIn } from '../../sandbox/comfyui/stand-in.js';
import { createDiscordStandIn } from '../../sandbox/discord/stand-in.js';
import type { DiscordStandIn } from '../../sandbox/discord/stand-in.js';
import { compiledCopy } from '../../sandbox/yard/compiled-copy.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { testTemporalAddress } from '../support/temporal.js';
import { environmentOf, filledDotEnv, ownServices, projectPath, requiredVariables } from './compose-file.js';
import type { Service } from './compose-file.js';

const READY_LIMIT_MS = 60_000;

interface Outside {
  readonly database: TestDatabase;
  readonly discord: DiscordStandIn;
  readonly comfyui: ComfyStandIn;
  readonly folder: string;
  readonly programs: string;
}

/** The environment of the container, with the addresses of this test's servers in place of those of the compose network. */
function environmentHere(service: Service, outside: Outside): Record<string, string> {
  const prefix = `compose-${randomBytes(3).toString('hex')}/`;
  const inContainer = environmentOf(service, { ...filledDotEnv(requiredVariables()), PUBLIC_URL: 'https://yard.example', TASK_QUEUE_PREFIX: prefix });
  const here: Record<string, string> = {
    MONGODB_URI: outside.database.uri,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    COMFYUI_NODES: `gpu1=${outside.comfyui.url}`,
    DISCORD_TOKEN: outside.discord.token,
    WEB_HOST: '127.0.0.1',
    WEB_PORT: '0',
  };
  const replaced = Object.entries(inContainer).map(([name, value]): [string, string] => [name, here[name] ?? value]);
  // Discord itself has no address to replace, so the stand-in's is the one thing that is added.
  const added = 'DISCORD_TOKEN' in inContainer ? { DISCORD_API_URL: outside.discord.apiUrl } : {};
  return { ...Object.fromEntries(replaced), ...added };
}

/** @param programs where the compiled programs are, as `dist/` is in the image */
function start(programs: string, service: Service, env: Record<string, string>, folder: string): ChildProcess {
  const [node, program, ...args] = service.command ?? [];
  expect(node).toBe('node');
  return spawn(process.execPath, [join(programs, (program ?? '').replace(/^dist\//, '')), ...args], {
    cwd: projectPath(''),
    // What the image itself sets; no profile of this machine's user is read.
    env: { NODE_ENV: 'production', HOME: folder, PATH: '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves at the line that says a process is ready; else rejects with what it said instead. */
async function ready(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (child.stdout === null || child.stderr === null) throw new Error('The process has no output.');
  const isReady = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (line.startsWith('{') && line.includes('"ready":true')) resolve();
      });
    }
  });
  const giveUp = new AbortController();
  const ended = once(child, 'exit', { signal: giveUp.signal }).then(([code]) => {
    throw new Error(`It ended with code ${String(code)} before it was ready:\n${said.slice(-10).join('\n')}`);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`It was not ready within ${READY_LIMIT_MS / 1000} s:\n${said.slice(-10).join('\n')}`));
    }, READY_LIMIT_MS);
  });
  try {
    await Promise.race([isReady, ended, late]);
  } finally {
    clearTimeout(timer);
    giveUp.abort();
    ended.catch(() => undefined);
  }
}

describe('each service of docker-compose.yml, with exactly its environment', () => {
  let outside: Outside | undefined;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-test-services-'));
    const [database, discord, comfyui] = await Promise.all([openTestDatabase(), createDiscordStandIn(), createComfyStandIn({ dir: join(folder, 'comfyui') })]);
    outside = { database, discord, comfyui, folder, programs: await compiledCopy(projectPath('')) };
  }, READY_LIMIT_MS);

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  afterAll(async () => {
    if (outside === undefined) return;
    await Promise.all([outside.database.close(), outside.discord.stop(), outside.comfyui.stop()]);
    await rm(outside.folder, { recursive: true, force: true });
  });

  const longRunning = ownServices().filter(([name]) => !name.startsWith('prepare-'));

  it('is one of the six processes of a yard', () => {
    expect(longRunning.map(([name]) => name).sort()).toEqual(['bot', 'web', 'worker-discord', 'worker-gpu', 'worker-images', 'worker-yard']);
  });

  it.each(longRunning)(
    '%s becomes ready and ends when it is told to',
    async (_name, service) => {
      if (outside === undefined) throw new Error('The servers did not start.');
      child = start(outside.programs, service, environmentHere(service, outside), outside.folder);
      await ready(child);
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
    },
    READY_LIMIT_MS + 45_000,
  );

  it.each(longRunning.filter(([name]) => ['worker-gpu', 'bot', 'web'].includes(name)))('%s without an address of its database ends and names what is missing', async (_name, service) => {
    if (outside === undefined) throw new Error('The servers did not start.');
    const { MONGODB_URI: _left, ...env } = environmentHere(service, outside);
    child = start(outside.programs, service, env, outside.folder);
    await expect(ready(child)).rejects.toThrow(/code 78[^]*MONGODB_URI is not set/);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isAlive } from '../../../sandbox/bootstrap/lock-file.mjs';
import { environment } from '../../../sandbox/config.js';
import { createYard, type Yard, type YardOptions } from '../../../sandbox/yard/yard.js';
import { findRunningYard, type YardState } from '../../../sandbox/yard/yard-state.js';
import { eventually } from '../../support/eventually.js';

const PARTS = ['mongo', 'temporal', 'discord-stand-in', 'comfyui-node-a', 'comfyui-node-b', 'yard', 'images', 'gpu', 'discord', 'bot', 'web'];
const START_LIMIT_MS = 120_000;

let dataDir: string;
let said: string[];

/** Nothing of the machine's own settings: no token, no nodes, no servers. */
function options(given: Partial<YardOptions> = {}): YardOptions {
  const { PATH, HOME, XDG_CACHE_HOME, MONGOD_PATH, TEMPORAL_CLI_PATH } = environment();
  return {
    dataDir,
    env: { PATH, HOME, XDG_CACHE_HOME, MONGOD_PATH, TEMPORAL_CLI_PATH, SHUTDOWN_GRACE: '1s' },
    ports: 'free',
    say: (line) => said.push(line),
    line: (label, text) => said.push(`${label} | ${text}`),
    ...given,
  };
}

function pidsOf(state: YardState | undefined): number[] {
  return Object.values(state?.parts ?? {}).flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trainyard-yard-'));
  said = [];
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('a yard that cannot start', () => {
  it('names everything that is wrong with its settings at once, and starts nothing', async () => {
    const env = { ...options().env, WEB_PORT: 'web', PRICE_FACTOR: 'free', DISCORD_TOKEN_FILE: '/nowhere' };
    await expect(createYard(options({ env }))).rejects.toThrow(/WEB_PORT must be[^]*PRICE_FACTOR must be|PRICE_FACTOR must be[^]*WEB_PORT must be/);
    expect(await findRunningYard(dataDir)).toBeUndefined();
  });

  it('says that a configured server does not answer instead of starting another', async () => {
    const env = { ...options().env, TEMPORAL_ADDRESS: '127.0.0.1:9' };
    await expect(createYard(options({ env }))).rejects.toThrow('TEMPORAL_ADDRESS=127.0.0.1:9 does not answer');
    expect(await findRunningYard(dataDir)).toBeUndefined();
  });
});

describe('a running yard', () => {
  let yard: Yard;
  beforeAll(async () => {
    yard = await createYard(options());
  }, START_LIMIT_MS);
  afterAll(() => yard.stop(), START_LIMIT_MS);

  it('has every part ready and tells where everything is', async () => {
    const state = await eventually(async () => {
      const written = await findRunningYard(dataDir);
      expect(written?.status).toBe('ready');
      return written;
    });
    expect(Object.keys(state?.parts ?? {}).sort()).toEqual([...PARTS].sort());
    expect(Object.values(state?.parts ?? {}).every((part) => part.isReady)).toBe(true);
    expect(state).toEqual(JSON.parse(JSON.stringify(yard.state)));
    expect(state?.discord).toMatchObject({ standIn: true });
    expect(state?.comfyui.map((node) => node.name)).toEqual(['node-a', 'node-b']);
    const health = await fetch(`${String(state?.web.url)}/healthz`);
    expect(health.status).toBe(200);
    const ui = await fetch(String(state?.temporal.uiUrl));
    expect(ui.status).toBe(200);
  });

  it('keeps its state file from others', async () => {
    const { mode } = await stat(join(dataDir, 'yard.json'));
    expect(mode & 0o077).toBe(0);
  });

  it('refuses a second one on its data folder, with its own addresses', async () => {
    await expect(createYard(options())).rejects.toMatchObject({ name: 'YardRuns', state: { pid: process.pid, web: yard.state.web } });
  });

  it.each(['web', 'mongo', 'temporal'])('starts %s again when it is killed', async (name) => {
    const before = yard.part(name).pid;
    yard.kill(name, 'SIGKILL');
    await eventually(() => {
      expect(yard.part(name).pid).not.toBe(before);
      expect(yard.part(name).isReady).toBe(true);
    }, 60_000);
    expect(yard.part(name).restarts).toBe(1);
    expect(said).toContain(`${name} | ended (SIGKILL); it starts again in 0.5 s`);
  });

  it('leaves no process and no lock when it is stopped, and comes back on the same ports with its data', async () => {
    const before = yard.state;
    const secret = await readFile(join(dataDir, 'download-secret'), 'utf8');
    await yard.stop();
    expect(pidsOf(before).filter(isAlive)).toEqual([]);
    expect(await findRunningYard(dataDir)).toBeUndefined();

    yard = await createYard(options());
    expect(yard.state.temporal).toEqual(before.temporal);
    expect(yard.state.mongodbUri).toBe(before.mongodbUri);
    expect(yard.state.web).toEqual(before.web);
    expect(await readFile(join(dataDir, 'download-secret'), 'utf8')).toBe(secret);
  }, START_LIMIT_MS);
});

describe('the command npm start runs', () => {
  function start(): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
    const args = ['--import', 'tsx', 'sandbox/yard/main.ts', '--data', dataDir, '--free-ports'];
    const child = spawn(process.execPath, args, { env: { ...options().env }, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    createInterface({ input: child.stdout }).on('line', (line) => (output += `${line}\n`));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { child, output: () => output, ended };
  }

  it('prints the addresses, says that stand-ins are used, and stops everything on Ctrl-C', async () => {
    const { child, output, ended } = start();
    await eventually(() => {
      expect(output()).toContain('Stop with Ctrl-C.');
    }, START_LIMIT_MS);
    const state = await findRunningYard(dataDir);
    expect(output()).toMatch(/Ready in \d+\.\d s/);
    expect(output()).toContain(`Temporal Web UI  ${String(state?.temporal.uiUrl)}`);
    expect(output()).toContain('DISCORD_TOKEN is not set, so a stand-in plays Discord');
    expect(output()).toContain('COMFYUI_NODES is not set, so two stand-ins play the GPU nodes');
    child.kill('SIGINT');
    child.kill('SIGINT'); // npm passes the same press on once more.
    expect(await ended).toBe(0);
    expect(pidsOf(state).filter(isAlive)).toEqual([]);
  }, START_LIMIT_MS);

  it('leaves nothing behind when it is killed, and can start again at once', async () => {
    const first = start();
    await eventually(() => {
      expect(first.output()).toContain('Stop with Ctrl-C.');
    }, START_LIMIT_MS);
    const state = await findRunningYard(dataDir);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start();
    await eventually(() => {
      expect(second.output()).toContain('Stop with Ctrl-C.');
    }, START_LIMIT_MS);
    expect(pidsOf(state).filter(isAlive)).toEqual([]);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  }, 2 * START_LIMIT_MS);
});

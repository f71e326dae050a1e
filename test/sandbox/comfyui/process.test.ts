import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../sandbox/comfyui/config.js';

const MAIN = new URL('../../../sandbox/comfyui/main.ts', import.meta.url).pathname;

describe('the ComfyUI stand-in as a process of its own', () => {
  let dir: string;
  let child: ChildProcess | null = null;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'comfy-process-'));
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(dir, { recursive: true, force: true });
  });

  async function start(env: Record<string, string>): Promise<{ process: ChildProcess; url: string }> {
    const started = spawn(process.execPath, ['--import', 'tsx', MAIN], {
      env: { PATH: '/usr/bin:/bin', STAND_IN_DIR: dir, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child = started;
    const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
    const ready = JSON.parse(line) as { level: number; msg: string; ready: boolean; url: string };
    expect(ready).toMatchObject({ level: 30, msg: 'ready', ready: true });
    return { process: started, url: ready.url };
  }

  it('says where it listens in one line, serves, and exits on SIGTERM', async () => {
    const { process: running, url } = await start({ STAND_IN_VERSION: '0.30.0' });
    const stats = (await (await fetch(`${url}/system_stats`)).json()) as { system: { comfyui_version: string } };
    expect(stats.system.comfyui_version).toBe('0.30.0');
    const exit = once(running, 'exit');
    running.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('exits when its standard input closes, if told to watch it', async () => {
    const { process: running } = await start({ TRAINYARD_PARENT_WATCH: '1' });
    const exit = once(running, 'exit');
    running.stdin?.end();
    expect(await exit).toEqual([0, null]);
  });

  it('names every bad setting at once', () => {
    expect(() => parseConfig({ STAND_IN_PORT: 'x', STAND_IN_VERSION: 'new' })).toThrow(/STAND_IN_PORT.*\n.*STAND_IN_VERSION/);
  });
});

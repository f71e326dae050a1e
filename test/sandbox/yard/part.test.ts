import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../../sandbox/bootstrap/lock-file.mjs';
import { createWatchdog } from '../../../sandbox/servers/watchdog.js';
import { readableLine } from '../../../sandbox/yard/log-lines.js';
import { Part, type PartSpec } from '../../../sandbox/yard/part.js';
import { eventually } from '../../support/eventually.js';

const READY = `console.log(JSON.stringify({ level: 30, time: 0, msg: 'ready', ready: true }));`;
const STAY = `setInterval(() => {}, 1000);`;

const folder = mkdtempSync(join(tmpdir(), 'trainyard-part-'));
const watchdog = createWatchdog();
const parts: Part[] = [];

afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop()));
});
afterAll(() => {
  watchdog.close();
  rmSync(folder, { recursive: true });
});

function partOf(script: string, options: Partial<PartSpec> = {}): { part: Part; lines: string[] } {
  const lines: string[] = [];
  const spec = { name: 'thing', label: 'thing', path: process.execPath, args: ['-e', script], env: { FOLDER: folder }, cwd: folder, readable: readableLine, stopLimitMs: 5_000 };
  const part = new Part({ ...spec, ...options }, watchdog, { line: (_label, text) => lines.push(text), changed: () => undefined });
  parts.push(part);
  return { part, lines };
}

describe('a part that cannot start', () => {
  it('is given up after three deaths, with its last words', async () => {
    const { part } = partOf(`console.error('POINTS must be a number'); process.exit(78);`);
    await expect(part.start()).rejects.toThrow('thing ended 3 times before it was ready (code 78). Its last words:\nPOINTS must be a number');
    expect(part.pid).toBeUndefined();
  });

  it('because its program is missing says so', async () => {
    const { part } = partOf('', { path: '/nowhere/program' });
    await expect(part.start()).rejects.toThrow('ENOENT');
  });

  it('does not keep its starter waiting when it is stopped', async () => {
    const { part } = partOf(STAY);
    const started = part.start();
    await Promise.all([expect(started).rejects.toThrow('thing was stopped.'), part.stop()]);
  });
});

describe('a part that serves', () => {
  it('is ready when it says so', async () => {
    const { part } = partOf(`setTimeout(() => { ${READY} }, 50); ${STAY}`);
    const started = part.start();
    expect(part.isReady).toBe(false);
    await started;
    expect(part.isReady).toBe(true);
  });

  it('is ready when it answers, if it is asked from outside', async () => {
    const { part } = partOf(STAY, { serves: () => Promise.resolve() });
    await part.start();
    expect(part.isReady).toBe(true);
  });

  it('is started again when it is killed', async () => {
    const { part, lines } = partOf(`${READY} ${STAY}`);
    await part.start();
    const first = part.pid;
    part.kill('SIGKILL');
    await eventually(() => {
      expect(part.isReady && part.pid !== first).toBe(true);
    });
    expect(part.restarts).toBe(1);
    expect(lines).toContain('ended (SIGKILL); it starts again in 0.5 s');
  });

  it('is started again as quickly as the first time however often it is killed, and waited for when it cannot even start', async () => {
    const { part, lines } = partOf(`
      const { existsSync } = require('node:fs');
      if (existsSync(process.env.FOLDER + '/broken')) process.exit(1);
      ${READY} ${STAY}`);
    await part.start();
    for (const restarts of [1, 2]) {
      part.kill('SIGKILL');
      await eventually(() => {
        expect(part.isReady && part.restarts === restarts).toBe(true);
      });
    }
    writeFileSync(join(folder, 'broken'), '');
    part.kill('SIGKILL');
    await eventually(() => {
      expect(lines.filter((line) => line.startsWith('ended')).map((line) => /in ([\d.]+) s/.exec(line)?.[1])).toEqual(['0.5', '0.5', '0.5', '1']);
    });
  });

  it('is started again as quickly when it is killed while it starts', async () => {
    const { part, lines } = partOf(`
      const { existsSync } = require('node:fs');
      if (!existsSync(process.env.FOLDER + '/slow')) ${READY}
      ${STAY}`);
    await part.start();
    writeFileSync(join(folder, 'slow'), '');
    for (const deaths of [1, 2, 3]) {
      await eventually(() => {
        expect(part.pid).toBeDefined();
      });
      part.kill('SIGKILL');
      await eventually(() => {
        expect(lines.filter((line) => line.startsWith('ended'))).toHaveLength(deaths);
      });
    }
    expect(lines.filter((line) => line.startsWith('ended'))).toEqual(Array(3).fill('ended (SIGKILL); it starts again in 0.5 s'));
  });

  it('is told to stop and may finish its work', async () => {
    const { part } = partOf(`
      process.on('SIGTERM', () => setTimeout(() => { require('node:fs').writeFileSync(process.env.FOLDER + '/finished', 'yes'); process.exit(0); }, 100));
      ${READY} ${STAY}`);
    await part.start();
    const { pid } = part;
    await part.stop();
    expect(await readFile(join(folder, 'finished'), 'utf8')).toBe('yes');
    expect(pid !== undefined && isAlive(pid)).toBe(false);
    expect(part.restarts).toBe(0);
  });

  it('is killed when it does not stop in time', async () => {
    const { part } = partOf(`process.on('SIGTERM', () => {}); ${READY} ${STAY}`, { stopLimitMs: 200 });
    await part.start();
    const { pid } = part;
    await part.stop();
    expect(pid !== undefined && isAlive(pid)).toBe(false);
  });

  it('does not outlive the process that started it, however that one ended', async () => {
    const supervisor = `
      const { Part } = await import('./sandbox/yard/part.ts');
      const { createWatchdog } = await import('./sandbox/servers/watchdog.ts');
      const spec = { name: 'thing', label: 'thing', path: process.execPath, args: ['-e', ${JSON.stringify(`${READY} ${STAY}`)}], env: {}, cwd: '.', readable: (line) => line, stopLimitMs: 1000 };
      const part = new Part(spec, createWatchdog(), { line() {}, changed() {} });
      await part.start();
      console.log(JSON.stringify({ ready: true, level: 30, time: 0, msg: 'pid ' + part.pid }));
      setInterval(() => {}, 1000);`;
    const { part, lines } = partOf(supervisor, { args: ['--import', 'tsx', '--input-type=module', '-e', supervisor], cwd: process.cwd() });
    await part.start();
    const grandchild = Number(/pid (\d+)/.exec(lines.join())?.[1]);
    expect(isAlive(grandchild)).toBe(true);
    part.end();
    await eventually(() => {
      expect(isAlive(grandchild)).toBe(false);
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { lockHolder, tryLock, withLock } from '../../../sandbox/bootstrap/lock-file.mjs';
import { machineProblem } from '../../../sandbox/bootstrap/machine.mjs';
import { installPackages, packagesMatch } from '../../../sandbox/bootstrap/packages.mjs';

const ENTRY = join(process.cwd(), 'sandbox/bootstrap/main.mjs');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-bootstrap-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a machine that does not fit', () => {
  it('is told in one sentence', () => {
    expect(machineProblem({ platform: 'win32', nodeVersion: 'v22.0.0' })).toContain('run the same command inside WSL2');
    expect(machineProblem({ platform: 'freebsd', nodeVersion: 'v22.0.0' })).toBe('Trainyard runs on Linux and macOS, not on "freebsd".');
    expect(machineProblem({ platform: 'linux', nodeVersion: 'v20.18.3' })).toContain('needs Node 20.19 or newer and this is v20.18.3');
  });

  it('is not one that fits', () => {
    for (const nodeVersion of ['v20.19.0', 'v22.1.0', 'v24.0.0']) {
      expect(machineProblem({ platform: 'linux', nodeVersion })).toBeUndefined();
      expect(machineProblem({ platform: 'darwin', nodeVersion })).toBeUndefined();
    }
  });
});

describe('an unknown command', () => {
  it('is answered with those there are', () => {
    const { status, stderr } = spawnSync(process.execPath, [ENTRY, 'fly'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('Expected one of the commands start, demo, deploy-commands, audit, bench, chaos, mutants, test, replay, got "fly".');
  });
});

describe('packages', () => {
  const LEFT_PAD = { version: '1.3.0', integrity: 'sha512-abc' };

  async function project(installed?: object): Promise<void> {
    const packages = { '': {}, 'node_modules/left-pad': LEFT_PAD, 'node_modules/only-mac': { version: '1.0.0', optional: true } };
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    if (installed === undefined) return;
    await mkdir(join(folder, 'node_modules'));
    await writeFile(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  }

  it('are missing on a fresh clone', async () => {
    await project();
    expect(packagesMatch(folder)).toBe(false);
  });

  it('do not match when another version is installed', async () => {
    await project({ 'node_modules/left-pad': { ...LEFT_PAD, version: '1.2.0' } });
    expect(packagesMatch(folder)).toBe(false);
  });

  it('match when npm has installed them by hand, without those that are for other machines', async () => {
    await project({ 'node_modules/left-pad': LEFT_PAD });
    expect(packagesMatch(folder)).toBe(true);
  });

  it('that cannot be installed are told in the words of npm', async () => {
    await writeFile(join(folder, 'package.json'), '{ "name": "broken", "dependencies": { "left-pad": "1.3.0" } }');
    await writeFile(join(folder, 'package-lock.json'), '{ "name": "broken", "lockfileVersion": 3, "packages": { "": {} } }');
    await expect(installPackages(folder, () => undefined)).rejects.toThrow(/"npm ci" failed:[^]*npm error[^]*package-lock\.json/);
    expect(packagesMatch(folder)).toBe(false);
  });

  it('are installed once, and known as installed after that', async () => {
    await writeFile(join(folder, 'package.json'), '{ "name": "empty", "version": "1.0.0" }');
    await writeFile(join(folder, 'package-lock.json'), '{ "name": "empty", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "empty", "version": "1.0.0" } } }');
    await mkdir(join(folder, 'node_modules/stale'), { recursive: true });
    await writeFile(join(folder, 'node_modules/.trainyard-lockfile'), 'of another lockfile');
    const said: string[] = [];
    await Promise.all([installPackages(folder, (line) => said.push(line)), installPackages(folder, (line) => said.push(line))]);
    expect(said.filter((line) => line.startsWith('Installing'))).toHaveLength(1);
    expect(packagesMatch(folder)).toBe(true);
  });
});

describe('the lockfile', () => {
  // npm leaves out those a registry does not have, and then refuses the lockfile on every fresh clone.
  it('holds every optional package, or npm ci refuses it', async () => {
    const lockfile = JSON.parse(await readFile('package-lock.json', 'utf8')) as { packages: Record<string, { optionalDependencies?: object }> };
    const missing = Object.entries(lockfile.packages).flatMap(([owner, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !(`node_modules/${name}` in lockfile.packages) && !(`${owner}/node_modules/${name}` in lockfile.packages)),
    );
    expect(missing).toEqual([]);
  });
});

describe('the command that was started', () => {
  /** A project whose `start` is this script; its packages are those of the real one. */
  async function projectWith(script: string): Promise<void> {
    await cp(join(process.cwd(), 'sandbox/bootstrap'), join(folder, 'sandbox/bootstrap'), { recursive: true });
    await mkdir(join(folder, 'sandbox/yard'), { recursive: true });
    await mkdir(join(folder, 'node_modules/tsx'), { recursive: true });
    await writeFile(join(folder, 'node_modules/tsx/package.json'), '{ "name": "tsx", "type": "module", "exports": "./index.js" }');
    await writeFile(join(folder, 'node_modules/.package-lock.json'), '{ "packages": {} }');
    await writeFile(join(folder, 'package-lock.json'), '{ "packages": { "": {} } }');
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    // Stands in for tsx: the scripts here have no types to take out.
    const load = `export const load = (url, context, next) => next(url, url.endsWith('.ts') ? { ...context, format: 'module' } : context);`;
    const hook = `data:text/javascript,${encodeURIComponent(load)}`;
    await writeFile(join(folder, 'node_modules/tsx/index.js'), `import { register } from 'node:module'; register(${JSON.stringify(hook)});`);
    await writeFile(join(folder, 'sandbox/yard/main.ts'), script);
  }

  const entry = (): string => join(folder, 'sandbox/bootstrap/main.mjs');

  it('gets the arguments, and its exit code is the exit code', async () => {
    await projectWith(`console.log(JSON.stringify(process.argv.slice(2))); process.exit(7);`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry(), 'start', '--json', 'x y'], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toMatchObject({ status: 7, stdout: '["--json","x y"]\n' });
  });

  it('gets the signals, and learns that its starter was killed', async () => {
    await projectWith(`
      import { writeFileSync } from 'node:fs';
      process.on('SIGTERM', () => console.log('SIGTERM'));
      process.on('disconnect', () => { writeFileSync(${JSON.stringify('orphan')}, 'yes'); process.exit(0); });
      console.log('up');`);
    const child = spawn(process.execPath, [entry(), 'start'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const line = chunk.toString().trim();
      lines.push(line);
      if (line === 'up') child.kill('SIGTERM');
      if (line === 'SIGTERM') child.kill('SIGKILL');
    }
    expect(lines).toEqual(['up', 'SIGTERM']);
    expect(await readFile(join(folder, 'orphan'), 'utf8')).toBe('yes');
  });
});

describe('a lock', () => {
  const NOBODY = 999_999_999;

  it('is held by one at a time', () => {
    const path = join(folder, 'a/lock');
    const lock = tryLock(path);
    expect(tryLock(path)).toBeUndefined();
    expect(lockHolder(path)).toBe(process.pid);
    lock?.release();
    tryLock(path)?.release();
    expect(lockHolder(path)).toBeUndefined();
  });

  it('of a process that is gone is taken over', async () => {
    const path = join(folder, 'lock');
    await writeFile(path, String(NOBODY));
    expect(tryLock(path)).toBeDefined();
  });

  it('that nobody has touched for long is taken over, even when its process id lives again', async () => {
    const path = join(folder, 'lock');
    await writeFile(path, String(process.ppid));
    expect(tryLock(path)).toBeUndefined();
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    tryLock(path)?.release();
    expect(lockHolder(path)).toBeUndefined();
  });

  it('is waited for', async () => {
    const path = join(folder, 'lock');
    const order: string[] = [];
    const first = withLock(path, () => undefined, async () => {
      await setImmediate();
      order.push('first');
    });
    const second = withLock(path, (holder) => order.push(`waits for ${String(holder === process.pid)}`), () => {
      order.push('second');
      return Promise.resolve();
    });
    await Promise.all([first, second]);
    expect(order).toEqual(['waits for true', 'first', 'second']);
  });
});

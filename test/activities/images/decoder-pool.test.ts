import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createDecoderPool, type DecoderPool, type DecoderPoolOptions } from '../../../activities/images/decoder-pool.js';
import { decoderAtWork, HEAVY_IN_WORK_BYTES, HEAVY_PICTURE, residentBytes } from '../../support/decoder-at-work.js';
import { eventually } from '../../support/eventually.js';
import { jpegPicture, truncatedJpeg } from '../../support/pictures.js';

let open: DecoderPool[] = [];
function poolOf(options: DecoderPoolOptions): DecoderPool {
  const pool = createDecoderPool(options);
  open.push(pool);
  return pool;
}
afterEach(async () => {
  await Promise.all(open.map((pool) => pool.stop()));
  open = [];
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a decoder process', () => {
  it.each(['SIGSEGV', 'SIGABRT', 'SIGKILL'] as const)('that dies of %s in the middle of a file costs that file one try, and no other file anything', async (signal) => {
    const pool = poolOf({ processes: 2 });
    const [heavy, light] = [pool.inspect(HEAVY_PICTURE), pool.inspect(await jpegPicture())];
    const victim = await decoderAtWork(pool);
    process.kill(victim, signal);
    expect(await heavy).toEqual({ kind: 'died', how: signal });
    expect(await light).toMatchObject({ kind: 'done', result: { kind: 'fit' } });
    expect(pool.pids()).not.toContain(victim);
    expect(await pool.inspect(HEAVY_PICTURE)).toMatchObject({ kind: 'done', result: { kind: 'fit' } });
  });

  it('that hangs is killed when the time of its file is up', async () => {
    // Long enough that a busy machine does not take a decoder at work for one that hangs, before it is seen at work.
    const pool = poolOf({ processes: 1, wallMs: 8_000 });
    const heavy = pool.inspect(HEAVY_PICTURE);
    process.kill(await decoderAtWork(pool), 'SIGSTOP');
    expect(await heavy).toEqual({ kind: 'died', how: 'no answer within 8000 ms' });
    expect(pool.pids()).toEqual([]);
  });

  it('ends itself over a file that takes too long to work through', async () => {
    const pool = poolOf({ processes: 1, limits: { memoryBytes: 1e9, cpuMs: 100 } });
    expect(await pool.inspect(HEAVY_PICTURE)).toEqual({ kind: 'died', how: 'more time than a file may take' });
  });

  it('ends itself over a file that takes too much memory', async () => {
    const pool = poolOf({ processes: 1, limits: { memoryBytes: HEAVY_IN_WORK_BYTES, cpuMs: 60_000 } });
    expect(await pool.inspect(HEAVY_PICTURE)).toEqual({ kind: 'died', how: 'more memory than a file may take' });
    expect(await pool.inspect(await truncatedJpeg())).toEqual({ kind: 'done', result: { kind: 'refused', problem: { code: 'IMG_CORRUPT' } } });
  });

  it('that was ended while it was idle costs the next file nothing', async () => {
    const pool = poolOf({ processes: 1 });
    await pool.inspect(await truncatedJpeg());
    for (const pid of pool.pids()) process.kill(pid, 'SIGKILL');
    expect(await pool.inspect(await truncatedJpeg())).toMatchObject({ kind: 'done' });
  });

  it('serves one file after the other, never more at once than there may be processes', async () => {
    const pool = poolOf({ processes: 2 });
    const file = await truncatedJpeg();
    const seen = new Set<number>();
    await Promise.all(Array.from({ length: 20 }, async () => {
      await pool.inspect(file);
      for (const pid of pool.pids()) seen.add(pid);
    }));
    expect(seen.size).toBe(2);
  });

  it('does not die of a signal to the whole group before its worker does', async () => {
    const pool = poolOf({ processes: 1 });
    const heavy = pool.inspect(HEAVY_PICTURE);
    const pid = await decoderAtWork(pool);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await heavy).toMatchObject({ kind: 'done' });
  });

  it('fails a file that is in work when the pool is stopped, and is gone then', async () => {
    const pool = poolOf({ processes: 1 });
    const heavy = pool.inspect(HEAVY_PICTURE);
    const failed = expect(heavy).rejects.toThrow('stopped');
    const pid = await decoderAtWork(pool);
    await pool.stop();
    await failed;
    expect(isRunning(pid)).toBe(false);
  });

  it('that cannot be started says so at once, and nothing about the file', async () => {
    const program = `
      const { startDecoderChild } = await import('./activities/images/decoder-child.ts');
      process.execPath = '/nowhere/node';
      const child = startDecoderChild({ memoryBytes: 500_000_000, cpuMs: 5_000 });
      console.log(JSON.stringify(await child.ask({ kind: 'inspect', bytes: new Uint8Array(8) }, 5_000)));`;
    const worker = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const answer = await new Promise<string>((resolve) => createInterface({ input: worker.stdout }).once('line', resolve));
    expect(JSON.parse(answer)).toEqual({ kind: 'not-started', how: 'spawn /nowhere/node ENOENT' });
  }, 30_000);

  it('ends with a worker that is killed, in the middle of a file too', async () => {
    const program = `
      const { createDecoderPool } = await import('./activities/images/decoder-pool.ts');
      const { pngFile } = await import('./test/support/png-files.ts');
      const pool = createDecoderPool({ processes: 1 });
      void pool.inspect(pngFile({ colour: 'rgb', depth: 8, interlaced: true, widthPx: 5700, heightPx: 5700, blank: true }));
      console.log(pool.pids()[0]);
      setInterval(() => undefined, 1000);`;
    const worker = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => createInterface({ input: worker.stdout }).once('line', (line) => { resolve(Number(line)); }));
    await eventually(async () => { expect(await residentBytes(pid)).toBeGreaterThan(HEAVY_IN_WORK_BYTES); }, 30_000, 2);
    worker.kill('SIGKILL');
    await eventually(() => { expect(isRunning(pid)).toBe(false); });
  });
});

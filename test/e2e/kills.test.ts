import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environment } from '../../sandbox/config.js';
import type { DemoReport } from '../../sandbox/demo/report.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-test-kills-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Plays a scenario on a yard of its own, in processes of their own. */
function demo(scenario: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), join(ROOT, 'sandbox/demo/main.ts'), '--json', '--scenario', scenario], {
    cwd: folder,
    env: { ...environment(), NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

describe('a part of the yard that is killed in mid-training', () => {
  it.each(['worker-killed', 'bot-killed'])('loses nothing: %s', async (scenario) => {
    const { code, out, err } = await demo(scenario);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out.trim()) as DemoReport;
    expect(report).toMatchObject({ outcome: 'succeeded', attempts: 1, agreed: true });
  }, 240_000);
});

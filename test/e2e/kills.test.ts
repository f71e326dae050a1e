import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DemoReport } from '../../sandbox/demo/report.js';
import { runDemo } from '../support/demo-process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-test-kills-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a part of the yard that is killed in mid-training', () => {
  it.each(['worker-killed', 'bot-killed'])('loses nothing: %s', async (scenario) => {
    const { code, out, err } = await runDemo(folder, '--json', '--scenario', scenario);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out.trim()) as DemoReport;
    expect(report).toMatchObject({ outcome: 'succeeded', attempts: 1, agreed: true });
  }, 240_000);
});

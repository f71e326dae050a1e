import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { environment } from '../../../sandbox/config.js';
import type { KillsReport } from '../../../sandbox/chaos/kills/report.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const KILLS = 20;

describe('a yard whose processes are killed, frozen and restarted while people train', () => {
  // How soon it is back says `npm run chaos -- --kills`, on a machine that does nothing else.
  it('loses nothing, does nothing twice, leaves nothing behind and comes to rest', async () => {
    const { code, out, told } = await soak('--kills', String(KILLS), '--seed', '11', '--json');
    const report = JSON.parse(out === '' ? '{}' : out) as KillsReport;
    const facts = { lost: report.lost, duplicated: report.duplicated, stuck: report.stuck, orphanJobs: report.orphanJobs };
    expect({ ...facts, told: Object.values(facts).every((found) => found === 0) ? [] : told }).toEqual({ lost: 0, duplicated: 0, stuck: 0, orphanJobs: 0, told: [] });
    expect(report).toMatchObject({ seed: 11, kills: KILLS, killsWithOpenRun: KILLS });
    expect(report.killsDuringTraining).toBeGreaterThanOrEqual(KILLS / 2);
    expect(report.runs).toBeGreaterThanOrEqual(Math.ceil(KILLS / 3));
    expect(code).toBe(report.late === 0 ? 0 : 1);
  }, 600_000);
});

async function soak(...args: readonly string[]): Promise<{ code: number | null; out: string; told: readonly string[] }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', 'tsx', 'sandbox/chaos/main.ts', ...args], { cwd: ROOT, env: { ...environment(), NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const told: string[] = [];
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  createInterface({ input: child.stderr }).on('line', (line) => told.push(line));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, out: out.trim(), told };
}

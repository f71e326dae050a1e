import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { measureClicks } from './clicks.js';
import { measureDiscord } from './discord.js';
import { measureHistory } from './history.js';
import { measureMemory } from './memory.js';
import { readOptions } from './options.js';
import type { BenchOptions, Measurement } from './options.js';
import { reportOf, rowsOf } from './report.js';
import type { Scene } from './scene.js';
import { measureStart } from './start.js';
import { tableOf } from './table.js';

/** Far more than everything but the long training takes, on a slow machine. */
const LIMIT_MS = 20 * 60_000;

const outcome = readOptions(argv.slice(2));
if (outcome.kind === 'problem') {
  console.error(outcome.problem);
  exit(2);
}
exit(await main(outcome.options));

async function main(options: BenchOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-'));
  const giveUp = new AbortController();
  const cleanUp = (): void => {
    // A server that was killed this moment may still hold a file.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  stopWhenAsked(LIMIT_MS + 2 * options.longMs, (why) => {
    console.error(why);
    giveUp.abort();
    cleanUp();
    exit(1);
  });
  try {
    await measure({ folder, giveUp: giveUp.signal, say: (line) => { console.error(line); } }, options);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    cleanUp();
  }
}

/** The long training comes last, and memory before what fills this process. */
async function measure(scene: Scene, { only, longMs, json }: BenchOptions): Promise<void> {
  const asked = (name: Measurement): boolean => only.includes(name);
  const start = asked('start') ? await measureStart(scene) : null;
  const memory = asked('memory') ? await measureMemory(scene) : null;
  const discord = asked('discord') ? await measureDiscord(scene) : null;
  const clicks = asked('clicks') ? await measureClicks(scene) : null;
  const history = asked('history') ? await measureHistory(scene, longMs) : null;
  const report = reportOf({ history, start, memory, discord, clicks });
  console.log(`\n${tableOf(rowsOf(report))}\n`);
  if (json) console.log(JSON.stringify(report));
}

/** Ctrl-C, the end of the command that started this process, or a measurement that never ends. */
function stopWhenAsked(limitMs: number, stop: (why: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { stop('Stopped.'); });
  process.once('disconnect', () => { stop('Stopped.'); });
  process.channel?.unref();
  setTimeout(() => { stop(`Gave up after ${Math.round(limitMs / 60_000)} min.`); }, limitMs).unref();
}

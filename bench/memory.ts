import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openYardAccess } from '../sandbox/demo/access.js';
import { drawPictures } from '../sandbox/demo/pictures/draw-pictures.js';
import { play } from '../sandbox/demo/play.js';
import { silentTranscript } from '../sandbox/demo/transcript.js';
import { readYardState } from '../sandbox/yard/yard-state.js';
import type { Yard } from '../sandbox/yard/yard.js';
import { createPeaks } from './peaks.js';
import type { MemoryPeaks } from './peaks.js';
import { readProcessTree } from './process-table.js';
import { withYard, yardFolder } from './scene.js';
import type { Scene } from './scene.js';

const YARD = 'memory';
const SAMPLE_EVERY_MS = 250;

/** The most memory a yard takes from its start through one demo, the process that plays it included. */
export async function measureMemory(scene: Scene): Promise<MemoryPeaks> {
  const done = new AbortController();
  const watching = watch(yardFolder(scene, YARD), done.signal);
  try {
    await Promise.race([withYard(scene, YARD, {}, (yard) => playDemo(scene, yard)), watching]);
  } finally {
    done.abort();
  }
  return watching;
}

async function playDemo(scene: Scene, yard: Yard): Promise<void> {
  scene.say('A demo, played while memory is watched.');
  const access = await openYardAccess(yard.state);
  try {
    const kill = (): Promise<void> => Promise.reject(new Error('Nothing is killed while memory is watched.'));
    const report = await play({
      access,
      name: 'success',
      transcript: silentTranscript,
      pictures: await drawPictures(),
      outDir: join(scene.folder, 'demo'),
      kill,
      progress: () => undefined,
    });
    if (!report.agreed) throw new Error(`Expected the demo to end well: ${report.disagreements.map(({ place, found }) => `${place}: ${found}`).join(' ')}`);
  } finally {
    await access.close();
  }
}

async function watch(dataDir: string, done: AbortSignal): Promise<MemoryPeaks> {
  const peaks = createPeaks(process.pid);
  while (!done.aborted) {
    const parts = Object.entries((await readYardState(dataDir))?.parts ?? {});
    const names = new Map(parts.flatMap(([name, { pid }]) => (pid === undefined ? [] : [[pid, name] as const])));
    peaks.add(await readProcessTree(process.pid), names);
    await setTimeout(SAMPLE_EVERY_MS, undefined, { signal: done }).catch(() => undefined); // Done meanwhile, which the loop sees.
  }
  return peaks.read();
}

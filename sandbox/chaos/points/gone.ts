import { setTimeout as delay } from 'node:timers/promises';
import { createRuns } from '../../../models/runs.js';
import type { PlayParts } from './play-steps.js';
import { playTrainingWith, type Played } from './plays.js';
import { UNSERVED_MS } from './points-yard.js';
import type { PointsSeat } from './seat.js';
import { wrongWith } from './verdict.js';

/** The worker of the nodes is away while its node trains on. */
export interface Gone {
  readonly name: string;
  readonly goneMs: number;
}

/** An hour of the limit in use is as long as the limit of the attack's yard. */
const HOUR_MS = UNSERVED_MS;
const LOOK_EVERY_MS = 20;
const OVER_MS = 180_000;

export const GONE: readonly Gone[] = [
  { name: 'the worker of the nodes is gone for 11 minutes while its node trains on', goneMs: (HOUR_MS * 11) / 60 },
  { name: 'the worker of the nodes is gone for 2 hours while its node trains on', goneMs: HOUR_MS * 2 },
];

/** @returns what is wrong in the end: the training that was finished meanwhile has to be the one that is kept */
export async function playGone({ yard, people, pictures }: PointsSeat, { goneMs }: Gone): Promise<readonly string[]> {
  const [somebody] = people;
  if (somebody === undefined) throw new Error('Expected somebody who trains.');
  const parts: PlayParts = { ...somebody, access: yard.access, pictures, over: AbortSignal.timeout(OVER_MS) };
  try {
    const played = await playTrainingWith(parts, async (runId, letNodesGo) => {
      const comeBack = await sendAway(yard.yard);
      const goneAt = Date.now();
      await letNodesGo();
      await trainedToItsEnd(parts, runId);
      await delay(Math.max(0, goneAt + goneMs - Date.now()));
      comeBack();
    });
    return [...(await wrongWith(yard.access, played)), ...(await thrownAway(parts, played))];
  } catch (error) {
    return [`the play did not come to its end: ${String(error)}`];
  }
}

/** Killed, and what is started in its place is frozen before it does anything. */
async function sendAway(yard: PointsSeat['yard']['yard']): Promise<() => void> {
  const part = yard.part('gpu');
  const { pid } = part;
  part.kill('SIGKILL');
  while (part.pid === pid || part.pid === undefined) await delay(LOOK_EVERY_MS);
  part.kill('SIGSTOP');
  return () => {
    part.kill('SIGCONT');
  };
}

async function trainedToItsEnd({ access, over }: PlayParts, runId: string): Promise<void> {
  for (;;) {
    over.throwIfAborted();
    const jobs = (await Promise.all(access.nodes.map(({ control }) => control.jobs()))).flat();
    if (jobs.some((job) => job.runId === runId && job.state === 'completed')) return;
    await delay(LOOK_EVERY_MS);
  }
}

async function thrownAway({ access }: PlayParts, { runId }: Played): Promise<string[]> {
  if (runId === null) return [];
  const jobs = (await Promise.all(access.nodes.map(({ control }) => control.jobs()))).flat().filter((job) => job.runId === runId && job.trained);
  const row = await createRuns(access.mongo).read(runId);
  const [first] = jobs;
  if (jobs.length === 1 && first?.promptId === row?.claim?.promptId) return [];
  return [`nodes: expected the one training ${first?.promptId ?? 'none'} to be kept, found ${jobs.length} and ${row?.claim?.promptId ?? 'none'} on record`];
}

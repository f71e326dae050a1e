import { setTimeout as delay } from 'node:timers/promises';
import { createPlayer, waitForRow } from '../sandbox/demo/player.js';
import type { Access } from '../sandbox/demo/player.js';
import { renderMessage } from '../sandbox/discord/driver/render-message.js';
import { silentTranscript } from '../sandbox/demo/transcript.js';
import type { PersonName } from '../sandbox/discord/people.js';
import { datasetOf, PEOPLE } from './discord-people.js';
import type { Datasets } from './discord-people.js';

/** How far the card's first time of the end after a fifth of the steps is off, of the time that was left then. */
export interface MeasuredEtas {
  readonly worst: number;
  readonly runs: readonly MeasuredEta[];
}

interface MeasuredEta {
  readonly name: string;
  readonly msPerStep: number;
  readonly leftMs: number;
  readonly error: number;
}

interface Pace {
  readonly name: string;
  readonly msPerStep: number;
  readonly steps: number;
  /** Before the first step is through, as where a model is compiled. */
  readonly firstStepMs?: number;
  /** This many times slower for the first twentieth of the steps, as where a card warms up. */
  readonly warmUp?: number;
}

/** About twenty seconds each, two at a time: one on each node. */
const ROUNDS: readonly (readonly [Pace, Pace])[] = [
  [{ name: 'slow', msPerStep: 200, steps: 100 }, { name: 'medium', msPerStep: 50, steps: 400 }],
  [{ name: 'fast', msPerStep: 10, steps: 2_000 }, { name: 'slow first step', msPerStep: 50, steps: 360, firstStepMs: 5_000 }],
  [{ name: 'warming up', msPerStep: 50, steps: 360, warmUp: 3 }, { name: 'medium, once more', msPerStep: 40, steps: 450 }],
];
const WARM_UP_PART = 0.05;
const LOOK_EVERY_MS = 100;

export async function measureEtas(access: Access, datasets: Datasets): Promise<MeasuredEtas> {
  const runs: MeasuredEta[] = [];
  for (const round of ROUNDS) {
    for (const { control } of access.nodes) await control.hold(0);
    const held: Held[] = [];
    for (const [at, pace] of round.entries()) {
      const name = PEOPLE[at] ?? 'mira';
      held.push(await heldAtStart(access, name, datasetOf(datasets, name), pace));
    }
    runs.push(...(await Promise.all(held.map((one) => followed(access, one)))));
  }
  return { worst: Math.max(...runs.map(({ error }) => error)), runs };
}

interface Held {
  readonly player: ReturnType<typeof createPlayer>;
  readonly runId: string;
  readonly control: Access['nodes'][number]['control'];
  readonly pace: Pace;
}

/** Starts a run, which then waits on its node before the first step: the other run of the round gets the other node. */
async function heldAtStart(access: Access, name: PersonName, datasetId: string, pace: Pace): Promise<Held> {
  const player = createPlayer(access, name, silentTranscript);
  const runId = await player.confirm(await player.offer(datasetId, { recipe: 'sd15-lora', steps: pace.steps, card: 'dm' }));
  const { claim } = await waitForRow(access, runId, (row) => row.claim !== null, { what: 'a node for the run' });
  const node = access.nodes.find(({ nodeId }) => nodeId === claim?.nodeId);
  if (node === undefined) throw new Error(`Expected the run to be on a node, it is on ${claim?.nodeId ?? 'none'}.`);
  await node.control.waitForJobs((jobs) => jobs.some((job) => job.runId === runId && job.held), 60_000);
  return { player, runId, control: node.control, pace };
}

async function followed(access: Access, { player, runId, control, pace }: Held): Promise<MeasuredEta> {
  await control.setStepMs(pace.msPerStep * (pace.warmUp ?? 1));
  await delay(pace.firstStepMs ?? 0);
  await control.release();
  const { card } = await waitForRow(access, runId, (row) => row.card !== null, { what: 'the card' });
  let seen: { atMs: number; etaMs: number } | null = null;
  let isWarm = pace.warmUp === undefined;
  for (;;) {
    const job = (await control.jobs()).find((one) => one.runId === runId);
    if (job === undefined || job.endedAt !== null) break;
    if (!isWarm && job.trainedSteps >= pace.steps * WARM_UP_PART) {
      isWarm = true;
      await control.setStepMs(pace.msPerStep);
    }
    if (seen === null && job.trainedSteps < pace.steps) seen = etaOn(await player.user.lookAt({ id: card?.messageId ?? '' }), pace.steps);
    await delay(LOOK_EVERY_MS);
  }
  await waitForRow(access, runId, ({ notice }) => notice === 'delivered', { what: 'the end of the run' });
  const job = (await control.jobs()).find((one) => one.runId === runId);
  if (seen === null || job?.endedAt === null || job === undefined) throw new Error(`Expected the card of run ${runId} to say when it ends, after a fifth of its steps.`);
  const leftMs = job.endedAt - seen.atMs;
  return { name: pace.name, msPerStep: pace.msPerStep, leftMs, error: Math.round((Math.abs(seen.etaMs - job.endedAt) / leftMs) * 1000) / 1000 };
}

type Seen = Awaited<ReturnType<ReturnType<typeof createPlayer>['user']['lookAt']>>;

/** The time of the end as the card says it, when it shows a fifth of the steps or more. */
function etaOn(message: Seen, steps: number): { atMs: number; etaMs: number } | null {
  if (message === undefined) return null;
  const text = renderMessage(message);
  const step = Number(/([\d,]+) of [\d,]+ steps/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
  const eta = /<t:(\d+):t>/.exec(text)?.[1];
  if (step < steps / 5 || eta === undefined || message.editedAt === undefined) return null;
  return { atMs: message.editedAt, etaMs: Number(eta) * 1_000 };
}

import { createChance } from '../../seeded-random.js';
import { chosen } from './choice.js';

/**
 * `kill`: SIGKILL. `stop`: SIGSTOP, and SIGCONT after `frozenMs`: a zombie, whose work others take over meanwhile.
 * `restart`: SIGTERM. The supervisor starts again whatever ends.
 */
export type ActKind = 'kill' | 'stop' | 'restart';

export interface Act {
  readonly index: number;
  readonly kind: ActKind;
  readonly victim: Victim;
  /** From the act before it, 0.5 to 5 s. */
  readonly pauseMs: number;
  /** Of a stop: a quarter to three times the heartbeat timeout, which is 5 to 60 s with the timeout of a yard in use. */
  readonly frozenMs: number;
  /** Whether it waits for a run that trains; the others need an open run only. */
  readonly inTraining: boolean;
}

/** Everything that runs, as often as its weight. The stand-in of Discord keeps its world in memory: it is frozen, never killed. */
const VICTIMS = { gpu: 3, yard: 3, 'comfyui-node-a': 1, 'comfyui-node-b': 1, mongo: 2, temporal: 2, images: 1, discord: 2, bot: 2, web: 1 } as const;
const STOPPED_VICTIMS = { ...VICTIMS, 'discord-stand-in': 1 } as const;
export type Victim = keyof typeof STOPPED_VICTIMS;

const KINDS = { kill: 8, stop: 1, restart: 1 } as const satisfies Record<ActKind, number>;
const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
/** More than half of the acts wait for a training, so that half of the kills are in one for certain. */
const IN_TRAINING_PART = 0.6;

/** Acts until `kills` processes are killed; who, when and how follows from the arguments alone. */
export function scheduleOf(seed: number, kills: number, heartbeatMs: number): readonly Act[] {
  const random = createChance(seed);
  const acts: Act[] = [];
  for (let killed = 0; killed < kills; ) {
    const kind = chosen(random, KINDS);
    const victim = kind === 'stop' ? chosen(random, STOPPED_VICTIMS) : chosen(random, VICTIMS);
    // Squared: short pauses, which catch the yard in the middle of getting up again, are the more likely ones.
    const pauseMs = Math.round(SHORTEST_PAUSE_MS + random() ** 2 * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    const frozenMs = kind === 'stop' ? Math.round(heartbeatMs * (0.25 + random() * 2.75)) : 0;
    acts.push({ index: acts.length, kind, victim, pauseMs, frozenMs, inTraining: random() < IN_TRAINING_PART });
    if (kind === 'kill') killed += 1;
  }
  return acts;
}

/** What becomes of a run besides the kills. */
export type Fate = 'left-alone' | 'owner-cancels' | 'operator-cancels' | 'terminated' | 'job-forgotten';

const FATES = { 'left-alone': 15, 'owner-cancels': 2, 'operator-cancels': 1, terminated: 1, 'job-forgotten': 1 } as const satisfies Record<Fate, number>;

/** The fate of the run with this number, from the seed alone. */
export function fateOf(seed: number, runNumber: number): Fate {
  return chosen(createChance(seed + 7_919 * (runNumber + 1)), FATES);
}

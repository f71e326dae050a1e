import type { CrashCase } from './cases.js';
import type { PlayName } from './plays.js';
import type { Caller } from './points-yard.js';

/** What is played next, and who has to be started anew for its first calls to be made. */
export interface RoundChoice {
  readonly play: PlayName;
  readonly restart: Caller | null;
}

/** The play in which most of the waiting points are passed. Points of a start are met when their part is started anew. */
export function chooseRound(waiting: readonly CrashCase[]): RoundChoice {
  const votes = new Map<PlayName, number>();
  for (const { effect } of waiting) if (effect.play !== 'start') votes.set(effect.play, (votes.get(effect.play) ?? 0) + 1);
  const [most] = [...votes].sort(([, a], [, b]) => b - a);
  const starting = waiting.find(({ effect }) => effect.play === 'start');
  return { play: most?.[0] ?? 'train', restart: starting?.effect.caller ?? null };
}

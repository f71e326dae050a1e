import type { Call, HopName } from '../wire/hop.js';
import { EFFECTS, type Effect } from './table.js';

export type Side = 'before' | 'after';
/** Who dies: the worker that makes the call, or takes what the bot asks for; or one of the others. */
export type Victim = 'yard' | 'images' | 'gpu' | 'discord' | 'bot' | 'web' | 'node' | 'mongo' | 'temporal';

/** One point at which one process is killed, or frozen until the call is made a second time. */
export interface CrashCase {
  readonly name: string;
  readonly effect: Effect;
  readonly side: Side;
  readonly victim: Victim;
  readonly deed: 'kill' | 'freeze';
}

const SERVER_OF = { mongodb: 'mongo', temporal: 'temporal', comfyui: 'node', discord: null, gateway: null } as const satisfies Record<HopName, Victim | null>;
const SIDES = { before: 'before it is sent', after: 'before its reply' } as const;

/** Every effect, each side, each victim; and those workers that are frozen across a retry. Those come first whose victim has a part in the call. */
export const CASES: readonly CrashCase[] = EFFECTS.flatMap((effect) => [
  ...(['before', 'after'] as const).flatMap((side) => victimsOf(effect).map((victim) => crashCase(effect, side, victim, 'kill'))),
  ...(effect.freezeMs === undefined ? [] : (['before', 'after'] as const).map((side) => crashCase(effect, side, effect.worker, 'freeze'))),
]).sort((a, b) => Number(isBystander(a)) - Number(isBystander(b)));

/** Who is killed neither makes the call nor is asked. */
function isBystander({ victim, effect }: CrashCase): boolean {
  return victim !== effect.worker && victim !== effect.caller && victim !== SERVER_OF[effect.hop];
}

function victimsOf({ worker }: Effect): readonly Victim[] {
  return [worker, 'bot', 'node', 'mongo', 'temporal'];
}

function crashCase(effect: Effect, side: Side, victim: Victim, deed: CrashCase['deed']): CrashCase {
  return { name: `${effect.name} · ${SIDES[side]} · ${victim} ${deed === 'kill' ? 'killed' : 'frozen'}`, effect, side, victim, deed };
}

/** `yard mongodb insert points_entries hold` */
export function callKey(caller: string, { hop, name, detail }: Call): string {
  return [caller, hop, name, detail].filter((word) => word !== '').join(' ');
}

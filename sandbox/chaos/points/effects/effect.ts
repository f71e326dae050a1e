import type { HopName } from '../../wire/hop.js';
import type { Caller } from '../points-yard.js';
import type { Effect } from '../table.js';

type Row = readonly [call: string, play: Effect['play'], about?: { readonly detail?: string; readonly freezeMs?: number }];

/** The rows of one part on one hop. */
export function effects(caller: Caller, worker: Effect['worker'], hop: HopName, rows: readonly Row[]): readonly Effect[] {
  return rows.map(([call, play, { detail = '*', freezeMs } = {}]) => ({
    kind: 'effect',
    name: [caller, '·', call, ...(detail === '*' ? [] : [detail])].join(' '),
    caller, hop, call, detail, play, worker,
    ...(freezeMs === undefined ? {} : { freezeMs }),
  }));
}

/** Longer than the heartbeat timeout of the attack's yard and the pause before the second try. */
export const PAST_HEARTBEAT_MS = 5_000;
/** Longer than the 15 s in which the keeper of the cards has to be heard, whatever the yard. */
export const PAST_KEEPER_MS = 17_000;
/** Longer than the 20 s a step without heartbeats may take. */
export const PAST_STEP_MS = 22_000;

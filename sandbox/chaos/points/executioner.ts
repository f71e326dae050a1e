import { setTimeout as delay } from 'node:timers/promises';
import type { ComfyControl } from '../../comfyui/control.js';
import type { Part } from '../../yard/part.js';
import type { Call, Watch } from '../wire/hop.js';
import { callKey, type CrashCase } from './cases.js';
import { ruleOf } from './table.js';

/** Kills at the points it is given, each once, when a call passes there. */
export interface Executioner {
  watchOf(caller: string, target: string): Watch;
  /** Kills from now on: at these points, so many in all. */
  arm(cases: readonly CrashCase[], limits: Limits, victims: Victims): void;
  /** Lets every call pass. @returns the cases that were carried out since `arm` */
  disarm(): readonly CrashCase[];
  /** How many were carried out since `arm`. */
  fired(): number;
  /** Every call that was seen since the beginning, by `callKey`. */
  readonly seen: ReadonlyMap<string, SeenCall>;
}

export interface SeenCall {
  readonly caller: string;
  readonly call: Call;
}

export interface Limits {
  readonly kills: number;
  readonly nodeKills: number;
  /** How many parts may be down at once. */
  readonly atOnce: number;
}

export interface Victims {
  part(name: string): Part;
  readonly nodes: readonly { readonly nodeId: string; readonly control: ComfyControl }[];
}

/** Cuts the connection of a call whose caller, or whose server, is dead. */
class Dead extends Error {
  override readonly name = 'Dead';
}

interface Round {
  readonly waiting: Set<CrashCase>;
  readonly limits: Limits;
  readonly victims: Victims;
  readonly fired: CrashCase[];
  readonly down: Set<string>;
}

const LOOK_EVERY_MS = 5;
const DEATH_MS = 10_000;

export function createExecutioner(): Executioner {
  let round: Round | null = null;
  const seen = new Map<string, SeenCall>();

  async function at(side: CrashCase['side'], caller: string, target: string, call: Call): Promise<void> {
    seen.set(callKey(caller, call), { caller, call });
    const now = round;
    if (now === null || now.waiting.size === 0) return;
    const effect = ruleOf(caller, call);
    if (effect?.kind !== 'effect') return;
    const found = [...now.waiting].find((each) => each.effect === effect && each.side === side && mayDie(now, each, caller));
    if (found === undefined) return;
    now.waiting.delete(found);
    now.fired.push(found);
    const victim = found.victim === 'node' ? await nodeOf(now, target) : found.victim;
    if (found.deed === 'freeze') {
      await freeze(now.victims.part(victim), found.effect.freezeMs ?? 0);
      return;
    }
    await kill(now, victim);
    if (victim === caller || (victim === target && side === 'after')) throw new Dead(`${victim} is dead`);
  }

  return {
    seen,
    watchOf: (caller, target) => ({
      before: (call) => at('before', caller, target, call),
      after: (call) => at('after', caller, target, call),
    }),
    arm(cases, limits, victims) {
      round = { waiting: new Set(cases), limits, victims, fired: [], down: new Set() };
    },
    disarm() {
      const fired = round?.fired ?? [];
      round = null;
      return fired;
    },
    fired: () => round?.fired.length ?? 0,
  };
}

function mayDie({ fired, limits, victims, down }: Round, { victim }: CrashCase, caller: string): boolean {
  if (fired.length >= limits.kills) return false;
  for (const name of down) if (victims.part(name).isReady) down.delete(name);
  if (down.size >= limits.atOnce) return false;
  if (victim === 'node') return fired.filter((each) => each.victim === 'node').length < limits.nodeKills && victims.nodes.every(({ nodeId }) => victims.part(`comfyui-${nodeId}`).isReady);
  // The caller lives, since it calls, also before it says that it serves.
  return victim === caller || victims.part(victim).isReady;
}

/** The node that is called, else the one that has a job. */
async function nodeOf({ victims }: Round, target: string): Promise<string> {
  if (target.startsWith('comfyui-')) return target;
  for (const { nodeId, control } of victims.nodes) {
    const jobs = await control.jobs().catch(() => []); // It is down; the other one may have a job.
    if (jobs.some((job) => job.state === 'running' || job.state === 'pending')) return `comfyui-${nodeId}`;
  }
  return `comfyui-${victims.nodes[0]?.nodeId ?? ''}`;
}

/** Returns when it is dead. */
async function kill({ victims, down }: Round, name: string): Promise<void> {
  const part = victims.part(name);
  const { pid } = part;
  down.add(name);
  part.kill('SIGKILL');
  const deadline = Date.now() + DEATH_MS;
  while (part.pid === pid && Date.now() < deadline) await delay(LOOK_EVERY_MS);
}

/** As long as it takes until somebody else is asked to do the same. */
async function freeze(part: Part, ms: number): Promise<void> {
  part.kill('SIGSTOP');
  await delay(ms);
  part.kill('SIGCONT');
}

import type { Call, HopName } from '../wire/hop.js';
import { BOT_EFFECTS } from './effects/bot.js';
import { DISCORD_EFFECTS, GPU_EFFECTS, IMAGES_EFFECTS, WEB_EFFECTS } from './effects/workers.js';
import { YARD_EFFECTS } from './effects/yard.js';
import type { PlayName } from './plays.js';
import type { Caller } from './points-yard.js';
import { READS, type Read } from './reads.js';

/** A call that changes something outside of the process that makes it. */
export interface Effect {
  readonly kind: 'effect';
  /** `yard · insert points_entries hold`. */
  readonly name: string;
  readonly caller: Caller;
  readonly hop: HopName;
  /** The call's name; `*` stands for any words. */
  readonly call: string;
  /** Its detail, where only some calls of the name are meant; `*` stands for any words. */
  readonly detail: string;
  /** The play in which it is made; `start` when the part makes it as it starts. */
  readonly play: PlayName | 'start';
  /** Who is killed as the worker: the caller, or the worker that takes what the bot or the web part asks for. */
  readonly worker: 'yard' | 'images' | 'gpu' | 'discord' | 'web';
  /** Where the worker is frozen as well: how long, so that its step has been asked for again when it thaws. */
  readonly freezeMs?: number;
}

export type Rule = Effect | Read;

/** Every effect of the yard on the outside. The first that fits a call counts. */
export const EFFECTS: readonly Effect[] = [...BOT_EFFECTS, ...YARD_EFFECTS, ...IMAGES_EFFECTS, ...GPU_EFFECTS, ...DISCORD_EFFECTS, ...WEB_EFFECTS];

const RULES: readonly Rule[] = [...EFFECTS, ...READS];

/** What the table says about a call; undefined when it has no row. */
export function ruleOf(caller: string, call: Call): Rule | undefined {
  return RULES.find((rule) => fits(rule, caller, call));
}

function fits(rule: Rule, caller: string, { hop, name, detail }: Call): boolean {
  if (rule.hop !== hop || (rule.kind === 'effect' && rule.caller !== caller)) return false;
  return matches(rule.call, name) && (rule.kind === 'read' || matches(rule.detail, detail));
}

function matches(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.at(-1);
  if (tail === undefined) return text === head;
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
}

import type { SeenInteraction, SeenMessage } from '../user/seen.js';
import type { Command } from '../wire.js';

export interface FeedPerson {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly isOperator: boolean;
  readonly isBot: boolean;
}

export interface FeedChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'thread' | 'dm';
  /** Of the server it is in; absent for direct messages. */
  readonly server?: string;
  readonly archived: boolean;
  /** What the person may run there: slash commands and those of menus. */
  readonly commands: readonly Command[];
}

/** What a person's client learns: everything at first, then what changed. */
export interface Feed {
  readonly epoch: string;
  readonly seq: number;
  /** The stand-in's time, in ms. */
  readonly now: number;
  /** Everything the person sees; what an earlier answer said is void. */
  readonly whole: boolean;
  readonly botConnected: boolean;
  readonly uploadLimitBytes: number;
  /** Address of a run in the Temporal Web UI, with `{runId}` in it. */
  readonly runLink?: string;
  readonly people: readonly FeedPerson[];
  readonly channels: readonly FeedChannel[];
  /** Those that are new or changed. */
  readonly messages: readonly SeenMessage[];
  /** Ids of messages that are no longer there. */
  readonly gone: readonly string[];
  /** The person's acts that changed. */
  readonly interactions: readonly SeenInteraction[];
}

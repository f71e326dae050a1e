import type { Clock } from './clock.js';

/** One request the bot made, as the stand-in saw and answered it. */
export interface BotCall {
  n: number;
  /** The stand-in's time, in ms. */
  at: number;
  method: string;
  /** Without `/api/v10` and query, decoded. */
  path: string;
  /** The route's pattern, or `null` when Discord has no such route here. */
  route: string | null;
  query: Record<string, string>;
  hasAuth: boolean;
  body: unknown;
  files: { field: string; name: string; size: number }[];
  /** 0 while it is being answered or when the connection was reset. */
  status: number;
  /** Discord's error code, when the answer is an error. */
  code?: number;
  /** An injected fault gave the answer. */
  injected?: boolean;
}

/** Something no correct bot does: a body Discord refuses, an unknown route or key, wrong authorization. */
export interface Violation {
  at: number;
  rule: string;
  message: string;
  method?: string;
  path?: string;
}

export type ChangeKind = 'message' | 'modal' | 'failure' | 'interaction' | 'choices' | 'call' | 'violation' | 'gateway' | 'commands' | 'clock' | 'world';

export interface Change {
  seq: number;
  at: number;
  kind: ChangeKind;
  /** Id of what changed: a message, interaction, channel or call number. */
  id: string;
}

const KEPT_CHANGES = 2_000;
/** A bot that edits cards for days must not fill the memory. */
const KEPT_CALLS = 20_000;

/** What happened, in order, and a way to wait for more of it. */
export interface Journal {
  readonly calls: BotCall[];
  readonly violations: Violation[];
  readonly seq: number;
  /** Starts the record of a request; the caller fills in the rest as it learns it. */
  called(call: Omit<BotCall, 'n' | 'at'>): BotCall;
  changed(kind: ChangeKind, id: string): void;
  violated(violation: Omit<Violation, 'at'>): void;
  changesAfter(seq: number): Change[];
  /** Resolves as soon as there is a change after `seq`, or after `timeoutMs` of wall time. */
  waitForChange(seq: number, timeoutMs: number): Promise<void>;
  forget(): void;
  stop(): void;
}

export function createJournal(clock: Clock): Journal {
  const calls: BotCall[] = [];
  const violations: Violation[] = [];
  const changes: Change[] = [];
  const waiting = new Set<() => void>();
  let seq = 0;
  let callCount = 0;

  const wakeAll = (): void => {
    for (const wake of waiting) wake();
  };

  const journal: Journal = {
    calls,
    violations,
    get seq() {
      return seq;
    },
    called(call) {
      callCount += 1;
      const numbered = { n: callCount, at: clock.now(), ...call };
      calls.push(numbered);
      if (calls.length > KEPT_CALLS) calls.shift();
      return numbered;
    },
    changed(kind, id) {
      seq += 1;
      changes.push({ seq, at: clock.now(), kind, id });
      if (changes.length > KEPT_CHANGES) changes.shift();
      wakeAll();
    },
    violated(violation) {
      violations.push({ at: clock.now(), ...violation });
      journal.changed('violation', violation.rule);
    },
    changesAfter: (after) => changes.filter((change) => change.seq > after),
    waitForChange(after, timeoutMs) {
      if (seq > after) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        waiting.add(wake);
      });
    },
    forget() {
      calls.length = 0;
      violations.length = 0;
    },
    stop: wakeAll,
  };
  return journal;
}

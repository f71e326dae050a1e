import type { WorldChange } from '../control/changes.js';
import type { Fault } from '../faults.js';
import type { BotCall, Violation } from '../journal.js';
import type { PersonName } from '../people.js';
import type { Command } from '../wire.js';
import { createControlClient, DriverError } from './http.js';
import type { Wait } from './interaction.js';
import { createDiscordUser, type DiscordUser } from './user.js';

const DEFAULT_TIMEOUT_MS = 10_000;
const POLL_MS = 5_000;

/** Drives a stand-in, in this process or another, as people would, and reads what the bot did to it. */
export interface DiscordDriver {
  user(name: PersonName): DiscordUser;
  /** Every request of the bot so far. */
  calls(): Promise<BotCall[]>;
  /** What no correct bot does; tests assert there is none. */
  violations(): Promise<Violation[]>;
  /** Commands the bot registered, by scope (`global` or guild id). */
  commands(): Promise<Record<string, Command[]>>;
  /** Makes the next matching requests of the bot fail. */
  faults(...faults: readonly Fault[]): Promise<void>;
  clearFaults(): Promise<void>;
  /** Skips time: deadlines, token lives, message ages and file addresses are judged by it. */
  advanceClock(ms: number): Promise<void>;
  /** The stand-in's time, in ms. */
  now(): Promise<number>;
  /** DMs closed, channels deleted, permissions taken, gateway dropped, …; returns the id of what was made or touched. */
  change(change: WorldChange): Promise<string>;
  /** Waits until the bot's gateway connection stands. */
  waitForBot(options?: { timeoutMs?: number }): Promise<void>;
  /** Waits until `look` returns something truthy; looks again at every change of the stand-in. */
  waitFor: Wait;
  /** Forgets calls, violations and faults; people, channels and messages stay. */
  reset(): Promise<void>;
}

/** A driver for the stand-in at `controlUrl`. */
export function createDiscordDriver(controlUrl: string): DiscordDriver {
  const control = createControlClient(controlUrl);
  const currentSeq = async (): Promise<number> => (await control.get<{ seq: number }>('/state')).seq;

  const waitFor: Wait = async (look, { timeoutMs = DEFAULT_TIMEOUT_MS, what = 'a change' } = {}) => {
    const endsAt = performance.now() + timeoutMs;
    for (let seq = await currentSeq(); ; ) {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found;
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) throw new DriverError(`Waited ${timeoutMs} ms for ${what}.`);
      const news = await control.get<{ seq: number }>(`/events?after=${seq}&timeoutMs=${Math.ceil(Math.min(leftMs, POLL_MS))}`);
      seq = news.seq;
    }
  };

  return {
    user: (name) => createDiscordUser(name, control, waitFor),
    calls: () => control.get('/calls'),
    violations: () => control.get('/violations'),
    commands: () => control.get('/commands'),
    async faults(...faults) {
      for (const fault of faults) await control.post('/faults', fault);
    },
    clearFaults: () => control.delete('/faults'),
    async advanceClock(ms) {
      await control.post('/clock', { advanceMs: ms });
    },
    now: async () => (await control.get<{ now: number }>('/state')).now,
    change: async (change) => (await control.post<{ id: string }>('/world', change)).id,
    async waitForBot(options) {
      await waitFor(async () => (await control.get<{ connected: boolean }>('/state')).connected, { what: 'the bot on the gateway', ...options });
    },
    waitFor,
    async reset() {
      await control.post('/reset', {});
    },
  };
}

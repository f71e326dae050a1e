import { setTimeout as delay } from 'node:timers/promises';
import { RateLimitError } from 'discord.js';
import { isEndStatus } from '../../domain/runs.js';
import type { Runs } from '../../models/runs.js';
import type { View } from '../../bot/views/layout.js';
import type { Card, RunRow } from '../../models/runs-schema.js';
import { renderCard, type CardDependencies } from './cards.js';
import { isPlaceGone } from './discord-errors.js';

export interface KeeperDependencies extends CardDependencies {
  readonly runs: Pick<Runs, 'read' | 'setCard' | 'countWaiting' | 'watch' | 'cardsToLookAt' | 'cardRendered' | 'cardLost'>;
  /** Least time between two edits of a card that only show progress. */
  readonly cardEditIntervalMs: number;
  readonly log: { warn(message: string, fields: object): void };
}

/** What a card shows, as far as this process knows. */
interface Shown {
  readonly body: string;
  /** Status, attempt and end: a change of these is shown at once. */
  readonly state: string;
  readonly editedAt: number;
}

/** The activity ends by itself after this, and its workflow starts it again with a short history. */
const SHIFT_MS = 30 * 60_000;
const LONGEST_PAUSE_MS = 2_000;
/** Places in the queue change without a change of the row; missed changes of rows are found as well. */
const COMPARE_EVERY_MS = 15_000;
/** A new stream tells of changes from the moment the server has opened it; what changed before that is found by comparing once more. */
const COMPARE_AFTER_OPENING_MS = 1_000;
const AFTER_TROUBLE_MS = 5_000;
const EDITS_AT_ONCE = 5;
/** A card older than this is edited more rarely: nobody looks at it all the time, and Discord bounds edits of old messages. */
const YOUNG_MS = 10 * 60_000;
const OLD_CARD_FACTOR = 6;

/** Keeps every card in step with its row until the shift ends or it is told to stop. There is one at a time. */
export async function keepCardsInStep(deps: KeeperDependencies, signal: AbortSignal): Promise<void> {
  const due = new Map<string, number>();
  const shown = new Map<string, Shown>();
  const alarm = createAlarm(signal);
  let stream = watch();
  let compareAt = 0;
  let openedAt = Date.now();
  const endsAt = Date.now() + SHIFT_MS;
  try {
    while (!signal.aborted && Date.now() < endsAt) {
      if (stream.isBroken()) {
        await stream.close();
        stream = watch();
        openedAt = Date.now();
        compareAt = 0;
      }
      if (Date.now() >= compareAt) {
        const isYoung = Date.now() - openedAt < COMPARE_AFTER_OPENING_MS;
        compareAt = Date.now() + (isYoung ? COMPARE_AFTER_OPENING_MS : COMPARE_EVERY_MS);
        await compareAll();
      }
      const ready = [...due].filter(([, at]) => at <= Date.now()).slice(0, EDITS_AT_ONCE);
      await Promise.all(ready.map(([runId]) => bringUpToDate(runId)));
      if (ready.length < EDITS_AT_ONCE) await alarm.wait(pauseMs(due));
    }
  } finally {
    await stream.close();
  }

  function watch(): Watching {
    return watchRuns(deps.runs, (runId) => {
      // Also when a later edit is planned: what changed may be the state, which is shown at once.
      due.set(runId, Date.now());
      alarm.ring();
    }, alarm.ring);
  }

  async function compareAll(): Promise<void> {
    for (const runId of await deps.runs.cardsToLookAt(new Date(Date.now() - 7 * 86_400_000))) if (!due.has(runId)) due.set(runId, Date.now());
    for (const [runId, { state }] of shown) if (state.startsWith('queued') && !due.has(runId)) due.set(runId, Date.now());
  }

  async function bringUpToDate(runId: string): Promise<void> {
    due.delete(runId);
    try {
      const later = await editCard(runId, shown, deps, signal);
      if (later !== null) due.set(runId, Math.max(due.get(runId) ?? 0, later));
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn('a card could not be edited; it is tried again', { runId, error: String(error) });
      due.set(runId, Date.now() + AFTER_TROUBLE_MS);
    }
  }
}

/** Edits the card of a run when what it shows has changed. Returns when to look again, or null when there is nothing more to do. */
async function editCard(runId: string, shown: Map<string, Shown>, deps: KeeperDependencies, signal: AbortSignal): Promise<number | null> {
  const row = await deps.runs.read(runId);
  if (row?.card === undefined || row.card === null || row.card.lost) {
    shown.delete(runId);
    return null;
  }
  const before = shown.get(runId);
  const view = await renderCard(row, deps);
  const body = JSON.stringify(view);
  const state = stateOf(row);
  if (before?.body !== body) {
    const notBefore = before === undefined || before.state !== state ? 0 : before.editedAt + intervalMs(row, deps.cardEditIntervalMs);
    if (notBefore > Date.now()) return notBefore;
    const outcome = await tryEdit(runId, row.card, view, deps, signal);
    if (outcome === 'lost') {
      shown.delete(runId);
      return null;
    }
    if (outcome !== 'edited') return outcome;
  }
  if (isEndStatus(row.status)) shown.delete(runId);
  else shown.set(runId, { body, state, editedAt: before?.body === body ? before.editedAt : Date.now() });
  if (row.card.renderedRevision < row.revision) await deps.runs.cardRendered(runId, row.card.messageId, row.revision);
  return null;
}

/** A number says when Discord will take the next edit of this channel. */
async function tryEdit(runId: string, card: Card, view: View, deps: KeeperDependencies, signal: AbortSignal): Promise<'edited' | 'lost' | number> {
  try {
    await deps.messages.edit(card, view, signal);
    return 'edited';
  } catch (error) {
    if (error instanceof RateLimitError) return Date.now() + error.retryAfter;
    if (!isPlaceGone(error)) throw error;
    await deps.runs.cardLost(runId, card.messageId);
    return 'lost';
  }
}

function stateOf(row: RunRow): string {
  return [row.status, row.attempt, row.end?.kind ?? ''].join(':');
}

function intervalMs(row: RunRow, base: number): number {
  return Date.now() - row.createdAt.getTime() > YOUNG_MS ? base * OLD_CARD_FACTOR : base;
}

function pauseMs(due: ReadonlyMap<string, number>): number {
  const next = Math.min(...due.values());
  return Math.max(1, Math.min(LONGEST_PAUSE_MS, next - Date.now()));
}

interface Watching {
  isBroken(): boolean;
  close(): Promise<void>;
}

function watchRuns(runs: KeeperDependencies['runs'], changed: (runId: string) => void, broke: () => void): Watching {
  let broken = false;
  const stream = runs.watch(null);
  stream.on('change', (change: unknown) => {
    const runId = runIdOf(change);
    if (runId !== null) changed(runId);
  });
  stream.on('error', () => {
    // The stream's history is lost or the database is away: a new stream and a comparison of all rows make up for it.
    broken = true;
    broke();
  });
  return {
    isBroken: () => broken,
    close: async () => {
      await stream.close();
    },
  };
}

function runIdOf(change: unknown): string | null {
  if (typeof change !== 'object' || change === null || !('documentKey' in change)) return null;
  const key = change.documentKey;
  return typeof key === 'object' && key !== null && '_id' in key && typeof key._id === 'string' ? key._id : null;
}

interface Alarm {
  readonly ring: () => void;
  wait(ms: number): Promise<void>;
}

/** A pause that ends early when there is something to do, or when all is to stop. */
function createAlarm(signal: AbortSignal): Alarm {
  let early = new AbortController();
  const ring = (): void => {
    early.abort();
  };
  signal.addEventListener('abort', ring);
  return {
    ring,
    async wait(ms) {
      if (!signal.aborted) await delay(ms, undefined, { signal: early.signal }).catch(() => undefined);
      early = new AbortController();
    },
  };
}

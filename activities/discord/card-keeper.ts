import { setTimeout as delay } from 'node:timers/promises';
import { inTime } from '../../models/in-time.js';
import type { Runs } from '../../models/runs.js';
import { keepCard, type EditDependencies, type KeptCards } from './card-edit.js';
import { createEditPace } from './edit-pace.js';

export interface KeeperDependencies extends EditDependencies {
  readonly runs: EditDependencies['runs'] & Pick<Runs, 'watch' | 'cardsToLookAt'>;
  readonly log: { warn(message: string, fields: object): void };
}

/** The activity ends by itself after this, and its workflow starts it again with a short history. */
const SHIFT_MS = 30 * 60_000;
const LONGEST_PAUSE_MS = 2_000;
/** Places in the queue and silences change without a change of the row; missed changes of rows are found as well. */
const COMPARE_EVERY_MS = 15_000;
/** A new stream tells of changes from the moment the server has opened it; what changed before that is found by comparing once more. */
const COMPARE_AFTER_OPENING_MS = 1_000;
const AFTER_TROUBLE_MS = 5_000;
const CARDS_AT_ONCE = 10;
/** Ends older than this are not shown on their cards any more: whoever looks for them asks. */
const ENDS_SHOWN_MS = 7 * 86_400_000;

/**
 * One card, or one comparison of all. Both are through in moments, or end by limits of their own well before; whatever hangs all the
 * same must not stop the keeper of every card, whose beating heart would hide it for hours.
 */
const LONGEST_WORK_MS = 60_000;

/** Keeps every card in step with its row until the shift ends or it is told to stop. There is one at a time. */
export async function keepCardsInStep(deps: KeeperDependencies, signal: AbortSignal, longestWorkMs = LONGEST_WORK_MS): Promise<void> {
  const due = new Map<string, number>();
  const inHand = new Map<string, Promise<void>>();
  const kept: KeptCards = { shown: new Map(), pace: createEditPace(), unplaceable: new Set() };
  const alarm = createAlarm(signal);
  let stream = watch();
  let compareAt = 0;
  let openedAt = Date.now();
  const endsAt = Date.now() + SHIFT_MS;
  try {
    while (!signal.aborted && Date.now() < endsAt) {
      if (stream.isBroken()) {
        await soon('the end of a broken stream', stream.close());
        stream = watch();
        openedAt = Date.now();
        compareAt = 0;
      }
      if (Date.now() >= compareAt) {
        const isYoung = Date.now() - openedAt < COMPARE_AFTER_OPENING_MS;
        compareAt = Date.now() + (isYoung ? COMPARE_AFTER_OPENING_MS : COMPARE_EVERY_MS);
        for (const runId of await soon('a comparison of all rows', deps.runs.cardsToLookAt(new Date(Date.now() - ENDS_SHOWN_MS)))) if (!due.has(runId)) due.set(runId, Date.now());
      }
      takeInHand();
      await alarm.wait(pauseMs());
    }
  } finally {
    await soon('the end of the stream', stream.close());
    await Promise.all(inHand.values());
  }

  function watch(): Watching {
    return watchRuns(deps.runs, (runId) => {
      // Also when a later edit is planned: what changed may be the state, which is shown at once.
      due.set(runId, Date.now());
      alarm.ring();
    }, alarm.ring);
  }

  /** One card that is slow to edit keeps no other one waiting. */
  function takeInHand(): void {
    const ready = [...due].filter(([runId, at]) => at <= Date.now() && !inHand.has(runId)).slice(0, CARDS_AT_ONCE - inHand.size);
    for (const [runId] of ready) {
      const work = bringUpToDate(runId).finally(() => {
        inHand.delete(runId);
        alarm.ring();
      });
      inHand.set(runId, work);
    }
  }

  async function bringUpToDate(runId: string): Promise<void> {
    due.delete(runId);
    try {
      const later = await soon('a card', keepCard(runId, kept, deps, signal));
      if (later !== null && !due.has(runId)) due.set(runId, later);
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn('a card could not be edited; it is tried again', { runId, error: String(error) });
      due.set(runId, Date.now() + AFTER_TROUBLE_MS);
    }
  }

  function soon<Result>(what: string, work: Promise<Result>): Promise<Result> {
    return inTime(longestWorkMs, work, () => new Error(`Expected ${what} to take less than ${longestWorkMs} ms.`));
  }

  function pauseMs(): number {
    if (inHand.size >= CARDS_AT_ONCE) return LONGEST_PAUSE_MS;
    const next = Math.min(...[...due].filter(([runId]) => !inHand.has(runId)).map(([, at]) => at));
    return Math.max(1, Math.min(LONGEST_PAUSE_MS, next - Date.now()));
  }
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

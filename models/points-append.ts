import { setTimeout as delay } from 'node:timers/promises';
import type { AccountId } from '../domain/accounts.js';
import { decideEntry, holdKeyOf, LedgerInvariantError, type Entry, type LedgerRequest } from '../domain/ledger.js';
import { LedgerUnavailableError } from './points-errors.js';
import { isUnknownResult, sealEntry, type PointsStore } from './points-store.js';

export type Recorded = ReadonlyMap<string, Entry>;

export interface Append<Answer> {
  readonly account: AccountId;
  readonly request: LedgerRequest;
  /** Everything that can answer the request. */
  readonly keys: readonly string[];
  /** Whether deciding needs what is recorded; without it the keys are read only when the insert meets one. */
  readonly readKeysFirst: boolean;
  /** The recorded answer, or null while there is none. */
  answerFrom(recorded: Recorded): Answer | null;
}

/** Waits before another try; `round` counts the tries in vain. */
export type Pause = (round: number, longestMs: number) => Promise<unknown>;

export interface Writing {
  readonly store: PointsStore;
  readonly pause: Pause;
}

const MOST_CONFLICTS = 200;
const LONGEST_CONFLICT_PAUSE_MS = 40;
const MOST_UNKNOWN_RESULTS = 4;
const LONGEST_UNKNOWN_PAUSE_MS = 1_000;

/**
 * One operation = one insert. Whoever inserts first under a key or a number wins; everybody else reads again.
 * The answer is what is recorded, never what was wished.
 *
 * @throws LedgerUnavailableError when the database does not tell the result, or the account is too busy: repeat the same call.
 * @throws LedgerInvariantError when the chain is wrong.
 */
export async function append<Answer>({ store, pause }: Writing, operation: Append<Answer>): Promise<Answer> {
  let readKeys = operation.readKeysFirst;
  let conflicts = 0;
  let unknownResults = 0;
  for (;;) {
    try {
      const tried = await tryOnce(store, operation, readKeys);
      if (tried.kind === 'answered') return tried.answer;
      conflicts += 1;
      readKeys ||= tried.taken === 'key-taken';
      if (conflicts >= MOST_CONFLICTS) throw new LedgerUnavailableError(`${operation.account} had ${conflicts} writers in the way.`);
      await pause(conflicts, LONGEST_CONFLICT_PAUSE_MS);
    } catch (error) {
      if (!isUnknownResult(error)) throw error;
      unknownResults += 1;
      readKeys = true;
      if (unknownResults >= MOST_UNKNOWN_RESULTS) {
        const what = `${operation.request.kind} (${operation.keys.join(', ')}) of ${operation.account}`;
        throw new LedgerUnavailableError(`The database did not tell the result of ${what} in ${unknownResults} tries.`, { cause: error });
      }
      await pause(unknownResults + 4, LONGEST_UNKNOWN_PAUSE_MS);
    }
  }
}

type Tried<Answer> = { readonly kind: 'answered'; readonly answer: Answer } | { readonly kind: 'conflict'; readonly taken: 'seq-taken' | 'key-taken' };

async function tryOnce<Answer>(store: PointsStore, operation: Append<Answer>, readKeys: boolean): Promise<Tried<Answer>> {
  const { account, request } = operation;
  // The head comes first: keys read later include every resolve that the head's totals include.
  const head = await store.readHead(account);
  const recorded: Recorded = readKeys ? await store.readEntries(account, operation.keys) : new Map<string, Entry>();
  const known = operation.answerFrom(recorded);
  if (known !== null) return { kind: 'answered', answer: known };

  const hold = request.kind === 'resolve' ? (recorded.get(holdKeyOf(request.runId)) ?? null) : null;
  // The hold came in between the two reads: totals that do not include it cannot be what it is taken from.
  if (hold !== null && hold.seq > head.seq) return { kind: 'conflict', taken: 'seq-taken' };
  const entry = sealEntry(decideEntry(account, head, hold, request), head.hash, new Date());
  const result = await store.insert(entry);
  if (result !== 'inserted') return { kind: 'conflict', taken: result };

  const answer = operation.answerFrom(new Map(recorded).set(entry.key, entry));
  if (answer === null) throw new LedgerInvariantError(`Expected ${entry.kind} ${entry.key} to answer a ${request.kind}.`);
  return { kind: 'answered', answer };
}

/** Doubling, with full jitter so that writers of one account do not meet again. */
export const jitteredPause: Pause = (round, longestMs) => delay(Math.random() * Math.min(2 ** Math.min(round, 20), longestMs));

import type { AccountId } from '../../domain/accounts.js';
import { EMPTY_HEAD, type Entry } from '../../domain/ledger.js';
import { createPointsOperations, type PointsLedger } from '../../models/points-ledger.js';
import type { InsertResult } from '../../models/points-store.js';
import type { Call } from './explorer.js';

/** The collection as the database keeps it: entries under two unique indexes. */
export type Entries = Entry[];

/** Rules that may be left out, to see that the explorer finds what they are for. */
export interface Indexes {
  /** Which index is named when an insert breaks both. */
  readonly names: 'seq' | 'key';
  readonly without?: 'seq' | 'key';
}

/** The product's own operations over entries that are reached one call at a time. Each caller is a process of its own. */
export function ledgerOver(call: Call<Entries>, indexes: Indexes): Pick<PointsLedger, 'grant' | 'hold' | 'resolve'> {
  return createPointsOperations(
    {
      readHead: (account) => call((entries) => entries.filter((entry) => entry.account === account).at(-1) ?? EMPTY_HEAD),
      readEntries: (account, keys) => call((entries) => new Map(entries.filter((entry) => entry.account === account && keys.includes(entry.key)).map((entry) => [entry.key, entry]))),
      insert: (entry) => call((entries) => insert(entries, entry, indexes)),
    },
    () => Promise.resolve(),
  );
}

function insert(entries: Entries, entry: Entry, { names, without }: Indexes): InsertResult {
  const own = entries.filter(({ account }) => account === entry.account);
  const seqTaken = without !== 'seq' && own.some(({ seq }) => seq === entry.seq);
  const keyTaken = without !== 'key' && own.some(({ key }) => key === entry.key);
  if (seqTaken && (names === 'seq' || !keyTaken)) return 'seq-taken';
  if (keyTaken) return 'key-taken';
  entries.push(entry);
  return 'inserted';
}

export const ACCOUNT: AccountId = 'discord:1';

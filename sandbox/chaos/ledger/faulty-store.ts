import { mongo } from 'mongoose';
import { EMPTY_HEAD, type Head } from '../../../domain/ledger.js';
import type { PointsStore } from '../../../models/points-store.js';

/**
 * What happens to one call of the ledger: its insert is not sent, or its reply is lost; its process dies before the insert or
 * after it, and another asks again; two processes ask at once; the head it reads first is one entry old.
 */
export const FAULTS = ['lost request', 'lost acknowledgement', 'crash before the insert', 'crash after the insert', 'called twice at once', 'stale head'] as const;
export type Fault = (typeof FAULTS)[number] | 'none';

/** The process that made the call is gone; nobody hears of its outcome. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** The store with one fault in its first call that can meet it. */
export function faultyStore(store: PointsStore, fault: Fault): PointsStore {
  let isDue = true;
  const once = (): boolean => {
    const due = isDue;
    isDue = false;
    return due;
  };
  return {
    ...store,
    async readHead(account) {
      const head = await store.readHead(account);
      return fault === 'stale head' && once() ? olderThan(head) : head;
    },
    async insert(entry) {
      if (fault === 'none' || fault === 'stale head' || fault === 'called twice at once' || !once()) return store.insert(entry);
      if (fault === 'crash before the insert') throw new Crash();
      if (fault === 'lost request') throw new mongo.MongoNetworkError('connection closed');
      await store.insert(entry);
      throw fault === 'crash after the insert' ? new Crash() : new mongo.MongoNetworkError('connection closed');
    },
  };
}

/** Nothing built on these totals can be stored: their number is taken. */
function olderThan(head: Head): Head {
  return head.seq <= 1 ? EMPTY_HEAD : { ...head, seq: head.seq - 1 };
}

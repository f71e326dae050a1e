import type { Connection } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import type { Entry } from '../domain/ledger.js';
import type { Points } from '../domain/points.js';
import { MAJORITY, POINTS_COLLECTION, pointsCollection } from './points-store.js';

export interface HistoryPage {
  readonly limit: number;
  /** Only entries older than this one. */
  readonly beforeSeq?: number;
}

export interface OpenHold {
  readonly accountId: AccountId;
  readonly runId: string;
  readonly amountPoints: Points;
  readonly at: Date;
}

/** The entries of an account, newest first. */
export async function findHistory(connection: Connection, account: AccountId, { limit, beforeSeq }: HistoryPage): Promise<Entry[]> {
  const older = beforeSeq === undefined ? {} : { seq: { $lt: checkedNumber(beforeSeq) } };
  return pointsCollection(connection)
    .find<Entry>({ account, ...older }, { ...MAJORITY, sort: { seq: -1 }, limit: checkedNumber(limit), projection: { _id: 0 } })
    .toArray();
}

/**
 * Holds without a resolve. It starts from the newest entry of each account and goes on only where something is held, so
 * that its cost grows with accounts and open runs, not with the history of the yard.
 */
export async function findOpenHolds(connection: Connection, olderThan: Date, limit: number): Promise<OpenHold[]> {
  return pointsCollection(connection).aggregate<OpenHold>(openHoldsPipeline(olderThan, checkedNumber(limit)), MAJORITY).toArray();
}

/** Exported for the test that looks at its plan. */
export function openHoldsPipeline(olderThan: Date, limit: number): object[] {
  const holdsOfAccount = [{ $match: { key: { $gte: 'hold:', $lt: 'hold;' }, kind: 'hold', at: { $lt: olderThan } } }];
  const resolvesOfHold = [{ $match: { $expr: { $eq: ['$key', '$$resolveKey'] } } }, { $project: { _id: 1 } }];
  return [
    { $sort: { account: -1, seq: -1 } },
    { $group: { _id: '$account', held: { $first: '$held' } } },
    { $match: { held: { $gt: 0 } } },
    { $lookup: { from: POINTS_COLLECTION, localField: '_id', foreignField: 'account', pipeline: holdsOfAccount, as: 'hold' } },
    { $unwind: '$hold' },
    { $replaceWith: '$hold' },
    {
      $lookup: {
        from: POINTS_COLLECTION,
        localField: 'account',
        foreignField: 'account',
        let: { resolveKey: { $concat: ['resolve:', '$runId'] } },
        pipeline: resolvesOfHold,
        as: 'resolves',
      },
    },
    { $match: { resolves: [] } },
    { $sort: { at: 1, _id: 1 } },
    { $limit: limit },
    { $project: { _id: 0, accountId: '$account', runId: 1, amountPoints: '$amount', at: 1 } },
  ];
}

function checkedNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`Expected a whole number, at least 1, got ${JSON.stringify(value)}.`);
  return value;
}

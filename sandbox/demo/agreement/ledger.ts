import { holdKeyOf, resolveKeyOf } from '../../../domain/ledger.js';
import type { Entry } from '../../../domain/ledger.js';
import { auditLedger } from '../../../models/ledger-audit.js';
import { POINTS_COLLECTION } from '../../../models/points-store.js';
import { createRuns } from '../../../models/runs.js';
import type { RunRow } from '../../../models/runs-schema.js';
import type { Expectation } from './expectation.js';
import type { Witnesses } from './witnesses.js';

/** One hold, one resolution of the right kind and amount, nothing else, and a chain that the audit finds sound. */
export async function ledgerDisagreements({ mongo }: Witnesses, row: RunRow, { end }: Expectation): Promise<string[]> {
  const found: string[] = [];
  const entries = mongo.collection<Entry>(POINTS_COLLECTION);
  const ofRun = await entries.find({ account: row.accountId, key: { $in: [holdKeyOf(row.runId), resolveKeyOf(row.runId)] } }).sort({ seq: 1 }).toArray();
  const kinds = ofRun.map((entry) => entry.kind).join(', ');
  const wanted = wantedKinds(end, row.pricePoints);
  if (kinds !== wanted) found.push(`expected the entries "${wanted}", found "${kinds}"`);

  const captured = ofRun.find((entry) => entry.kind === 'capture')?.amount ?? 0;
  if ((end.kind === 'succeeded' || (end.kind === 'cancelled' && end.charge === 'all')) && captured !== row.pricePoints) found.push(`expected ${row.pricePoints} points captured, found ${captured}`);
  if (end.kind === 'cancelled' && end.charge === 'part' && !(captured > 0 && captured < row.pricePoints)) {
    found.push(`expected a part of ${row.pricePoints} points captured, found ${captured}`);
  }
  return [...found, ...(await auditDisagreements({ mongo }))];
}

/** What the audit finds wrong with the whole ledger, or between it and the runs. */
export async function auditDisagreements({ mongo }: Pick<Witnesses, 'mongo'>): Promise<string[]> {
  const { violations } = await auditLedger(mongo, createRuns(mongo));
  return violations.map((violation) => `audit: ${JSON.stringify(violation)}`);
}

function wantedKinds(end: Expectation['end'], pricePoints: number): string {
  if (pricePoints === 0) return '';
  switch (end.kind) {
    case 'succeeded':
      return 'hold, capture';
    case 'refused':
      return end.holdAsked ? 'refused' : '';
    case 'failed':
      return 'hold, release';
    case 'cancelled':
      return end.charge === 'none' ? 'hold, release' : 'hold, capture';
  }
}

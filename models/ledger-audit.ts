import type { Connection } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import { AccountAudit, type AccountSummary, type Violation } from '../domain/ledger-audit.js';
import { violationOfEnd, type EndedRun } from '../domain/ledger-ends.js';
import { holdKeyOf, resolveKeyOf, type Entry } from '../domain/ledger.js';
import { hashOf, MAJORITY, pointsCollection, POINTS_INDEXES } from './points-store.js';

/** What the audit needs to know of runs, to hold each end on record against the ledger, and the ledger against the runs. */
export interface AuditedRuns {
  /** The run, or null when there is none. */
  read(runId: string): Promise<{ readonly open: boolean } | null>;
  /** Every run that is over and had a price, in any order. */
  endedWithPrice(): AsyncIterable<EndedRun>;
}

/** Rows whose entries are read in one query. */
const ENDS_AT_ONCE = 200;

export interface AuditReport {
  readonly accounts: number;
  readonly entries: number;
  readonly openHolds: number;
  /** Sums over all accounts; `granted − captured + adjusted = balance` is one of the checks. */
  readonly totals: Readonly<Record<'grantedPoints' | 'capturedPoints' | 'adjustedPoints' | 'balancePoints' | 'heldPoints', number>>;
  readonly violations: readonly Violation[];
}

/**
 * Checks every rule of the ledger on every entry, and changes nothing. It may run on a live yard: each chain is read
 * forwards, so that what is appended meanwhile is either read whole or not at all. Memory: one account at a time.
 */
export async function auditLedger(connection: Connection, runs?: AuditedRuns): Promise<AuditReport> {
  const totals = { grantedPoints: 0, capturedPoints: 0, adjustedPoints: 0, balancePoints: 0, heldPoints: 0 };
  const counts = { accounts: 0, entries: 0, openHolds: 0 };
  const violations: Violation[] = [];
  for await (const { account, summary } of summaries(connection)) {
    counts.accounts += 1;
    counts.entries += summary.entries;
    counts.openHolds += summary.openHolds.length;
    totals.grantedPoints += summary.granted;
    totals.capturedPoints += summary.captured;
    totals.adjustedPoints += summary.adjusted;
    totals.balancePoints += summary.balance;
    totals.heldPoints += summary.held;
    violations.push(...summary.violations);
    if (runs !== undefined) violations.push(...(await strandedHolds(connection, account, summary, runs)));
  }
  if (runs !== undefined) violations.push(...(await endsWithoutTheirEntries(connection, runs)));
  violations.push(...totalsDiffer(totals));
  // Before the first entry there may be no collection, and nothing to protect.
  if (counts.entries > 0) violations.push(...(await missingIndexes(connection)));
  return { ...counts, totals, violations };
}

async function* summaries(connection: Connection): AsyncGenerator<{ account: string; summary: AccountSummary }> {
  const cursor = pointsCollection(connection).find<object>({}, { ...MAJORITY, sort: { account: 1, seq: 1 }, allowDiskUse: true });
  let account: string | null = null;
  let audit: AccountAudit | null = null;
  for await (const stored of cursor) {
    const owner = 'account' in stored ? String(stored.account) : '(none)';
    if (audit === null || owner !== account) {
      if (account !== null && audit !== null) yield { account, summary: audit.end() };
      account = owner;
      audit = new AccountAudit(owner, hashOf);
    }
    audit.read(stored);
  }
  if (account !== null && audit !== null) yield { account, summary: audit.end() };
}

/** The workflow resolves the hold before its run ends; a run that has ended, or never was, holds nothing. */
async function strandedHolds(connection: Connection, account: string, summary: AccountSummary, runs: AuditedRuns): Promise<Violation[]> {
  const stranded: Violation[] = [];
  for (const { runId, amount } of summary.openHolds) {
    const run = await runs.read(runId);
    // The run may have ended after its account was read: then its resolve is there by now.
    if (run?.open === true || (await isResolved(connection, account, runId))) continue;
    const message = `Expected an open run for the ${amount} points held for ${runId}, found ${run === null ? 'none' : 'one that has ended'}.`;
    stranded.push({ check: 'stranded-hold', account, seq: null, message });
  }
  return stranded;
}

async function isResolved(connection: Connection, account: string, runId: string): Promise<boolean> {
  const filter = { account: account as AccountId, key: resolveKeyOf(runId) };
  return (await pointsCollection(connection).findOne(filter, MAJORITY)) !== null;
}

/** Entries cut off the end of a chain leave it sound: only the rows still know of them. A row ends after its entry is written. */
async function endsWithoutTheirEntries(connection: Connection, runs: AuditedRuns): Promise<Violation[]> {
  const found: Violation[] = [];
  let batch: EndedRun[] = [];
  for await (const run of runs.endedWithPrice()) {
    batch.push(run);
    if (batch.length < ENDS_AT_ONCE) continue;
    found.push(...(await violationsOfEnds(connection, batch)));
    batch = [];
  }
  return [...found, ...(await violationsOfEnds(connection, batch))];
}

async function violationsOfEnds(connection: Connection, ended: readonly EndedRun[]): Promise<Violation[]> {
  if (ended.length === 0) return [];
  const ofRuns = ended.map(({ accountId, runId }) => ({ account: accountId, key: { $in: [holdKeyOf(runId), resolveKeyOf(runId)] } }));
  const entries = await pointsCollection(connection).find<Entry>({ $or: ofRuns }, MAJORITY).toArray();
  const placeOf = (account: string, key: string): string => JSON.stringify([account, key]);
  const byPlace = new Map(entries.map((entry) => [placeOf(entry.account, entry.key), entry]));
  return ended.flatMap((run) => {
    const entryUnder = (key: string): Entry | undefined => byPlace.get(placeOf(run.accountId, key));
    return violationOfEnd(run, { hold: entryUnder(holdKeyOf(run.runId)), resolve: entryUnder(resolveKeyOf(run.runId)) }) ?? [];
  });
}

function totalsDiffer(totals: AuditReport['totals']): Violation[] {
  const expected = totals.grantedPoints - totals.capturedPoints + totals.adjustedPoints;
  if (totals.balancePoints === expected) return [];
  const message = `Expected all balances to add up to granted − captured + adjusted = ${expected}, found ${totals.balancePoints}.`;
  return [{ check: 'totals-differ', account: null, seq: null, message }];
}

async function missingIndexes(connection: Connection): Promise<Violation[]> {
  const indexes = await pointsCollection(connection).indexes();
  const present = new Set(indexes.filter((index) => index.unique === true).map((index) => JSON.stringify(index.key)));
  return POINTS_INDEXES.filter(({ key }) => !present.has(JSON.stringify(key))).map(({ key }) => ({
    check: 'missing-index',
    account: null,
    seq: null,
    message: `Expected a unique index on ${Object.keys(key).join(' and ')}, found none.`,
  }));
}

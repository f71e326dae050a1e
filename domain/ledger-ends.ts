import type { AccountId } from './accounts.js';
import type { AuditCheck, Violation } from './ledger-audit.js';
import { holdKeyOf, resolveKeyOf, type Entry } from './ledger.js';
import type { RunEnd } from './runs.js';

/** A run that is over and had a price. */
export interface EndedRun {
  readonly runId: string;
  readonly accountId: AccountId;
  readonly pricePoints: number;
  readonly end: RunEnd;
}

/** What is on record under the two keys of a run. */
export interface EntriesOfRun {
  readonly hold: Pick<Entry, 'kind' | 'amount'> | undefined;
  readonly resolve: Pick<Entry, 'kind' | 'amount'> | undefined;
}

/**
 * Whether the ledger has what the row of an ended run says: the capture or release of just that amount, or the refused hold.
 * A run that ended before its hold says 0 and needs no entry; points held after that by a reset workflow may have come back.
 */
export function violationOfEnd(run: EndedRun, { hold, resolve }: EntriesOfRun): Violation | null {
  const said = pointsSaidBy(run.end);
  if (resolve === undefined) {
    if (said.captured > 0 || said.released > 0 || run.end.kind === 'succeeded') return violation('end-without-entry', run, `an entry ${resolveKeyOf(run.runId)}`, 'none');
    if (hold === undefined && hadAskedForHold(run.end)) return violation('end-without-entry', run, `an entry ${holdKeyOf(run.runId)}`, 'none');
    return null;
  }
  const captured = resolve.kind === 'capture' ? resolve.amount : 0;
  const released = (hold?.amount ?? run.pricePoints) - captured;
  const differs = captured !== said.captured || (said.released > 0 && released !== said.released) || (run.end.kind === 'succeeded' && captured === 0);
  return differs ? violation('end-differs', run, pointsText(said), pointsText({ captured, released })) : null;
}

interface ResolvedPoints {
  readonly captured: number;
  readonly released: number;
}

function pointsSaidBy(end: RunEnd): ResolvedPoints {
  return { captured: 'capturedPoints' in end ? end.capturedPoints : 0, released: 'releasedPoints' in end ? end.releasedPoints : 0 };
}

/** Ends that nothing before the hold can bring about; after it, the hold's key is taken whatever became of the call. */
function hadAskedForHold(end: RunEnd): boolean {
  if (end.kind === 'failed') return end.failure.type === 'LedgerUnavailable';
  return end.kind === 'refused' && (end.refusal.code === 'not-enough-points' || end.refusal.code === 'run-settled');
}

function pointsText({ captured, released }: ResolvedPoints): string {
  return `${captured} points captured and ${released} released`;
}

function violation(check: AuditCheck, { runId, accountId, end }: EndedRun, expected: string, found: string): Violation {
  return { check, account: accountId, seq: null, message: `Expected ${expected} for ${runId}, whose row says that it ended as ${end.kind}; found ${found}.` };
}

import type { AuditReport } from '../../models/ledger-audit.js';
import type { Violation } from '../../domain/ledger-audit.js';

const MOST_SHOWN = 50;

/** The audit for people: what was read, how it adds up, and every rule that is broken. */
export function auditText({ accounts, entries, openHolds, totals, violations }: AuditReport): string {
  const { grantedPoints, capturedPoints, adjustedPoints, balancePoints, heldPoints } = totals;
  const lines = [
    `Points ledger: ${counted(accounts, 'account')}, ${counted(entries, 'entry', 'entries')}, ${counted(openHolds, 'open hold')}.`,
    `Granted ${written(grantedPoints)} − captured ${written(capturedPoints)} + adjusted ${written(adjustedPoints)}; balances ${written(balancePoints)}, of which ${written(heldPoints)} held.`,
    ...violations.slice(0, MOST_SHOWN).map(violationText),
    ...(violations.length > MOST_SHOWN ? [`… and ${counted(violations.length - MOST_SHOWN, 'more violation')}; --json lists all.`] : []),
    violations.length === 0 ? 'Every rule holds.' : `${counted(violations.length, 'violation')}.`,
  ];
  return lines.join('\n');
}

function violationText({ check, account, seq, message }: Violation): string {
  const where = [account, seq === null ? null : `entry ${seq}`].filter((part) => part !== null).join(' ');
  return `✗ ${check}${where === '' ? '' : ` (${where})`}: ${message}`;
}

const written = (amount: number): string => amount.toLocaleString('en-US');

function counted(count: number, one: string, many = `${one}s`): string {
  return `${written(count)} ${count === 1 ? one : many}`;
}

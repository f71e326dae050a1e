import { effectOf, GENESIS_HASH, holdKeyOf, isSound, resolveKeyOf, type Entry } from './ledger.js';
import { isPoints } from './points.js';

export type AuditCheck =
  | 'malformed'
  | 'seq-gap'
  | 'broken-hash'
  | 'wrong-balance'
  | 'wrong-held'
  | 'out-of-bounds'
  | 'wrong-key'
  | 'repeated-key'
  | 'resolved-twice'
  | 'resolve-without-hold'
  | 'captured-too-much'
  | 'wrong-release'
  | 'totals-differ'
  | 'missing-index'
  | 'stranded-hold'
  | 'end-without-entry'
  | 'end-differs';

export interface Violation {
  readonly check: AuditCheck;
  readonly account: string | null;
  readonly seq: number | null;
  /** What was expected, and what was found. */
  readonly message: string;
}

export interface AccountSummary {
  readonly entries: number;
  readonly granted: number;
  readonly captured: number;
  /** Credits less debits. */
  readonly adjusted: number;
  readonly balance: number;
  readonly held: number;
  readonly openHolds: readonly { readonly runId: string; readonly amount: number }[];
  readonly violations: readonly Violation[];
}

interface KnownHold {
  readonly runId: string;
  readonly amount: number;
  resolves: number;
}

const KINDS = new Set<unknown>(['grant', 'hold', 'refused', 'capture', 'release', 'adjust'] satisfies Entry['kind'][]);
const FREE_KEY = { grant: /^(grant|allowance|welcome):./s, adjust: /^adjust:./s } as const;

/**
 * Reads the chain of one account, oldest entry first, and checks every rule of the ledger on it. After a wrong entry it
 * goes on from what that entry says, so that one fault is reported once.
 */
export class AccountAudit {
  readonly #account: string;
  readonly #hashOf: (entry: object) => string;
  readonly #violations: Violation[] = [];
  readonly #keys = new Set<string>();
  readonly #holds = new Map<string, KnownHold>();
  readonly #sums = { granted: 0, captured: 0, adjusted: 0 };
  #entries = 0;
  #last = { seq: 0, balance: 0, held: 0, hash: GENESIS_HASH };

  constructor(account: string, hashOf: (entry: object) => string) {
    this.#account = account;
    this.#hashOf = hashOf;
  }

  read(stored: object): void {
    this.#entries += 1;
    const fault = faultOf(stored);
    if (fault !== null) {
      this.#last.seq += 1;
      this.#report('malformed', this.#last.seq, fault);
      return;
    }
    const entry = stored as Entry;
    this.#checkChain(entry, stored);
    this.#checkKey(entry);
    this.#checkTotals(entry, this.#holdAmountOf(entry));
    this.#count(entry);
    this.#last = { seq: entry.seq, balance: entry.balance, held: entry.held, hash: entry.hash };
  }

  end(): AccountSummary {
    const openHolds = [...this.#holds.values()].filter((hold) => hold.resolves === 0).map(({ runId, amount }) => ({ runId, amount }));
    const { balance, held } = this.#last;
    return { entries: this.#entries, ...this.#sums, balance, held, openHolds, violations: this.#violations };
  }

  #checkChain(entry: Entry, stored: object): void {
    const expectedSeq = this.#last.seq + 1;
    if (entry.seq !== expectedSeq) this.#report('seq-gap', entry.seq, `Expected entry ${expectedSeq}, found ${entry.seq}.`);
    if (this.#hashOf(stored) !== entry.hash) {
      this.#report('broken-hash', entry.seq, `Expected a hash that fits ${entry.key}, found one of other content.`);
    } else if (entry.prevHash !== this.#last.hash) {
      this.#report('broken-hash', entry.seq, `Expected ${entry.key} to follow the entry before it, found a link to another.`);
    }
  }

  #checkKey(entry: Entry): void {
    if (this.#keys.has(entry.key)) this.#report('repeated-key', entry.seq, `Expected one entry under ${entry.key}, found another.`);
    this.#keys.add(entry.key);
    const expected = expectedKeysOf(entry);
    if (!expected.fits) this.#report('wrong-key', entry.seq, `Expected ${expected.text} for a ${entry.kind}, found ${entry.key}.`);
  }

  /** Notes holds and their ends, and tells what a capture or release frees. */
  #holdAmountOf(entry: Entry): number {
    const holdKey = entry.holdKey ?? '';
    if (entry.kind === 'hold') this.#holds.set(holdKey, { runId: entry.runId ?? '', amount: entry.amount, resolves: 0 });
    if (entry.kind !== 'capture' && entry.kind !== 'release') return 0;

    const hold = this.#holds.get(holdKey);
    if (hold === undefined) {
      this.#report('resolve-without-hold', entry.seq, `Expected a hold before the ${entry.kind} of run ${entry.runId ?? '?'}, found none.`);
      return entry.amount;
    }
    hold.resolves += 1;
    if (hold.resolves > 1) this.#report('resolved-twice', entry.seq, `Expected one end of ${holdKey}, found ${hold.resolves}.`);
    if (entry.kind === 'capture' && entry.amount > hold.amount) {
      this.#report('captured-too-much', entry.seq, `Expected at most the ${hold.amount} points of ${holdKey}, captured ${entry.amount}.`);
    }
    if (entry.kind === 'release' && entry.amount !== hold.amount) {
      this.#report('wrong-release', entry.seq, `Expected the ${hold.amount} points of ${holdKey}, released ${entry.amount}.`);
    }
    return hold.amount;
  }

  #checkTotals(entry: Entry, holdAmount: number): void {
    const effect = effectOf(entry, holdAmount);
    for (const total of ['balance', 'held'] as const) {
      const expected = this.#last[total] + effect[total];
      if (entry[total] === expected) continue;
      this.#report(`wrong-${total}`, entry.seq, `Expected ${total} ${expected} after ${entry.kind} ${entry.key}, found ${entry[total]}.`);
    }
    if (!isSound(entry)) {
      this.#report('out-of-bounds', entry.seq, `Expected 0 <= held <= balance, found held ${entry.held} and balance ${entry.balance}.`);
    }
  }

  #count(entry: Entry): void {
    if (entry.kind === 'grant') this.#sums.granted += entry.amount;
    if (entry.kind === 'capture') this.#sums.captured += entry.amount;
    if (entry.kind === 'adjust') this.#sums.adjusted += effectOf(entry, 0).balance;
  }

  #report(check: AuditCheck, seq: number, message: string): void {
    this.#violations.push({ check, account: this.#account, seq, message });
  }
}

function expectedKeysOf(entry: Entry): { readonly fits: boolean; readonly text: string } {
  if (entry.kind === 'grant' || entry.kind === 'adjust') {
    return { fits: FREE_KEY[entry.kind].test(entry.key), text: `a key like "${entry.kind}:<id>"` };
  }
  const { runId = '' } = entry;
  const key = entry.kind === 'hold' || entry.kind === 'refused' ? holdKeyOf(runId) : resolveKeyOf(runId);
  return { fits: entry.key === key && entry.holdKey === holdKeyOf(runId), text: `key ${key} and hold key ${holdKeyOf(runId)}` };
}

/** Why a stored document is no entry at all; totals out of bounds are judged later. */
function faultOf(stored: object): string | null {
  const { account, seq, key, kind, amount, balance, held, runId, holdKey, direction, prevHash, hash, at, v } = stored as Readonly<Record<string, unknown>>;
  const isOfRun = kind !== 'grant' && kind !== 'adjust';
  const rules: readonly (readonly [name: string, value: unknown, holds: boolean])[] = [
    ['account', account, typeof account === 'string'],
    ['seq', seq, Number.isSafeInteger(seq)],
    ['key', key, typeof key === 'string'],
    ['kind', kind, KINDS.has(kind)],
    ['amount', amount, isPoints(amount) && amount > 0],
    ['balance', balance, Number.isSafeInteger(balance)],
    ['held', held, Number.isSafeInteger(held)],
    ['runId', runId, (typeof runId === 'string' && runId !== '') === isOfRun],
    ['holdKey', holdKey, (typeof holdKey === 'string') === isOfRun],
    ['direction', direction, (direction === 'credit' || direction === 'debit') === (kind === 'adjust')],
    ['prevHash', prevHash, typeof prevHash === 'string'],
    ['hash', hash, typeof hash === 'string'],
    ['at', at, Object.prototype.toString.call(at) === '[object Date]'],
    ['v', v, v === 1],
  ];
  const broken = rules.find(([, , holds]) => !holds);
  return broken === undefined ? null : `Expected an entry of version 1, found ${broken[0]}: ${JSON.stringify(broken[1])}.`;
}

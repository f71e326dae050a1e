import { describe, expect, it } from '@jest/globals';
import {
  canonicalForm,
  CaptureExceedsHoldError,
  decideEntry,
  EMPTY_HEAD,
  LedgerInvariantError,
  type Entry,
  type EntryDraft,
  type Head,
  type LedgerRequest,
} from '../../domain/ledger.js';
import { answerHold, answerResolve, isSameAmount } from '../../domain/ledger-answers.js';
import { points } from '../../domain/points.js';

const account = 'discord:1';

function headOf(balance: number, held: number): Head {
  return { seq: 7, balance: points(balance), held: points(held), hash: 'h' };
}

function recorded(draft: EntryDraft): Entry {
  return { ...draft, prevHash: 'p', hash: 'h', at: new Date(0), v: 1 };
}

const grant = (amount: number, key: `grant:${string}` | `welcome:${string}` = 'grant:1'): LedgerRequest => ({ kind: 'grant', key, amount: points(amount) });
const hold = (amount: number): LedgerRequest => ({ kind: 'hold', runId: 'r', amount: points(amount) });
const capture = (amount?: number): LedgerRequest => ({
  kind: 'resolve',
  runId: 'r',
  heldPoints: points(100),
  wish: amount === undefined ? { kind: 'capture' } : { kind: 'capture', amountPoints: points(amount) },
});
const release: LedgerRequest = { kind: 'resolve', runId: 'r', heldPoints: points(100), wish: { kind: 'release' } };
const held = recorded(decideEntry(account, headOf(500, 0), null, hold(100)));
const refused = recorded(decideEntry(account, headOf(50, 0), null, hold(100)));

describe('decideEntry', () => {
  it.each([
    ['more held than there is', { balance: 10, held: 11 }],
    ['a negative balance', { balance: -1, held: 0 }],
    ['a negative hold', { balance: 1, held: -1 }],
    ['a fraction', { balance: 1.5, held: 0 }],
  ])('appends nothing to a chain with %s', (_, totals) => {
    const head = { seq: 1, hash: 'h', ...totals } as unknown as Head;
    expect(() => decideEntry(account, head, null, grant(5))).toThrow(LedgerInvariantError);
  });

  it('refuses a total that is not exact any more', () => {
    expect(() => decideEntry(account, headOf(Number.MAX_SAFE_INTEGER, 0), null, grant(1))).toThrow(LedgerInvariantError);
  });

  it('refuses a hold of one point more than is available, with no effect', () => {
    const entry = decideEntry(account, headOf(500, 401), null, hold(100));
    expect(entry).toMatchObject({ kind: 'refused', key: 'hold:r', amount: 100, balance: 500, held: 401 });
  });

  it('holds exactly what is available', () => {
    const entry = decideEntry(account, headOf(500, 400), null, hold(100));
    expect(entry).toEqual({ account, seq: 8, key: 'hold:r', kind: 'hold', amount: 100, balance: 500, held: 500, runId: 'r', holdKey: 'hold:r' });
  });

  it('adds a grant to the first entry of an account', () => {
    expect(decideEntry(account, EMPTY_HEAD, null, grant(5_000))).toEqual({ account, seq: 1, key: 'grant:1', kind: 'grant', amount: 5_000, balance: 5_000, held: 0 });
  });

  it.each([
    ['a capture of everything', capture(), { kind: 'capture', amount: 100, balance: 400, held: 0 }],
    ['a partial capture, which frees the rest', capture(30), { kind: 'capture', amount: 30, balance: 470, held: 0 }],
    ['a capture of 0, which is a release', capture(0), { kind: 'release', amount: 100, balance: 500, held: 0 }],
    ['a release', release, { kind: 'release', amount: 100, balance: 500, held: 0 }],
  ])('ends a hold by %s, all under one key', (_, request, expected) => {
    expect(decideEntry(account, headOf(500, 100), held, request)).toMatchObject({ key: 'resolve:r', holdKey: 'hold:r', runId: 'r', ...expected });
  });

  it('refuses to capture more than is held', () => {
    expect(() => decideEntry(account, headOf(500, 100), held, capture(101))).toThrow(CaptureExceedsHoldError);
  });

  it('refuses to free more than the account holds', () => {
    expect(() => decideEntry(account, headOf(500, 99), held, release)).toThrow(LedgerInvariantError);
  });

  it.each([capture(), release])('closes the hold of a run that has none', (request) => {
    expect(decideEntry(account, headOf(500, 0), null, request)).toMatchObject({ kind: 'refused', key: 'hold:r', amount: 100, balance: 500, held: 0 });
  });
});

describe('answers', () => {
  const captured = recorded(decideEntry(account, headOf(500, 100), held, capture(30)));
  const released = recorded(decideEntry(account, headOf(500, 100), held, release));

  it('answers a repeated hold with its refusal, what was needed and what there was', () => {
    expect(answerHold(refused, null)).toEqual({ kind: 'refused', neededPoints: 100, availablePoints: 50 });
  });

  it('answers a hold whose run was resolved as settled', () => {
    expect([answerHold(held, captured), answerHold(held, released)]).toEqual([
      { kind: 'settled', resolution: 'capture' },
      { kind: 'settled', resolution: 'release' },
    ]);
  });

  it('answers a resolve by what is recorded', () => {
    expect(answerResolve(held, captured)).toEqual({ kind: 'captured', amountPoints: 30, freedPoints: 70 });
    expect(answerResolve(held, released)).toEqual({ kind: 'released', amountPoints: 100 });
    expect(answerResolve(refused, null)).toEqual({ kind: 'nothing-held' });
    expect(answerResolve(held, null)).toBeNull();
  });

  it('takes a resolve without its hold for a broken chain', () => {
    expect(() => answerResolve(null, released)).toThrow(LedgerInvariantError);
    expect(() => answerHold(recorded(decideEntry(account, EMPTY_HEAD, null, grant(5))), null)).toThrow(LedgerInvariantError);
  });

  it('compares amounts of grants and holds, and takes a welcome as it was', () => {
    const welcome = recorded(decideEntry(account, EMPTY_HEAD, null, grant(5_000, 'welcome:discord:1')));
    const topUp = recorded(decideEntry(account, EMPTY_HEAD, null, grant(5_000)));
    expect([isSameAmount(welcome, points(1)), isSameAmount(topUp, points(1)), isSameAmount(held, points(99))]).toEqual([true, false, false]);
  });
});

describe('canonicalForm', () => {
  it('does not depend on the order of fields, the driver id or the hash', () => {
    const { account: owner, seq, ...rest } = held;
    expect(canonicalForm({ ...rest, hash: 'other', _id: 'id', seq, account: owner })).toBe(canonicalForm(held));
  });

  it.each(['account', 'seq', 'key', 'kind', 'amount', 'balance', 'held', 'runId', 'holdKey', 'prevHash', 'at', 'v', 'reason'])(
    'changes with %s',
    (field) => {
      expect(canonicalForm({ ...held, [field]: 'changed' })).not.toBe(canonicalForm(held));
    },
  );
});

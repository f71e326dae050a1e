import { describe, expect, it } from '@jest/globals';
import { AccountAudit } from '../../domain/ledger-audit.js';
import type { HoldOutcome, ResolveOutcome } from '../../domain/ledger-answers.js';
import { decideEntry, EMPTY_HEAD, type Entry } from '../../domain/ledger.js';
import { points } from '../../domain/points.js';
import { hashOf, sealEntry } from '../../models/points-store.js';
import { explore, type Actor, type Explored } from '../support/explorer.js';
import { ACCOUNT, ledgerOver, type Entries, type Indexes } from '../support/explored-ledger.js';

const PRICE = points(60);
const BUDGET = points(100);
const TOP_UP = points(50);
const BOTH_NAMES: readonly Indexes['names'][] = ['seq', 'key'];

function chain(...holds: readonly string[]): Entries {
  const entries: Entry[] = [];
  const add = (request: Parameters<typeof decideEntry>[3]): void => {
    const head = entries.at(-1) ?? EMPTY_HEAD;
    entries.push(sealEntry(decideEntry(ACCOUNT, head, null, request), head.hash, new Date(0)));
  };
  add({ kind: 'grant', key: 'grant:start', amount: BUDGET });
  for (const runId of holds) add({ kind: 'hold', runId, amount: PRICE });
  return entries;
}

const hold = (name: string, runId: string, indexes: Indexes, mortal = false): Actor<Entries> => ({
  name, mortal, act: (call) => ledgerOver(call, indexes).hold({ accountId: ACCOUNT, runId, amountPoints: PRICE }),
});
const resolve = (name: string, indexes: Indexes, wish: 'release' | number, mortal = true): Actor<Entries> => ({
  name, mortal,
  act: (call) => ledgerOver(call, indexes).resolve({ accountId: ACCOUNT, runId: 'A', heldPoints: PRICE, wish: wish === 'release' ? { kind: 'release' } : { kind: 'capture', amountPoints: points(wish) } }),
});
const topUp = (indexes: Indexes): Actor<Entries> => ({
  name: 'top-up', act: (call) => ledgerOver(call, indexes).grant({ accountId: ACCOUNT, key: 'grant:top-up', amountPoints: TOP_UP }),
});

const auditOf = (entries: Entries): readonly unknown[] => {
  const audit = new AccountAudit(ACCOUNT, hashOf);
  for (const entry of entries) audit.read(entry);
  return audit.end().violations;
};

/** Two attempts of one hold, of which the first may die or live on unheard, another run's hold, and a top-up. */
const holdRace = (indexes: Indexes): Promise<Explored<Entries>> =>
  explore({
    newData: () => chain(),
    actors: [hold('attempt 1', 'A', indexes, true), hold('attempt 2', 'A', indexes), hold('other run', 'B', indexes), topUp(indexes)],
    deaths: 1,
  });

/** Points that are neither free nor held for a run whose workflow was told so. */
function astray({ data, told }: Explored<Entries>['ends'][number]): boolean {
  const held = (name: string): number => ((told.get(name) as HoldOutcome | undefined)?.kind === 'held' ? PRICE : 0);
  const last = data.at(-1);
  return last === undefined || last.balance - last.held + held('attempt 2') + held('other run') !== BUDGET + TOP_UP;
}

describe('two attempts of one hold, another hold and a top-up', () => {
  it.each(BOTH_NAMES)('lose and make no point in any order, with any death, when the server names index %s first', async (names) => {
    const { states, ends } = await holdRace({ names });
    expect(states).toBeGreaterThan(500);
    expect(ends.length).toBeGreaterThan(5);
    expect(ends.filter(astray)).toEqual([]);
    expect(ends.flatMap(({ data }) => auditOf(data))).toEqual([]);
  });

  it.each(['seq', 'key'] as const)('break a rule of the chain without the unique index on %s', async (without) => {
    const indexes = { names: 'key', without } as const;
    const { ends } = await explore({ newData: () => chain(), actors: [hold('attempt 1', 'A', indexes), hold('attempt 2', 'A', indexes), hold('other run', 'B', indexes)], deaths: 0 });
    expect(ends.filter(({ data }) => auditOf(data).length > 0).length).toBeGreaterThan(0);
  });
});

describe('captures and releases of one hold', () => {
  it.each(BOTH_NAMES)('resolve it once and all tell the same, whoever dies, when the server names index %s first', async (names) => {
    const actors = [resolve('capture', { names }, 60), resolve('owner’s cancel', { names }, 20), resolve('sweeper', { names }, 'release', false)];
    const { states, ends } = await explore({ newData: () => chain('A'), actors, deaths: 2 });
    expect(states).toBeGreaterThan(100);
    for (const { data, told, path } of ends) {
      const resolved = data.filter(({ key }) => key === 'resolve:A');
      expect({ path, resolutions: resolved.length, held: data.at(-1)?.held }).toEqual({ path, resolutions: 1, held: 0 });
      const answers = new Set([...told.values()].filter((answer) => answer !== undefined).map((answer) => JSON.stringify(answer)));
      expect({ path, answers: answers.size }).toEqual({ path, answers: 1 });
      expect(auditOf(data)).toEqual([]);
    }
  });

  it('leave nothing held when the release comes before a late hold', async () => {
    const indexes = { names: 'key' } as const;
    const { ends } = await explore({ newData: () => chain(), actors: [hold('late hold', 'A', indexes, true), resolve('sweeper', indexes, 'release', false)], deaths: 1 });
    for (const { data, told, path } of ends) {
      expect({ path, held: data.at(-1)?.held }).toEqual({ path, held: 0 });
      expect((told.get('sweeper') as ResolveOutcome).kind).toMatch(/^(released|nothing-held)$/);
    }
    expect(new Set(ends.map(({ told }) => (told.get('sweeper') as ResolveOutcome).kind)).size).toBe(2);
  });
});

import { describe, expect, it } from '@jest/globals';
import { explore, type Actor, type Call, type EndState, type Explored } from '../support/explorer.js';

/**
 * Ledgers as they are often built, each with the hole that ours was chosen to be without. They are here so that the explorer
 * proves that it can see: a design in which it finds nothing wrong is worth something only because it finds these.
 */
interface Account {
  available: number;
  /** Keys that were noted as done, beside the totals. */
  done: string[];
  /** What was written down, in a collection of its own. */
  log: { key: string; amount: number }[];
  flag: 'open' | 'captured' | 'released';
}

const COST = 60;
const START = 100;
const TOP_UP = 50;
type Hold = (call: Call<Account>, key: string) => Promise<boolean>;

const note = (account: Account, key: string): number => account.done.push(key);
const write = (account: Account, key: string, amount: number): number => account.log.push({ key, amount });
function take(account: Account): boolean {
  if (account.available < COST) return false;
  account.available -= COST;
  return true;
}

/** Reads the balance, writes it back, then notes the key. */
const readThenWrite: Hold = async (call, key) => {
  if (await call(({ done }) => done.includes(key))) return true;
  const available = await call((account) => account.available);
  if (available < COST) return false;
  await call((account) => (account.available = available - COST));
  await call((account) => note(account, key));
  return true;
};

/** Takes the points in one conditional write, then writes the log. */
const takeThenLog: Hold = async (call, key) => {
  if (await call(({ log }) => log.some((entry) => entry.key === key))) return true;
  if (!(await call(take))) return false;
  await call((account) => write(account, key, COST));
  return true;
};

/** Takes the points and notes the key in one write, but does not remember a refusal. */
const takeWithKey: Hold = (call, key) =>
  call((account) => {
    if (account.done.includes(key)) return true;
    if (!take(account)) return false;
    note(account, key);
    return true;
  });

/** Appends entries under unique keys as ours does, but does not write a refusal down. */
const appendWithoutRefusal: Hold = async (call, key) => {
  for (;;) {
    if (await call(({ log }) => log.some((entry) => entry.key === key))) return true;
    const length = await call(({ log }) => log.length);
    const available = await call(({ log }) => START - log.slice(0, length).reduce((sum, { amount }) => sum + amount, 0));
    if (available < COST) return false;
    const written = await call((account) => {
      if (account.log.length !== length || account.log.some((entry) => entry.key === key)) return false;
      write(account, key, COST);
      return true;
    });
    if (written) return true;
  }
};

const holdBy = (hold: Hold, name: string, key: string, mortal = false): Actor<Account> => ({ name, mortal, act: (call) => hold(call, key) });
const newAccount = (): Account => ({ available: START, done: [], log: [], flag: 'open' });

function holdRace(hold: Hold, grant: (account: Account) => unknown): Promise<Explored<Account>> {
  return explore({
    newData: newAccount,
    actors: [holdBy(hold, 'attempt 1', 'A', true), holdBy(hold, 'attempt 2', 'A'), holdBy(hold, 'other run', 'B'), { name: 'top-up', act: (call) => call(grant) }],
    deaths: 1,
  });
}

const addPoints = (account: Account): unknown => (account.available += TOP_UP);

function isAstray({ told }: EndState<Account>, available: number): boolean {
  const accepted = ['attempt 2', 'other run'].filter((name) => told.get(name) === true).length;
  return available + accepted * COST !== START + TOP_UP;
}

describe('the explorer finds the hole in a ledger that', () => {
  it.each([
    ['reads the balance, writes it back and then notes the key', readThenWrite],
    ['takes the points and then writes its log', takeThenLog],
    ['takes the points and notes the key in one write, without remembering a refusal', takeWithKey],
  ] as const)('%s', async (_name, hold) => {
    const { ends } = await holdRace(hold, addPoints);
    const astray = ends.filter((end) => isAstray(end, end.data.available));
    expect(astray.length).toBeGreaterThan(0);
    expect(astray.length).toBeLessThan(ends.length);
  });

  it('appends under unique keys, without writing a refusal down', async () => {
    const { ends } = await holdRace(appendWithoutRefusal, (account) => write(account, 'top-up', -TOP_UP));
    const astray = ends.filter((end) => isAstray(end, START - end.data.log.reduce((sum, { amount }) => sum + amount, 0)));
    expect(astray.length).toBeGreaterThan(0);
    expect(astray.length).toBeLessThan(ends.length);
  });

  it('keeps captures and releases under keys of their own', async () => {
    const resolve = (name: string, own: string, other: string): Actor<Account> => ({
      name, mortal: true,
      act: async (call) => {
        if (await call(({ done }) => done.includes(other) || done.includes(own))) return;
        await call((account) => (account.done.includes(own) ? 0 : note(account, own)));
      },
    });
    const { ends } = await explore({ newData: newAccount, actors: [resolve('capture', 'capture', 'release'), resolve('release', 'release', 'capture'), resolve('sweeper', 'release', 'capture')], deaths: 2 });
    expect(ends.filter(({ data }) => data.done.length > 1).length).toBeGreaterThan(0);
  });

  it('sets a flag and then moves the points', async () => {
    const resolve = (name: string, to: 'captured' | 'released', mortal: boolean): Actor<Account> => ({
      name, mortal,
      act: async (call) => {
        const won = await call((account) => account.flag === 'open' && ((account.flag = to), true));
        if (won && to === 'released') await call((account) => (account.available += COST));
      },
    });
    const { ends } = await explore({ newData: newAccount, actors: [resolve('workflow', 'released', true), resolve('sweeper', 'released', false)], deaths: 1 });
    expect(ends.filter(({ data }) => data.available !== START + COST).length).toBeGreaterThan(0);
  });
});

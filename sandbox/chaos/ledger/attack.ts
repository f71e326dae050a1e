import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Connection } from 'mongoose';
import type { AccountId } from '../../../domain/accounts.js';
import { AccountAudit } from '../../../domain/ledger-audit.js';
import { points } from '../../../domain/points.js';
import { LedgerUnavailableError } from '../../../models/points-errors.js';
import { createPointsLedger, type PointsLedger } from '../../../models/points-ledger.js';
import { createPointsStore, hashOf } from '../../../models/points-store.js';
import { Crash, faultyStore, type Fault } from './faulty-store.js';
import { LedgerModel, PRICE, type Command } from './model.js';
import { sequences, type Step } from './sequences.js';

export interface Attack {
  readonly connection: Connection;
  /** How many sequences of up to thirty commands, each on an account of its own. */
  readonly sequences: number;
  /** The same seed plays the same sequences. */
  readonly seed: number;
  /** Called after each sequence with how many are done. */
  readonly progress?: (done: number) => void;
}

export interface Survived {
  readonly seed: number;
  readonly sequences: number;
  readonly commands: number;
  readonly faults: number;
}

/** Sequences that are played side by side: the database answers many at once, and accounts have nothing in common. */
const LANES = 16;

/**
 * Plays random commands with random faults against the real ledger and holds every answer, total and chain against a model.
 *
 * @throws Error with the shortest sequence that shows the difference, and the seed and path that play it again.
 */
export async function attackLedger({ connection, sequences: wanted, seed, progress }: Attack): Promise<Survived> {
  const seen = { sequences: 0, commands: 0, faults: 0 };
  const check = async (steps: readonly Step[]): Promise<void> => {
    await playSequence(connection, steps);
    seen.sequences += 1;
    seen.commands += steps.length;
    seen.faults += steps.filter(([, fault]) => fault !== 'none').length;
    progress?.(seen.sequences);
  };
  const lanes = Array.from({ length: LANES }, (_, lane) => {
    const numRuns = Math.floor(wanted / LANES) + (lane < wanted % LANES ? 1 : 0);
    return numRuns === 0 ? Promise.resolve() : fc.assert(fc.asyncProperty(sequences, check), { numRuns, seed: seed + lane });
  });
  await Promise.all(lanes);
  return { seed, ...seen };
}

async function playSequence(connection: Connection, steps: readonly Step[]): Promise<void> {
  const accountId: AccountId = `test:${randomUUID()}`;
  const model = new LedgerModel();
  for (const [command, fault] of steps) {
    const expected = model.apply(command);
    for (const outcome of await askThrough(fault)) requireMatch(outcome, expected, command);

    async function askThrough(how: Fault): Promise<unknown[]> {
      if (how === 'called twice at once') return Promise.all([askUntilTold('none'), askUntilTold('none')]);
      return [await askUntilTold(how)];
    }

    /** What the ledger asks of its callers: repeat the same call, from whatever process. */
    async function askUntilTold(how: Fault): Promise<unknown> {
      let outcome = await ask(how);
      while (outcome instanceof Crash || outcome instanceof LedgerUnavailableError) outcome = await ask('none');
      return outcome;
    }

    function ask(how: Fault): Promise<unknown> {
      return outcomeOf(perform(ledgerWith(connection, how), accountId, command));
    }
  }
  const ledger = ledgerWith(connection, 'none');
  requireMatch(await ledger.balanceOf(accountId), { balancePoints: model.balance, heldPoints: model.held }, 'the totals');
  const audit = new AccountAudit(accountId, hashOf);
  for (const entry of (await ledger.historyOf(accountId, { limit: 1_000 })).reverse()) audit.read(entry);
  requireMatch(audit.end().violations, [], 'the chain');
}

function ledgerWith(connection: Connection, fault: Fault): PointsLedger {
  return createPointsLedger(connection, faultyStore(createPointsStore(connection), fault));
}

function perform(ledger: PointsLedger, accountId: AccountId, asked: Command): Promise<unknown> {
  switch (asked.kind) {
    case 'grant':
      return ledger.grant({ accountId, key: `grant:${asked.id}`, amountPoints: points(asked.amount) });
    case 'hold':
      return ledger.hold({ accountId, runId: `r${asked.run}`, amountPoints: points(asked.amount) });
    case 'capture':
      return ledger.resolve({ accountId, runId: `r${asked.run}`, heldPoints: points(PRICE), wish: { kind: 'capture', amountPoints: points(asked.amount) } });
    case 'release':
      return ledger.resolve({ accountId, runId: `r${asked.run}`, heldPoints: points(PRICE), wish: { kind: 'release' } });
  }
}

const outcomeOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

/** Every field that is expected is there and equal; the real answer may say more. */
function requireMatch(found: unknown, expected: object, about: unknown): void {
  if (matches(found, expected)) return;
  throw new Error(`Expected ${JSON.stringify(expected)} for ${JSON.stringify(about)}, found ${found instanceof Error ? String(found) : JSON.stringify(found)}.`);
}

function matches(found: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return isDeepStrictEqual(found, expected);
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(expected).every(([name, value]) => matches((found as Record<string, unknown>)[name], value));
}

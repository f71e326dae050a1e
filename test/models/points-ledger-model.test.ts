import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPointsLedger } from '../../models/points-ledger.js';
import { attackLedger } from '../../sandbox/chaos/ledger/attack.js';
import { runLedgerChaos } from '../../sandbox/chaos/ledger/run.js';
import { testSeed } from '../support/config.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const SEQUENCES = 2_000;
const SEED = testSeed() ?? Date.now() % 1_000_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  await createPointsLedger(database.connection).ensureIndexes();
});
afterAll(async () => {
  await database.close();
});

describe('any sequence of commands with lost requests, lost replies, crashes, stale reads and repeated calls', () => {
  it('is answered as the model answers, and leaves a chain in which every rule holds', async () => {
    const survived = await attackLedger({ connection: database.connection, sequences: SEQUENCES, seed: SEED });
    expect(survived.sequences).toBe(SEQUENCES);
    expect(survived.faults).toBeGreaterThan(survived.commands / 10);
  }, 600_000);
});

describe('any sequence of commands while the primary steps down again and again', () => {
  it('is answered as the model answers, and leaves a chain in which every rule holds', async () => {
    const report = await runLedgerChaos({ sequences: 48, seed: SEED, stepDownAfter: 16, say: () => undefined });
    expect(report).toMatchObject({ sequences: 48, stepDowns: 3, violations: 0 });
    expect(report.brokenOff).toBeGreaterThan(0);
  }, 300_000);
});

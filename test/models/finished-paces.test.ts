import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRuns, type Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { anEndedRun } from '../support/run-rows.js';

let database: TestDatabase;
let runs: Runs;
const firstStepAt = new Date('2026-03-01T12:00:00Z');

beforeAll(async () => {
  database = await openTestDatabase();
  runs = createRuns(database.connection);
  await runs.ensureIndexes();
});
afterAll(() => database.close());

async function finished(msPerStep: number, changes: Partial<RunRow> = {}): Promise<void> {
  const timed = { progress: { phase: 'saving', step: 101, totalSteps: 101 }, firstStep: 1, firstStepAt, progressAt: new Date(firstStepAt.getTime() + 100 * msPerStep) } as const;
  const { runId, ...row } = anEndedRun({ kind: 'succeeded', capturedPoints: 1 }, { ...timed, runId: randomUUID(), ...changes });
  await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
}

describe('the pace of finished runs', () => {
  it('is that of the latest of the recipe, and of nothing that failed, has another recipe or was over too soon to be timed', async () => {
    await finished(900, { endedAt: new Date('2026-01-01T00:00:00Z') });
    await finished(200, { endedAt: new Date('2026-02-02T00:00:00Z'), settings: { steps: 101, learningRate: 1, rank: 1, resolutionPx: 768 } });
    await finished(100, { endedAt: new Date('2026-02-01T00:00:00Z') });
    await finished(1, { recipeId: 'another' });
    await finished(2, { status: 'failed' });
    await finished(0, { endedAt: new Date('2026-02-03T00:00:00Z') });
    expect(await runs.finishedPaces('sd15-lora', 3)).toEqual([{ msPerStep: 200, resolutionPx: 768 }, { msPerStep: 100, resolutionPx: 512 }]);
    expect(await runs.finishedPaces('none', 3)).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createNodes, type Nodes } from '../../models/nodes.js';
import { queueOutlookOf, type QueueOutlook } from '../../models/queue-outlook.js';
import { createRuns, type Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { anEndedRun, aRun } from '../support/run-rows.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);
let database: TestDatabase;
let runs: Runs;
let nodes: Nodes;
let made = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  runs = createRuns(database.connection);
  nodes = createNodes(database.connection);
});
afterAll(() => database.close());

async function record(row: RunRow): Promise<RunRow> {
  made += 1;
  const { runId: _same, ...rest } = row;
  const recorded = { ...rest, slot: row.open ? made : null, datasetId: randomUUID() };
  const runId = randomUUID();
  await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...recorded });
  return { ...recorded, runId };
}

/** A queue and a recipe of its own, so that tests do not meet. */
function place(): { queue: string; recipeId: string } {
  made += 1;
  return { queue: `queue-${made}`, recipeId: `recipe-${made}` };
}

const waiting = (where: { queue: string; recipeId: string }, createdAt: Date): Promise<RunRow> => record(aRun({ ...where, createdAt, attemptStartedAt: createdAt }));
const outlook = (run: RunRow): Promise<QueueOutlook> => queueOutlookOf(run, { runs, nodes }, NOW);

/** One that took 10 minutes for its 1,500 steps. */
const finished = (where: { queue: string; recipeId: string }): Promise<RunRow> =>
  record(anEndedRun({ kind: 'succeeded', capturedPoints: 1 }, { ...where, progress: { phase: 'saving', step: 1_500, totalSteps: 1_500 }, firstStep: 0, firstStepAt: minutes(-70), progressAt: minutes(-60) }));

describe('what a waiting run has before it', () => {
  it('is nothing any more once it has a node', async () => {
    expect(await outlook(aRun({ status: 'training' }))).toEqual({ ahead: null, startsAt: null, hasNode: null });
  });

  it('is the number of runs before it, and that no node is there', async () => {
    const where = place();
    await waiting(where, minutes(-2));
    await nodes.report({ nodeId: `${where.queue}-away`, queue: where.queue, state: 'unreachable', seenAt: NOW });
    await nodes.report({ nodeId: `${where.queue}-old`, queue: where.queue, state: 'idle', seenAt: minutes(-10) });
    expect(await outlook(await waiting(where, minutes(-1)))).toEqual({ ahead: 1, startsAt: null, hasNode: false });
  });

  it('is about when it starts, from what finished runs took and from the pace of the one on the node', async () => {
    const where = place();
    await finished(where);
    await nodes.report({ nodeId: `${where.queue}-a`, queue: where.queue, state: 'busy', seenAt: NOW });
    const claim = { attempt: 1, nodeId: `${where.queue}-a`, promptId: 'p', activityAttempt: 1 };
    // Half done in 8 minutes: 8 more to go, then one of 10 minutes.
    await record(aRun({ ...where, status: 'training', claim, progress: { phase: 'training', step: 750, totalSteps: 1_500 }, firstStep: 0, firstStepAt: minutes(-8), progressAt: NOW }));
    await waiting(where, minutes(-2));
    expect(await outlook(await waiting(where, minutes(-1)))).toEqual({ ahead: 1, startsAt: minutes(20), hasNode: true });
  });

  it('is no guess at a start when nothing was measured, nor when a node is free', async () => {
    const unmeasured = place();
    await nodes.report({ nodeId: `${unmeasured.queue}-a`, queue: unmeasured.queue, state: 'busy', seenAt: NOW });
    await waiting(unmeasured, minutes(-2));
    expect((await outlook(await waiting(unmeasured, minutes(-1)))).startsAt).toBeNull();
    const free = place();
    await nodes.report({ nodeId: `${free.queue}-a`, queue: free.queue, state: 'idle', seenAt: NOW });
    expect(await outlook(await waiting(free, minutes(-1)))).toEqual({ ahead: 0, startsAt: null, hasNode: true });
  });
});

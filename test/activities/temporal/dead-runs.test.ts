import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection as TemporalConnection, WorkflowNotFoundError } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createTemporalActivities } from '../../../activities/temporal/activities.js';
import type { TemporalDependencies } from '../../../activities/temporal/activities.js';
import { points } from '../../../domain/points.js';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import type { RunRow } from '../../../models/runs-schema.js';
import { openModels } from '../../../workers/models.js';
import type { Models } from '../../../workers/models.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { quietTemporal } from '../../support/quiet-temporal.js';
import { aRun } from '../../support/run-rows.js';
import { testTemporalAddress } from '../../support/temporal.js';

/** Judged by the real server: workflows here have no worker, so they live until somebody ends them. */
let database: TestDatabase;
let models: Models;
let native: NativeConnection;
let connection: TemporalConnection;
let client: Client;

const QUEUE = `t${randomUUID().slice(0, 8)}/yard`;
const NAMESPACE_ID = 'the namespace of these rows';
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  quietTemporal();
  database = await openTestDatabase();
  models = await openModels(database.connection);
  native = await NativeConnection.connect({ address: testTemporalAddress() });
  connection = await TemporalConnection.connect({ address: testTemporalAddress() });
  client = new Client({ connection: native });
});
afterAll(async () => {
  for await (const { workflowId, runId } of client.workflow.list({ query: `TaskQueue="${QUEUE}" AND ExecutionStatus="Running"` })) {
    await client.workflow.getHandle(workflowId, runId).terminate();
  }
  await Promise.all([connection.close(), native.close()]);
  await database.close();
});

function activities(changes: Partial<TemporalDependencies> = {}) {
  return createTemporalActivities({
    client, ...models, namespaceId: NAMESPACE_ID, yardQueue: QUEUE, keepCardsId: `${QUEUE}-cards`, graceMs: 60_000, announceMs: 24 * HOUR_MS, ...changes,
  });
}

/** What one more sweep says of one run; other rows of this database do not matter to it. */
async function sweptAs(runId: string, { sweepId = randomUUID(), ...changes }: Partial<TemporalDependencies> & { sweepId?: string } = {}): Promise<string> {
  const found = await activities(changes).findDeadRuns({ sweepId });
  const lists = { settling: found.settling, waiting: found.waiting, reported: found.reported, skipped: found.skipped };
  return Object.entries(lists).find(([, ids]) => ids.includes(runId) || ids.includes(trainRunIdOf(runId)))?.[0] ?? 'alive or not looked at';
}

const anAccount = (): RunRow['accountId'] => `discord:${Math.floor(Math.random() * 1e15)}`;

async function aRow(changes: Partial<RunRow> = {}): Promise<string> {
  const { runId, ...row } = aRun({ runId: randomUUID(), datasetId: randomUUID(), accountId: anAccount(), namespaceId: NAMESPACE_ID, ...changes });
  await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
  return runId;
}

const start = (runId: string) => client.workflow.start('trainRun', { workflowId: trainRunIdOf(runId), taskQueue: QUEUE });
const handleOf = (runId: string) => client.workflow.getHandle(trainRunIdOf(runId));

async function deleteHistory(runId: string): Promise<void> {
  await native.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId: trainRunIdOf(runId) } });
}

/** Temporal takes a history away in the background. */
async function untilGone(runId: string): Promise<void> {
  await eventually(() => expect(handleOf(runId).describe()).rejects.toThrow(WorkflowNotFoundError));
}

describe('a run whose workflow is closed', () => {
  it('is dead after two sweeps, and one that is repeated counts once', async () => {
    const runId = await aRow();
    await start(runId);
    expect(await sweptAs(runId)).toBe('alive or not looked at');
    await handleOf(runId).terminate();
    const sweepId = randomUUID();
    expect(await sweptAs(runId, { sweepId })).toBe('waiting');
    expect(await sweptAs(runId, { sweepId })).toBe('waiting');
    expect(await sweptAs(runId)).toBe('settling');
    // The sweep that saw it twice may have been ended before it acted.
    expect([await sweptAs(runId), await sweptAs(runId)]).toEqual(['settling', 'settling']);
  });

  it('is counted anew when it lived between two sightings, as after Reset', async () => {
    const runId = await aRow();
    await start(runId);
    await handleOf(runId).terminate();
    expect(await sweptAs(runId)).toBe('waiting');
    await start(runId);
    expect(await sweptAs(runId)).toBe('alive or not looked at');
    await handleOf(runId).terminate();
    expect(await sweptAs(runId)).toBe('waiting');
    expect(await sweptAs(runId)).toBe('settling');
  });
});

describe('a run without a workflow', () => {
  it('that never started is dead after two sweeps', async () => {
    const runId = await aRow();
    expect([await sweptAs(runId), await sweptAs(runId)]).toEqual(['waiting', 'settling']);
  });

  it('whose history was deleted is dead after two sweeps', async () => {
    const runId = await aRow();
    await start(runId);
    await deleteHistory(runId);
    await untilGone(runId);
    expect([await sweptAs(runId), await sweptAs(runId)]).toEqual(['waiting', 'settling']);
  });

  it('is left alone while it is younger than the grace', async () => {
    const runId = await aRow({ createdAt: new Date() });
    expect([await sweptAs(runId), await sweptAs(runId)]).toEqual(['alive or not looked at', 'alive or not looked at']);
  });
});

describe('a namespace that cannot be asked', () => {
  it('judges nothing when it is missing, over both kinds of connection', async () => {
    const runId = await aRow();
    for (const elsewhere of [new Client({ connection, namespace: 'no-such-namespace' }), new Client({ connection: native, namespace: 'no-such-namespace' })]) {
      expect([await sweptAs(runId, { client: elsewhere }), await sweptAs(runId, { client: elsewhere })]).toEqual(['skipped', 'skipped']);
    }
    expect(await models.sightings.seenDead(runId, 'first', new Date())).toBe(1);
  });

  it('judges nothing when nobody answers', async () => {
    const runId = await aRow();
    const lost = TemporalConnection.lazy({ address: '127.0.0.1:1', connectTimeout: '200ms' });
    const found = activities({ client: new Client({ connection: lost }) }).findDeadRuns({ sweepId: randomUUID() });
    await expect(found).resolves.toMatchObject({ settling: [], waiting: [] });
    expect((await found).skipped).toEqual(expect.arrayContaining([trainRunIdOf(runId), `${QUEUE}-cards`, QUEUE]));
    await lost.close();
  }, 120_000);

  it('leaves rows of another namespace to an operator, however often they are seen', async () => {
    const runId = await aRow({ namespaceId: 'a namespace that was deleted' });
    expect([await sweptAs(runId), await sweptAs(runId), await sweptAs(runId)]).toEqual(['reported', 'reported', 'reported']);
    const { troubles } = await activities().findDeadRuns({ sweepId: randomUUID() });
    expect(troubles).toContainEqual({ kind: 'foreign-run', runId, namespaceId: 'a namespace that was deleted' });
  });
});

describe('holds and notices', () => {
  const past = new Date('2026-03-01T13:00:00Z');
  const ended = { open: false, slot: null, status: 'failed', end: { kind: 'failed', failure: { type: 'Terminated' }, releasedPoints: 0 }, notice: 'delivered', endedAt: past } as const;
  /** Holds are dated when they are written: the sweep comes later. */
  const later = { graceMs: -1_000 };

  it('finds a hold that a zombie left after the end of its run', async () => {
    const runId = await aRow(ended);
    await grantedHold(runId);
    expect([await sweptAs(runId, later), await sweptAs(runId, later), await sweptAs(runId, later)]).toEqual(['waiting', 'settling', 'settling']);
  });

  it('leaves a run alone that has ended, told its owner and holds nothing', async () => {
    const runId = await aRow(ended);
    expect([await sweptAs(runId, later), await sweptAs(runId, later)]).toEqual(['alive or not looked at', 'alive or not looked at']);
  });

  it.each([
    ['without a workflow', () => undefined],
    ['with one that lives', (runId: string) => start(runId)],
    ['with one that is closed', async (runId: string) => {
      await start(runId);
      await handleOf(runId).terminate();
    }],
  ] as const)('leaves a hold without a row to an operator, %s: nobody can say whose namespace it was', async (_what, begin) => {
    const [runId, accountId] = [randomUUID(), anAccount()];
    await begin(runId);
    await hold(runId, accountId);
    expect([await sweptAs(runId, later), await sweptAs(runId, later), await sweptAs(runId, later)]).toEqual(['reported', 'reported', 'reported']);
    const { troubles } = await activities(later).findDeadRuns({ sweepId: randomUUID() });
    const [open] = (await models.ledger.openHolds(new Date(Date.now() + 1_000), 5_000)).filter((each) => each.runId === runId);
    expect(troubles.filter((trouble) => 'runId' in trouble && trouble.runId === runId)).toEqual([
      { kind: 'hold-without-run', runId, accountId, amountPoints: 1_900, since: open?.at.toISOString() },
    ]);
  });

  it('settles a hold whose row came back after two sweeps', async () => {
    const [runId, accountId] = [randomUUID(), anAccount()];
    await hold(runId, accountId);
    expect([await sweptAs(runId, later), await sweptAs(runId, later)]).toEqual(['reported', 'reported']);
    await aRow({ runId, accountId });
    expect([await sweptAs(runId, later), await sweptAs(runId, later)]).toEqual(['waiting', 'settling']);
    const { troubles } = await activities(later).findDeadRuns({ sweepId: randomUUID() });
    expect(troubles.filter((trouble) => 'runId' in trouble && trouble.runId === runId)).toEqual([]);
  });

  it('finds a notice that is pending, for as long as it is tried, and tries it ever more rarely', async () => {
    const young = await aRow({ ...ended, notice: 'pending', endedAt: new Date(Date.now() - HOUR_MS) });
    const old = await aRow({ ...ended, notice: 'pending', endedAt: new Date(Date.now() - 25 * HOUR_MS) });
    expect([await sweptAs(young), await sweptAs(young), await sweptAs(young), await sweptAs(young)]).toEqual(['waiting', 'settling', 'waiting', 'settling']);
    expect([await sweptAs(old), await sweptAs(old)]).toEqual(['alive or not looked at', 'alive or not looked at']);
  });

  async function grantedHold(runId: string): Promise<void> {
    const row = await models.runs.read(runId);
    if (row === null) throw new Error('Expected a row.');
    await hold(runId, row.accountId);
  }

  async function hold(runId: string, account: RunRow['accountId']): Promise<void> {
    await models.ledger.grant({ accountId: account, key: `grant:${runId}`, amountPoints: points(2_000) });
    expect(await models.ledger.hold({ accountId: account, runId, amountPoints: points(1_900) })).toMatchObject({ kind: 'held' });
  }
});

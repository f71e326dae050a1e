import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { createLedgerActivities, type LedgerActivities } from '../../activities/ledger/activities.js';
import { points } from '../../domain/points.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../sandbox/chaos/network/faults.js';
import { openFaultyWay } from '../../sandbox/chaos/network/faulty-way.js';
import { openModels, type Models } from '../../workers/models.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf, type Outcome } from '../support/network-trials.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { aRun } from '../support/run-rows.js';
import { testTemporalAddress } from '../support/temporal.js';
import type { holdOnly } from './hold-workflow.js';

/** The way from a worker to Temporal fails in every way there is, under its polls and its reports. */

const PRICE = points(100);
const FAULT_MS = 2_000;
/** What was lost on its way is known by its limits: ten seconds for a task of a workflow, four for one of an activity. */
const LONGEST_MS = 50_000;
const FAULTS_AT_ONCE = FAULT_NAMES.length;

let database: TestDatabase;
let models: Models;
let direct: Connection;
let client: Client;
let workflowBundle: WorkflowBundle;
const rejections = noteRejections();

beforeAll(async () => {
  quietTemporal();
  database = await openTestDatabase();
  models = await openModels(database.connection);
  direct = await Connection.connect({ address: testTemporalAddress() });
  client = new Client({ connection: direct });
  workflowBundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('hold-workflow.ts', import.meta.url)), logger: new DefaultLogger('ERROR') });
}, 60_000);
afterAll(async () => {
  rejections.stop();
  await direct.close();
  await database.close();
});

/** The activities of the ledger, in which the hold of one run waits until it is let go. */
function heldActivities(): { readonly activities: Pick<LedgerActivities, 'holdPoints'>; readonly tries: string[]; readonly hold: (runId: string) => () => void } {
  const ledger = createLedgerActivities(models);
  const tries: string[] = [];
  const gates = new Map<string, Promise<void>>();
  return {
    activities: {
      async holdPoints(request) {
        tries.push(request.runId);
        await gates.get(request.runId);
        return ledger.holdPoints(request);
      },
    },
    tries,
    hold(runId) {
      let letGo = (): void => undefined;
      gates.set(runId, new Promise((resolve) => { letGo = resolve; }));
      return () => { letGo(); };
    },
  };
}

/** A run that may hold its price, once. */
async function aRunWithPoints(): Promise<string> {
  const runId = randomUUID();
  const accountId = `discord:${runId}` as const;
  const { runId: _runId, ...row } = aRun({ accountId, datasetId: runId, pricePoints: PRICE });
  await database.connection.collection<{ _id: string }>('runs').insertOne({ _id: runId, ...row });
  await models.ledger.grant({ accountId, key: `grant:${runId}`, amountPoints: points(10 * PRICE), reason: 'a test', by: 'discord:1' });
  return runId;
}

interface Row {
  readonly fault: FaultName;
  /** The result of the hold that was under way when the fault began, of one that was asked for in it, and of one after it. */
  readonly underWay: Outcome;
  readonly asked: Outcome;
  readonly after: Outcome;
  readonly isRunning: boolean;
  /** Whether the fault kept the first from its end for as long as it stood. */
  readonly isLate: boolean;
  readonly stopped: Outcome;
  /** Entries of the ledger for each of the three. */
  readonly entries: readonly string[];
}

async function underFault(fault: FaultName): Promise<Row> {
  const [host = '', port = ''] = testTemporalAddress().split(':');
  const way = await openFaultyWay({ host, port: Number(port) });
  const connection = await NativeConnection.connect({ address: `${way.host}:${way.port}` });
  const taskQueue = `faults-${randomUUID()}`;
  const { activities, tries, hold } = heldActivities();
  // Workflows run in this thread: thirty threads more would tell nothing of the network.
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities, debugMode: true, shutdownGraceTime: '1 second' });
  const running = worker.run();
  const start = (runId: string) => client.workflow.start<typeof holdOnly>('holdOnly', { taskQueue, workflowId: `hold-only:${runId}`, args: [{ runId }] });
  const runIds = await Promise.all([aRunWithPoints(), aRunWithPoints(), aRunWithPoints()]);
  const [first, second, third] = runIds;

  const letGo = hold(first);
  const underWay = await start(first);
  await eventually(() => { expect(tries).toContain(first); }, LONGEST_MS);
  await way.inflict(NETWORK_FAULTS[fault]);
  const asked = await start(second);
  letGo();
  const ending = Promise.all([outcomeOf(() => underWay.result(), LONGEST_MS), outcomeOf(() => asked.result(), LONGEST_MS)]);
  await (NETWORK_FAULTS[fault].harm === 'none' ? ending : delay(FAULT_MS));
  const isLate = (await underWay.describe()).status.name === 'RUNNING';
  await way.lift();
  const [ofFirst, ofSecond] = await ending;
  const after = await outcomeOf(async () => (await start(third)).result(), LONGEST_MS);
  const isRunning = worker.getState() === 'RUNNING';
  const stopped = await outcomeOf(async () => {
    if (isRunning) worker.shutdown();
    await running;
    await connection.close();
  }, LONGEST_MS);
  await way.close();
  const entries = await Promise.all(runIds.map(async (runId) => (await models.ledger.historyOf(`discord:${runId}`, { limit: 10 })).map(({ kind }) => kind).join()));
  return { fault, underWay: ofFirst, asked: ofSecond, after, isRunning, isLate, stopped, entries };
}

describe('the way from a worker to Temporal', () => {
  it('may fail in every way: the worker goes on, every workflow ends well after the fault, and what was tried twice was done once', async () => {
    expect(FAULT_NAMES.length).toBeGreaterThanOrEqual(20);
    const rows = await inTurns(FAULT_NAMES, FAULTS_AT_ONCE, underFault);
    for (const call of ['underWay', 'asked', 'after', 'stopped'] as const) {
      expect(rows.filter((row) => row[call].kind !== 'value').map((row) => described({ fault: row.fault, call, outcome: row[call] }))).toEqual([]);
    }
    expect(rows.filter(({ isRunning }) => !isRunning).map(({ fault }) => fault)).toEqual([]);
    const held = { kind: 'value', value: { kind: 'held', heldPoints: PRICE } };
    for (const { fault, underWay, asked, after, entries } of rows) expect({ fault, underWay, asked, after, entries }).toEqual({ fault, underWay: held, asked: held, after: held, entries: Array(3).fill('hold,grant') });
    expect(rows.filter(({ isLate }) => isLate).length).toBeGreaterThanOrEqual(15);
    expect(rejections.taken()).toEqual([]);
  }, 300_000);
});

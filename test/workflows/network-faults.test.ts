import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Quote } from '../../domain/runs.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../sandbox/chaos/network/faults.js';
import { openFaultyWay, type FaultyWay } from '../../sandbox/chaos/network/faulty-way.js';
import { startIntake } from '../../workflows/intake/client.js';
import { intakeIdOf } from '../../workflows/intake/messages.js';
import { startTrainRun, tellCancel } from '../../workflows/train-run/client.js';
import { eventually } from '../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf, type Trial } from '../support/network-trials.js';
import { aRun } from '../support/run-rows.js';
import { testTemporalAddress } from '../support/temporal.js';

/** The way from the bot to Temporal fails in every way there is, under everything the bot says on it. */

const SHORT_MS = 1_500;
const LONG_MS = 20_000;
const LONGEST_MS = 60_000;
const SLOW_MS = 2_000;
const FAULTS_AT_ONCE = 12;
const prefix = `faults-${randomUUID()}/`;

interface Line {
  readonly way: FaultyWay;
  readonly client: Client;
  readonly answerMs: number;
  readonly id: string;
}

const CALLS: Readonly<Record<string, (line: Line) => Promise<unknown>>> = {
  startRun: ({ client, id, answerMs }) => startTrainRun(client, prefix, quoteOf(id), id, answerMs),
  startIntake: ({ client, id, answerMs }) => startIntake(client, prefix, id, answerMs),
  // A run that is not there: with one there, its worker would have to answer.
  cancelRun: ({ client, id, answerMs }) => tellCancel(client, `none-${id}`, { by: 'owner' }, answerMs),
};
const UNCONFIRMED: readonly unknown[] = ['not-confirmed', { kind: 'not-confirmed' }];
const isUnconfirmed = (value: unknown): boolean => UNCONFIRMED.some((one) => JSON.stringify(one) === JSON.stringify(value));

let direct: Connection;
const rejections = noteRejections();

beforeAll(async () => {
  direct = await Connection.connect({ address: testTemporalAddress() });
});
afterAll(async () => {
  rejections.stop();
  await direct.close();
});

function quoteOf(id: string): Quote {
  const { accountId, datasetId, datasetRevision, recipeId, settings, triggerWord, pricePoints, locale, cardPlace } = aRun();
  return { quoteId: id, runId: id, accountId, datasetId, datasetRevision, recipeId, settings, triggerWord, pricePoints, imageCount: 4, locale, cardPlace, expiresAt: new Date() };
}

async function callAll(line: Line, fault: string): Promise<Trial[]> {
  return Promise.all(Object.entries(CALLS).map(async ([call, work]) => ({ fault, call, outcome: await outcomeOf(() => work(line), LONGEST_MS) })));
}

async function underFault(fault: FaultName): Promise<{ during: Trial[]; after: Trial[]; id: string }> {
  const { harm } = NETWORK_FAULTS[fault];
  const [host = '', port = ''] = testTemporalAddress().split(':');
  const way = await openFaultyWay({ host, port: Number(port) });
  const connection = Connection.lazy({ address: `${way.host}:${way.port}`, connectTimeout: harm === 'none' ? LONG_MS : SHORT_MS });
  const line: Line = { way, client: new Client({ connection }), answerMs: harm === 'none' ? LONG_MS : SHORT_MS, id: randomUUID() };
  await way.inflict(NETWORK_FAULTS[fault]);
  const healed = harm === 'slow' ? delay(SLOW_MS).then(() => way.lift()) : null;
  const during = await callAll(line, fault);
  await (healed ?? way.lift());
  const after = await eventually(async () => {
    // gRPC waits between its tries to connect, and a busy machine is no fault.
    const trials = await callAll({ ...line, answerMs: LONG_MS }, fault);
    expect(trials.filter(({ outcome }) => outcome.kind !== 'value' || isUnconfirmed(outcome.value)).map(described)).toEqual([]);
    return trials;
  }, LONGEST_MS);
  await connection.close();
  await eventually(() => { expect({ fault, open: way.open() }).toEqual({ fault, open: 0 }); }, LONGEST_MS);
  await way.close();
  return { during, after, id: line.id };
}

describe('the way from the bot to Temporal', () => {
  it('has at least twenty faults', () => {
    expect(FAULT_NAMES.length).toBeGreaterThanOrEqual(20);
  });

  it('under every fault each call answers in time, if only that it is not confirmed; after it the same call is confirmed, and what it started was started once', async () => {
    const rows = await inTurns(FAULT_NAMES, FAULTS_AT_ONCE, underFault);
    const during = rows.flatMap((row) => row.during);
    expect(during.filter(({ outcome }) => outcome.kind !== 'value').map(described)).toEqual([]);
    expect(during.filter(({ fault, outcome }) => NETWORK_FAULTS[fault as FaultName].harm === 'none' && outcome.kind === 'value' && isUnconfirmed(outcome.value)).map(described)).toEqual([]);
    expect(during.filter(({ outcome }) => outcome.kind === 'value' && isUnconfirmed(outcome.value)).length).toBeGreaterThanOrEqual(20);

    const client = new Client({ connection: direct });
    for (const { id } of rows) {
      for (const workflowId of [trainRunIdOf(id), intakeIdOf(id)]) {
        const { historyLength } = await client.workflow.getHandle(workflowId).describe();
        // One start and one workflow task that nobody takes.
        expect({ workflowId, historyLength }).toEqual({ workflowId, historyLength: 2 });
        await client.workflow.getHandle(workflowId).terminate();
      }
    }
    expect(rejections.taken()).toEqual([]);
  }, 300_000);
});

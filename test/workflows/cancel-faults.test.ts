import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { points } from '../../domain/points.js';
import { priceOf } from '../../domain/price.js';
import type { RunEnd } from '../../domain/runs.js';
import { FAULT_NAMES, NETWORK_FAULTS, type FaultName } from '../../sandbox/chaos/network/faults.js';
import { openFaultyWay } from '../../sandbox/chaos/network/faulty-way.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { startTrainRun, tellCancel } from '../../workflows/train-run/client.js';
import { eventually } from '../support/eventually.js';
import { described, inTurns, noteRejections, outcomeOf, type Outcome } from '../support/network-trials.js';
import { accountOf, captioned, seedDataset } from '../support/seeds.js';
import { testTemporalAddress } from '../support/temporal.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/** The way from the bot to Temporal fails in every way there is, under a cancel of a run that lives. */

const SHORT_MS = 1_500;
const LONG_MS = 15_000;
const LONGEST_MS = 50_000;
const SLOW_MS = 2_000;
const FAULTS_AT_ONCE = 12;
const STEPS = 400;

let yard: TestYard;
const rejections = noteRejections();

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { MAX_OPEN_RUNS: '50', HEARTBEAT_TIMEOUT: '10s' } });
  // Nobody takes the runs: each waits with its points held, for as long as it may.
  for (const { control } of yard.nodes) await control.down(true);
  const { ledger } = yard.context.models;
  await ledger.grant({ accountId: accountOf('mira'), key: 'grant:cancel-faults', amountPoints: points(1_000_000), reason: 'a test', by: accountOf('olga') });
}, 120_000);
afterAll(async () => {
  rejections.stop();
  await yard.stop();
}, 60_000);

/** A run that waits for a node, and its price. */
async function aLiveRun(): Promise<{ readonly runId: string; readonly pricePoints: number }> {
  const { context, connection, client, prefix } = yard;
  const recipe = context.recipes.get('sd15-lora');
  const dataset = await context.models.datasets.read(await seedDataset(connection, { images: captioned(4) }));
  if (recipe === undefined || dataset === null) throw new Error('Expected the recipe sd15-lora and a dataset.');
  const { datasetId, revision, triggerWord, owner } = dataset;
  const runId = randomUUID();
  const pricePoints = priceOf({ images: 4, steps: STEPS, price: recipe.price, factor: 1 });
  // A channel of its own: the limits of Discord are kept by channel.
  const channelId = await yard.driver.change({ kind: 'create-channel', name: `cancel-${runId.slice(0, 8)}` });
  const quote = {
    quoteId: runId, runId, accountId: owner, datasetId, datasetRevision: revision, recipeId: recipe.id, settings: { steps: STEPS, learningRate: 0.000_5, rank: 16, resolutionPx: 512 },
    triggerWord, pricePoints, imageCount: 4, locale: 'en-GB', cardPlace: { where: 'here', channelId }, expiresAt: new Date(Date.now() + 600_000),
  } as const;
  await context.models.quotes.store(quote);
  await startTrainRun(client, prefix, quote, runId, LONGEST_MS);
  await waitForRow(yard, runId, (row) => row.status === 'queued', { timeoutMs: LONGEST_MS });
  return { runId, pricePoints };
}

interface Row {
  readonly fault: FaultName;
  readonly price: number;
  /** The answer in the fault, what the row said then, and the answer to the same press after the fault. */
  readonly during: Outcome;
  readonly openThen: boolean;
  readonly again: Outcome;
  readonly end: RunEnd | null;
  readonly entries: readonly string[];
}

const kindOf = ({ during }: Pick<Row, 'during'>): string => (during.kind === 'value' ? (during.value as { kind: string }).kind : during.kind);

async function underFault(fault: FaultName): Promise<Row> {
  const { runId, pricePoints } = await aLiveRun();
  const { harm } = NETWORK_FAULTS[fault];
  const [host = '', port = ''] = testTemporalAddress().split(':');
  const way = await openFaultyWay({ host, port: Number(port) });
  const connection = Connection.lazy({ address: `${way.host}:${way.port}`, connectTimeout: harm === 'none' ? LONG_MS : SHORT_MS });
  const press = (answerMs: number) => tellCancel(new Client({ connection }), runId, { by: 'owner', shown: { points: 0, attempt: 1, at: Date.now() } }, answerMs);
  const read = () => yard.context.models.runs.read(runId);

  await way.inflict(NETWORK_FAULTS[fault]);
  const healed = harm === 'slow' ? delay(SLOW_MS).then(() => way.lift()) : null;
  const during = await outcomeOf(() => press(harm === 'none' ? LONG_MS : SHORT_MS), LONGEST_MS);
  const rowThen = await read();
  await (healed ?? way.lift());
  // What was accepted needs no second press.
  if (kindOf({ during }) === 'accepted') await waitForRow(yard, runId, (row) => !row.open, { timeoutMs: LONGEST_MS });
  const again = await outcomeOf(() => eventually(async () => {
    const answer = await press(LONG_MS);
    // gRPC waits between its tries to connect.
    expect(answer.kind).not.toBe('not-confirmed');
    return answer;
  }, LONGEST_MS), 2 * LONGEST_MS);
  const { end } = await waitForRow(yard, runId, (row) => !row.open, { timeoutMs: LONGEST_MS });
  await connection.close();
  await way.close();
  const entries = await yard.connection.collection<{ kind: string }>('points_entries').find({ runId }).sort({ seq: 1 }).toArray();
  return { fault, price: pricePoints, during, openThen: rowThen?.open ?? false, again, end, entries: entries.map(({ kind }) => kind) };
}

describe('a cancel over a way to Temporal that fails in every way there is', () => {
  it('is accepted or not confirmed; pressed again after the fault it has a definite answer, and the run ends cancelled, resolved once', async () => {
    expect(FAULT_NAMES.length).toBeGreaterThanOrEqual(20);
    const rows = await inTurns(FAULT_NAMES, FAULTS_AT_ONCE, underFault);
    expect(rows.filter(({ during }) => during.kind !== 'value').map(({ fault, during }) => described({ fault, call: 'cancelRun', outcome: during }))).toEqual([]);
    // *Too late* would be said to the owner of a run that goes on.
    expect(rows.filter((row) => !['accepted', 'not-confirmed'].includes(kindOf(row)) && row.openThen).map((row) => `${row.fault}: ${kindOf(row)}`)).toEqual([]);
    expect(rows.filter((row) => NETWORK_FAULTS[row.fault].harm === 'none' && kindOf(row) !== 'accepted').map((row) => `${row.fault}: ${kindOf(row)}`)).toEqual([]);
    expect(rows.filter((row) => kindOf(row) === 'not-confirmed').length).toBeGreaterThanOrEqual(15);
    expect(rows.filter(({ again }) => again.kind !== 'value').map(({ fault, again }) => described({ fault, call: 'pressed again', outcome: again }))).toEqual([]);
    for (const { fault, price, end, entries } of rows) {
      expect({ fault, end, entries }).toEqual({ fault, end: { kind: 'cancelled', by: 'owner', capturedPoints: 0, releasedPoints: price }, entries: ['hold', 'release'] });
    }
    expect(rejections.taken()).toEqual([]);
  }, 300_000);
});

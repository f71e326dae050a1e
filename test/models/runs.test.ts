import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type mongo } from 'mongoose';
import { accountIdOf } from '../../domain/accounts.js';
import type { Claim, RunEnd } from '../../domain/runs.js';
import { connectionLimits, WORKER_PATIENCE } from '../../models/connection-limits.js';
import { createRuns } from '../../models/runs.js';
import type { NewRun, Runs } from '../../models/runs.js';
import { openTestDatabase } from '../support/database.js';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let runs: Runs;
let made = 0;
const now = new Date('2026-01-01T12:00:00Z');

function newRun(change: Partial<NewRun> = {}): NewRun {
  made += 1;
  return {
    runId: `run-${made}`, accountId: accountIdOf('discord', `${made}`), datasetId: `dataset-${made}`, datasetName: 'cats', triggerWord: 'tyrdcats',
    datasetRevision: 1, images: [], recipeId: 'sd15-lora', queue: 'default', pricePoints: 1500, namespaceId: 'n', interactionId: 'i',
    settings: { steps: 1500, learningRate: 0.0003, rank: 16, resolutionPx: 512 }, locale: 'en-GB', cardPlace: { where: 'dm' }, ...change,
  };
}

async function openedRun(): Promise<string> {
  const run = newRun();
  await runs.open(run, 2, now);
  return run.runId;
}

const claimOf = (change: Partial<Claim> = {}): Claim => ({ attempt: 1, nodeId: 'node-a', promptId: 'p1', activityAttempt: 1, ...change });

beforeAll(async () => {
  database = await openTestDatabase();
  runs = createRuns(database.connection);
  await runs.ensureIndexes();
});
afterAll(() => database.close());

describe('opening a run', () => {
  it('answers a second opening of the same run with the first row', async () => {
    const run = newRun();
    await runs.open(run, 2, now);
    expect(await runs.open(run, 2, now)).toMatchObject({ kind: 'exists', row: { runId: run.runId, status: 'checking' } });
  });

  it('lets one of twenty simultaneous runs of a dataset open and names it to the others', async () => {
    const datasetId = 'contested';
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => runs.open(newRun({ datasetId }), 2, now)));
    const opened = outcomes.filter((outcome) => outcome.kind === 'opened');
    expect(opened).toHaveLength(1);
    const winner = opened[0]?.kind === 'opened' ? opened[0].row.runId : '';
    expect(outcomes.filter((outcome) => outcome.kind === 'dataset-busy' && outcome.runId === winner)).toHaveLength(19);
  });

  it('lets an account have two open runs at once and no third', async () => {
    const accountId = accountIdOf('discord', 'busy');
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => runs.open(newRun({ accountId }), 2, now)));
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['opened', 'opened', 'too-many-runs', 'too-many-runs', 'too-many-runs', 'too-many-runs']);
  });

  it('frees the dataset and the place when a run ends', async () => {
    const run = newRun();
    await runs.open(run, 1, now);
    await runs.end(run.runId, { kind: 'succeeded', capturedPoints: 1500 }, now);
    const next = newRun({ datasetId: run.datasetId, accountId: run.accountId });
    expect((await runs.open(next, 1, now)).kind).toBe('opened');
  });

  it('never revives a refused run', async () => {
    const run = newRun();
    await runs.refuse(run, { kind: 'refused', refusal: { code: 'dataset-changed' } }, now);
    expect(await runs.open(run, 2, now)).toMatchObject({ kind: 'exists', row: { open: false, status: 'refused', notice: 'pending' } });
  });
});

describe('claims', () => {
  it('go to one of two nodes that claim at the same moment', async () => {
    const runId = await openedRun();
    const outcomes = await Promise.all(['node-a', 'node-b'].map((nodeId) => runs.claim(runId, claimOf({ nodeId }))));
    expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['claimed', 'held']);
  });

  it('are lost by a stale try of the same node', async () => {
    const runId = await openedRun();
    await runs.claim(runId, claimOf({ activityAttempt: 3 }));
    expect(await runs.claim(runId, claimOf({ activityAttempt: 2 }))).toEqual({ kind: 'held', claim: claimOf({ activityAttempt: 3 }) });
    expect((await runs.claim(runId, claimOf({ activityAttempt: 4 }))).kind).toBe('claimed');
  });

  it.each<[string, (runId: string) => Promise<unknown>]>([
    ['that is closed', (runId) => runs.end(runId, { kind: 'cancelled', by: 'operator', capturedPoints: 0, releasedPoints: 1500 }, now)],
    ['that is ending', (runId) => runs.beginEnding(runId)],
    ['whose attempt has moved on', (runId) => runs.startAttempt(runId, 2, { type: 'JobLost', nodeId: 'node-a', attempts: 1 }, now)],
  ])('are refused on a row %s', async (_state, change) => {
    const runId = await openedRun();
    await change(runId);
    expect((await runs.claim(runId, claimOf())).kind).toBe('not-open');
  });

  it('can be moved back to a waiting attempt and never over a running one', async () => {
    const runId = await openedRun();
    await runs.startAttempt(runId, 2, { type: 'NodeGone', nodeId: 'node-a', attempts: 1 }, now);
    const back = claimOf({ attempt: 2, activityAttempt: 0 });
    expect((await runs.moveClaimBack(runId, back))?.claim).toEqual(back);
    expect(await runs.moveClaimBack(runId, { ...back, nodeId: 'node-b' })).toBeNull();
  });
});

describe('progress', () => {
  it('of an earlier attempt or an ending run is not recorded', async () => {
    const runId = await openedRun();
    const progress = { phase: 'training', step: 10, totalSteps: 1500 } as const;
    await runs.recordProgress(runId, 2, progress, now);
    expect((await runs.read(runId))?.progress).toBeNull();
    await runs.recordProgress(runId, 1, progress, now);
    expect(await runs.read(runId)).toMatchObject({ progress, status: 'training', firstStepAt: now });
    await runs.beginEnding(runId);
    await runs.recordProgress(runId, 1, { ...progress, step: 20 }, now);
    expect((await runs.read(runId))?.progress?.step).toBe(10);
  });
});

describe('ends', () => {
  const ends: RunEnd[] = [
    { kind: 'succeeded', capturedPoints: 1500 },
    { kind: 'cancelled', by: 'owner', capturedPoints: 10, releasedPoints: 1490 },
    { kind: 'failed', failure: { type: 'Terminated' }, releasedPoints: 1500 },
  ];

  it('are written once: of many at the same moment the first stands', async () => {
    const runId = await openedRun();
    const written = await Promise.all([...ends, ...ends].map((end) => runs.end(runId, end, now)));
    expect(new Set(written.map((row) => JSON.stringify(row?.end))).size).toBe(1);
  });

  it('leave a pending notice that is delivered once', async () => {
    const run = newRun();
    await runs.open(run, 2, now);
    await runs.end(run.runId, { kind: 'succeeded', capturedPoints: 1500 }, now);
    expect((await runs.pendingNotices(run.accountId, new Date(now.getTime() + 1))).map((row) => row.runId)).toEqual([run.runId]);
    expect(await runs.pendingNotices(run.accountId, now)).toEqual([]);
    expect((await runs.noticeDelivered(run.runId))?.notice).toBe('delivered');
    expect(await runs.noticeDelivered(run.runId)).toBeNull();
  });
});

describe('reads and writes', () => {
  it('go to the primary, and to the journals of a majority, whatever the connection string asks for', async () => {
    const uri = new URL(database.uri);
    for (const [name, value] of [['readPreference', 'secondaryPreferred'], ['w', '1'], ['journal', 'false']] as const) uri.searchParams.set(name, value);
    const watched = await createConnection(uri.toString(), { ...connectionLimits(WORKER_PATIENCE), monitorCommands: true }).asPromise();
    const sent: { readonly name: string; readonly command: mongo.Document }[] = [];
    watched.getClient().on('commandStarted', ({ commandName, command }) => sent.push({ name: commandName, command }));
    const own = createRuns(watched);
    const run = newRun();
    await own.open(run, 2, now);
    await own.recordProgress(run.runId, 1, { phase: 'training', step: 1, totalSteps: 2 }, now);
    await own.read(run.runId);
    await own.setStatus(run.runId, 'queued');
    await watched.close();
    expect([...new Set(sent.map(({ name }) => name))]).toEqual(expect.arrayContaining(['insert', 'update', 'find', 'findAndModify']));
    for (const { name, command } of sent) {
      expect(command).not.toMatchObject({ $readPreference: { mode: 'secondaryPreferred' } });
      if (['insert', 'update', 'findAndModify'].includes(name)) expect(command).toMatchObject({ writeConcern: { w: 'majority', j: true } });
    }
  });
});

describe('cards', () => {
  it('are recorded once and never painted with an older picture', async () => {
    const runId = await openedRun();
    const card = { channelId: 'c', messageId: 'm1', renderedRevision: 1, lost: false };
    await runs.setCard(runId, card);
    expect((await runs.setCard(runId, { ...card, messageId: 'm2' }))?.card?.messageId).toBe('m1');
    await runs.cardRendered(runId, 'm1', 5);
    expect(await runs.cardRendered(runId, 'm1', 4)).toBeNull();
    expect((await runs.read(runId))?.card?.renderedRevision).toBe(5);
    expect(await runs.cardOvertaken(runId, 'm1', 5)).toBeNull();
    expect((await runs.cardOvertaken(runId, 'm1', 4))?.card).toMatchObject({ renderedRevision: 0, shows: '' });
  });

  it('moves the card once for two presses that knew of the same moves, and never after the end', async () => {
    const runId = await openedRun();
    const here = { where: 'here', channelId: 'c2' } as const;
    const moved = await Promise.all([runs.moveCard(runId, here, 0), runs.moveCard(runId, here, 0)]);
    expect(moved.filter((row) => row !== null)).toHaveLength(1);
    expect(await runs.read(runId)).toMatchObject({ cardPlace: here, cardMove: 1 });
    await runs.end(runId, { kind: 'cancelled', by: 'owner', capturedPoints: 0, releasedPoints: 0 }, now);
    expect(await runs.moveCard(runId, here, 1)).toBeNull();
  });

  it('makes another message the card only in the place of the one that was, and remembers what is to be taken away', async () => {
    const runId = await openedRun();
    const card = { channelId: 'c', messageId: 'm1', renderedRevision: 1, lost: false };
    await runs.setCard(runId, card);
    const replaced = await Promise.all(['m2', 'm3'].map((messageId) => runs.replaceCard(runId, card, { ...card, messageId, move: 1 })));
    expect(replaced.filter((row) => row !== null)).toHaveLength(1);
    expect((await runs.read(runId))?.retiredCards).toEqual([{ channelId: 'c', messageId: 'm1' }]);
    await runs.cardTakenAway(runId, 'm1');
    expect((await runs.read(runId))?.retiredCards).toEqual([]);
  });

  it('names the cards to look at: of open runs, and of ended ones that do not show their end yet', async () => {
    const runId = await openedRun();
    const since = new Date(now.getTime() - 1_000);
    expect(await runs.cardsToLookAt(since)).not.toContain(runId);
    await runs.setStatus(runId, 'queued');
    await runs.setCard(runId, { channelId: 'c', messageId: 'm1', renderedRevision: 1, lost: false });
    expect(await runs.cardsToLookAt(since)).toContain(runId);
    const ended = await runs.end(runId, { kind: 'cancelled', by: 'owner', capturedPoints: 0, releasedPoints: 0 }, now);
    expect(await runs.cardsToLookAt(since)).toContain(runId);
    await runs.cardRendered(runId, 'm1', ended?.revision ?? 0, 'hash');
    expect(await runs.cardsToLookAt(since)).not.toContain(runId);
  });

  it('measures the pace from the first warm step, once there is one to go by', async () => {
    const runId = await openedRun();
    const at = (step: number, seconds: number): Promise<void> => runs.recordProgress(runId, 1, { phase: 'training', step, totalSteps: 100 }, new Date(now.getTime() + seconds * 1_000));
    const from = async () => ({ step: (await runs.read(runId))?.firstStep, at: (await runs.read(runId))?.firstStepAt });
    await at(2, 20);
    await at(6, 30);
    expect(await from()).toEqual({ step: 2, at: new Date(now.getTime() + 20_000) });
    await at(20, 40);
    expect(await from()).toEqual({ step: 6, at: new Date(now.getTime() + 30_000) });
    await at(40, 50);
    expect(await from()).toEqual({ step: 6, at: new Date(now.getTime() + 30_000) });
  });

  it('measures the pace from the step that was seen first', async () => {
    const runId = await openedRun();
    await runs.recordProgress(runId, 1, { phase: 'training', step: 37, totalSteps: 100 }, now);
    await runs.recordProgress(runId, 1, { phase: 'training', step: 47, totalSteps: 100 }, new Date(now.getTime() + 5_000));
    expect(await runs.read(runId)).toMatchObject({ firstStep: 37, firstStepAt: now });
  });
});

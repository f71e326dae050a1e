import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { disagreementsAbout } from '../../sandbox/demo/agreement/check.js';
import { waitForRow } from '../../sandbox/demo/player.js';
import { ended, letGo, offered, startedTalk } from '../support/conversations.js';
import { eventually } from '../support/eventually.js';
import { endPart, hasLeftChildren, startPart, type PartOfTest } from '../support/part-process.js';
import { openPartsYard, type PartName, type PartsYard } from '../support/parts-yard.js';
import { jpegPicture } from '../support/pictures.js';
import { hears, verdictsOf } from '../support/wire.js';

/** Each process is stopped as `docker stop` and a rolling deploy do it. A heartbeat timeout far longer than a test shows that nothing waits for one. */

const HEARTBEATS_DO_NOT_HELP = { HEARTBEAT_TIMEOUT: '5m', SHUTDOWN_GRACE: '8s' };
const SUCCEEDED = { end: { kind: 'succeeded' }, attempts: 1, trainings: 1 } as const;

let yard: PartsYard;

beforeAll(async () => {
  yard = await openPartsYard({ WELCOME_POINTS: '1000000', MAX_OPEN_RUNS: '20', ...HEARTBEATS_DO_NOT_HELP });
}, 120_000);
afterAll(() => yard.close(), 60_000);
afterEach(async () => {
  await yard.driver.clearFaults();
  await letGo(yard);
});

/** The grace, and what a busy machine takes to end a process that has drained. */
const LONGEST_STOP_MS = 10_000;
/** What a process says that exits with 0 although its drain overran. */
const OVERRUN = /Expected everything to be finished or handed over within/;

/** Asks a part to stop and holds it to its word: in time, exit 0, nothing given up, nothing left behind. */
async function stopped(part: PartOfTest, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const askedAt = performance.now();
  part.child.kill(signal);
  expect(await part.ended).toEqual([0, null]);
  expect(part.output.filter((line) => OVERRUN.test(line))).toEqual([]);
  expect(performance.now() - askedAt).toBeLessThan(LONGEST_STOP_MS);
  expect(hasLeftChildren(part)).toBe(false);
}

/** What a worker did to the node that would have ended its job. */
async function touches(): Promise<string[]> {
  const calls = (await Promise.all(yard.nodes.map(({ control }) => control.calls()))).flat();
  return calls.filter(({ method, path }) => /interrupt|cancel/.test(path) || (method === 'POST' && /\/(queue|history)$/.test(path))).map(({ method, path }) => `${method} ${path}`);
}

/** Why Temporal began the attempt of an activity that is under way. */
async function begunAfter(runId: string, activity: string): Promise<string | null | undefined> {
  const { raw } = await yard.client.workflow.getHandle(trainRunIdOf(runId)).describe();
  const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === activity);
  return pending?.lastFailure?.applicationFailureInfo?.type;
}

async function handedOver(runId: string): Promise<void> {
  await eventually(async () => {
    expect(await begunAfter(runId, 'followTraining')).toBe('WorkerStops');
  }, 30_000);
}

async function endsWell(runId: string): Promise<void> {
  await letGo(yard);
  await ended(yard, runId);
  await yard.client.workflow.getHandle(trainRunIdOf(runId)).result();
  await waitForRow(yard, runId, (row) => row.card?.renderedRevision === row.revision, { timeoutMs: 60_000, what: 'the last edit of the card' });
  expect(await disagreementsAbout(yard, runId, SUCCEEDED)).toEqual([]);
}

describe('a worker of a node that is stopped in mid-training', () => {
  it('leaves the job alone and hands it to the other worker of the node at once', async () => {
    const { runId } = await startedTalk(yard, { held: true });
    const other = await yard.another('gpu');
    const before = await touches();
    await stopped(yard.part('gpu'));
    await handedOver(runId);
    expect(await touches()).toEqual(before);
    expect((await Promise.all(yard.nodes.map(({ control }) => control.jobs()))).flat().filter((job) => job.runId === runId).map(({ state }) => state)).toEqual(['running']);
    await endsWell(runId);
    yard.replace('gpu', other);
  }, 120_000);

  it('leaves the job to the next one that is started', async () => {
    const { runId } = await startedTalk(yard, { held: true });
    const before = await touches();
    await stopped(yard.part('gpu'), 'SIGINT');
    await yard.restart('gpu');
    await handedOver(runId);
    expect(await touches()).toEqual(before);
    await endsWell(runId);
  }, 120_000);
});

describe('workers that are stopped together in the middle of a run', () => {
  it('hand workflow, activities and cards to the next ones: one attempt, one training, one card', async () => {
    const { runId } = await startedTalk(yard, { held: true });
    const roles = ['yard', 'images', 'gpu', 'discord'] as const;
    await Promise.all(roles.map((role) => stopped(yard.part(role))));
    await Promise.all(roles.map((role) => yard.restart(role)));
    await handedOver(runId);
    await endsWell(runId);
  }, 120_000);

  it('hand over an upload as well: every file gets its verdict', async () => {
    const { datasetId } = await offered(yard);
    yard.part('images').child.kill('SIGSTOP');
    const image = { filename: 'meanwhile.jpg', bytes: await jpegPicture({ widthPx: 320, heightPx: 256, seed: 77 }) };
    const upload = await yard.driver.user('mira').slash('train upload', { id: datasetId, image, caption: 'meanwhile' });
    await eventually(async () => {
      const { raw } = await yard.client.workflow.getHandle(`intake:${upload.id}`).describe();
      expect(raw.pendingActivities?.map(({ activityType }) => activityType?.name)).toEqual(['inspectImage']);
    }, 30_000);
    const images = stopped(yard.part('images'));
    yard.part('images').child.kill('SIGCONT');
    await Promise.all([images, stopped(yard.part('yard'))]);
    await Promise.all([yard.restart('images'), yard.restart('yard')]);
    expect(await verdictsOf(upload)).toContain('1 image added');
  }, 120_000);
});

describe('the bot', () => {
  /** A press whose acknowledgement takes its time: it is being handled all the while. */
  async function slowPress(delayMs: number) {
    const { player, offer, runId } = await offered(yard);
    await yard.driver.faults({ method: 'POST', route: '/interactions/:id/:token/callback', afterEffect: true, delayMs });
    const handle = await player.user.click(offer, 'Start training');
    await handle.waitFor(({ acknowledgedAt }) => acknowledgedAt !== undefined);
    return { handle, runId };
  }

  it('finishes the interaction it is handling before it goes', async () => {
    const { handle, runId } = await slowPress(1_500);
    await stopped(yard.part('bot'));
    await hears(handle, /accepted/);
    await ended(yard, runId);
    await yard.restart('bot');
  }, 120_000);

  it('goes at once at the second signal, and the same button starts one run after', async () => {
    const { runId } = await slowPress(60_000);
    const bot = yard.part('bot');
    bot.child.kill('SIGTERM');
    await yard.driver.waitFor(async () => (await fetch(`${yard.discordControlUrl}/_stand-in/state`).then((reply) => reply.json() as Promise<{ connected: boolean }>)).connected ? undefined : true);
    bot.child.kill('SIGTERM');
    expect(await bot.ended).toEqual([143, null]);
    expect(await yard.client.workflow.getHandle(trainRunIdOf(runId)).describe().then(() => 'started', () => 'not started')).toBe('not started');
    await yard.restart('bot');
  }, 120_000);
});

describe('the web part', () => {
  it('ends well when it is asked to', async () => {
    await stopped(yard.part('web'), 'SIGINT');
    await yard.restart('web');
  }, 60_000);
});

describe('a process that is stopped while it starts', () => {
  let dir: string;
  let silent: Server;
  let met = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'trainyard-test-shutdown-'));
    // Takes every connection and never says a word.
    silent = createServer(() => {
      met += 1;
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterAll(async () => {
    silent.close();
    await rm(dir, { recursive: true, force: true });
  });

  it.each(['yard', 'bot', 'web'] as const satisfies readonly PartName[])('ends with 0 and leaves nothing: %s', async (name) => {
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('Expected a port.');
    const before = met;
    const part = startPart(yard.nodeArgs(name), { ...yard.env, MONGODB_URI: `mongodb://127.0.0.1:${address.port}/nowhere` });
    try {
      await eventually(() => {
        expect(met).toBeGreaterThan(before);
      }, 60_000);
      await stopped(part);
    } finally {
      await endPart(part);
    }
  }, 90_000);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowBundle } from '@temporalio/worker';
import { createTemporalActivities } from '../../activities/temporal/activities.js';
import type { DeadRuns } from '../../activities/temporal/dead-runs.js';
import { priceOf } from '../../domain/price.js';
import { queueNames } from '../../domain/queues.js';
import type { Quote } from '../../domain/runs.js';
import { keepCardsIdOf, settleRunIdOf, trainRunIdOf } from '../../domain/workflow-names.js';
import { createYardWorkers } from '../../workers/yard.js';
import { startTrainRun } from '../../workflows/train-run/client.js';
import { createObstacles } from '../support/obstacles.js';
import { eventually } from '../support/eventually.js';
import { letNodesGo, startHeldRun } from '../support/runs.js';
import { accountOf, captioned, seedDataset } from '../support/seeds.js';
import { openTestYard } from '../support/yard.js';
import type { TestYard } from '../support/yard.js';
import { workflowBundle } from '../support/workflow-bundle.js';
import { waitForRow } from '../../sandbox/demo/player.js';

/** Runs that live and get nowhere: told to operators, never guessed about. */
let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { HEARTBEAT_TIMEOUT: '10s' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);

/** A sweep by the real judge, which waits for two failures only; how many it takes as a rule is a test of its own. */
function look(prefix = yard.prefix): Promise<DeadRuns> {
  const { context } = yard;
  return createTemporalActivities({
    ...context.models, client: context.client, namespaceId: context.namespaceId, yardQueue: queueNames(prefix).yard, keepCardsId: keepCardsIdOf(prefix),
    graceMs: 1, announceMs: 3_600_000, patience: { workflowTaskFailures: 1, releaseAttempts: 2 },
  }).findDeadRuns({ sweepId: randomUUID() });
}

describe('a run whose workflow code throws for ever', () => {
  it('is told to operators, also when it never came to its row, never settled, and goes on with the next release of the yard', async () => {
    // Its own queues: nobody decodes its images, so it waits there for the broken release.
    const prefix = `t${randomUUID().slice(0, 8)}/`;
    const apart = { ...yard.context, settings: { ...yard.context.settings, TASK_QUEUE_PREFIX: prefix }, queues: queueNames(prefix) };
    const release = async (bundle: WorkflowBundle) => {
      const { workers } = await createYardWorkers(apart, bundle);
      const running = workers.map((worker) => worker.run());
      return async () => {
        for (const worker of workers) worker.shutdown();
        await Promise.all(running);
      };
    };
    const good = await workflowBundle();
    const [quote, unopened] = [await aQuote(), await aQuote()];
    const stopGood = await release(good);
    expect(await startTrainRun(yard.client, prefix, quote, '1')).toBe('started');
    await waitForRow(yard, quote.runId, (row) => row.open);
    await stopGood();

    const stopBroken = await release(broken(good));
    await yard.client.workflow.getHandle(trainRunIdOf(quote.runId)).cancel();
    expect(await startTrainRun(yard.client, prefix, unopened, '1')).toBe('started');
    const stuck = ({ runId }: Quote) => ({ kind: 'stuck-workflow', workflowId: trainRunIdOf(runId), runId, failures: expect.any(Number) });
    await eventually(async () => {
      const { troubles } = await look(prefix);
      expect(troubles).toEqual([stuck(quote), stuck(unopened)]);
    }, 60_000, 300);
    const seen = [await look(prefix), await look(prefix)];
    expect(seen.flatMap(({ settling, waiting }) => [...settling, ...waiting])).toEqual([]);
    expect((await yard.context.models.runs.read(quote.runId))?.open).toBe(true);
    expect(await yard.context.models.runs.read(unopened.runId)).toBeNull();
    await stopBroken();

    const stopMended = await release(good);
    await waitForRow(yard, quote.runId, (row) => row.end?.kind === 'cancelled');
    await waitForRow(yard, unopened.runId, (row) => row.open);
    await eventually(async () => {
      expect((await look(prefix)).troubles).toEqual([]);
    }, 30_000, 300);
    await stopMended();
    await yard.client.schedule.getHandle(`${prefix}settle-runs`).delete();
    for (const workflowId of [keepCardsIdOf(prefix), ...[quote, unopened].map(({ runId }) => trainRunIdOf(runId))]) await yard.client.workflow.getHandle(workflowId).terminate().catch(() => undefined);
  }, 240_000);
});

describe('a release that keeps failing', () => {
  it('is told with what it says, whoever tries: the run or its settling', async () => {
    const obstacles = createObstacles(yard.connection);
    const { runId } = await startHeldRun(yard);
    await obstacles.add('points_entries', { runId, kind: 'release' });
    const handle = yard.client.workflow.getHandle(trainRunIdOf(runId));
    await handle.cancel();
    const failing = (workflowId: string) => ({ kind: 'release-failing', workflowId, runId, attempts: expect.any(Number), lastFailure: expect.stringMatching(/\w/) });
    await eventually(async () => {
      expect((await look()).troubles).toEqual([failing(trainRunIdOf(runId))]);
    }, 60_000, 300);

    await handle.terminate('an operator pressed Terminate');
    await look();
    expect((await look()).settling).toContain(runId);
    // Nobody acted on the second sighting above: the sweep is the third.
    await yard.client.workflow.execute('settleRuns', { taskQueue: yard.context.queues.yard, workflowId: `${yard.prefix}sweep` });
    await eventually(async () => {
      expect((await look()).troubles).toEqual([failing(settleRunIdOf(runId))]);
    }, 60_000, 300);

    await obstacles.clear();
    expect(await yard.client.workflow.getHandle(settleRunIdOf(runId)).result()).toMatchObject({ kind: 'cancelled', by: 'operator', capturedPoints: 0 });
    expect((await look()).troubles).toEqual([]);
    await letNodesGo(yard);
  }, 240_000);
});

/** The same workflows, but for one that was broken by a change. */
function broken(bundle: WorkflowBundle): WorkflowBundle {
  if (!('code' in bundle)) throw new TypeError('Expected the code of the bundle.');
  const begin = 'async function trainRun(request) {';
  expect(bundle.code.split(begin)).toHaveLength(2);
  return { code: bundle.code.replace(begin, `${begin} throw new Error('a broken release');`) };
}

async function aQuote(): Promise<Quote> {
  const recipe = yard.context.recipes.get('sd15-lora');
  if (recipe === undefined) throw new Error('Expected the recipe sd15-lora.');
  const datasetId = await seedDataset(yard.connection, { images: captioned(4) });
  const dataset = await yard.context.models.datasets.read(datasetId);
  if (dataset === null) throw new Error('Expected a dataset.');
  const settings = { steps: 400, learningRate: 0.000_5, rank: 16, resolutionPx: 512 };
  const quote: Quote = {
    quoteId: randomUUID(), runId: randomUUID(), accountId: accountOf('mira'), datasetId, datasetRevision: dataset.revision, recipeId: recipe.id, settings,
    triggerWord: dataset.triggerWord, pricePoints: priceOf({ images: 4, steps: 400, price: recipe.price, factor: 1 }), imageCount: 4, locale: 'en-GB', cardPlace: { where: 'dm' },
    expiresAt: new Date(Date.now() + 600_000),
  };
  await yard.context.models.quotes.store(quote);
  return quote;
}

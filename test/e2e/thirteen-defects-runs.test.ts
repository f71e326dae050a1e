import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createLedgerActivities } from '../../activities/ledger/activities.js';
import { createLoraActivities } from '../../activities/loras/activities.js';
import { captionForTraining } from '../../domain/datasets.js';
import { promptIdOf } from '../../activities/comfyui/graph.js';
import type { PersonName } from '../../sandbox/discord/people.js';
import type { JobRecord } from '../../sandbox/comfyui/ground-truth.js';
import { createPlayer, waitForRow, type Player } from '../../sandbox/demo/player.js';
import { silentTranscript } from '../../sandbox/demo/transcript.js';
import { trainRunIdOf } from '../../domain/workflow-names.js';
import { eventually } from '../support/eventually.js';
import { nearestPicture } from '../support/likeness.js';
import { jpegPicture } from '../support/pictures.js';
import { accountOf, captioned, seedDataset } from '../support/seeds.js';
import { hears, slash, textOf, uploadForm } from '../support/wire.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/** The defects of an earlier system that concern runs and points, by number. */

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { WELCOME_POINTS: '1000000', MAX_OPEN_RUNS: '100' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);

const player = (name: PersonName): Player => createPlayer(yard, name, silentTranscript);
const QUICK_RUN = { recipe: 'sd15-lora', steps: 100 };

/** A run of a dataset of its own, up to its end. */
async function trained(who: Player, datasetId: string): Promise<string> {
  const runId = await who.confirm(await who.offer(datasetId, QUICK_RUN));
  const row = await waitForRow(yard, runId, ({ open }) => !open, { what: 'the end of the run' });
  expect(row).toMatchObject({ status: 'succeeded' });
  return runId;
}

async function jobOf(runId: string): Promise<JobRecord> {
  const jobs = await Promise.all(yard.nodes.map(({ control }) => control.jobs()));
  const [job, ...others] = jobs.flat().filter((one) => one.runId === runId);
  if (job === undefined) throw new Error(`Expected a node to have a job of run ${runId}.`);
  expect(others).toEqual([]);
  return job;
}

async function entriesOf(name: PersonName, runId: string): Promise<{ key: string; kind: string }[]> {
  const entries = await yard.context.models.ledger.historyOf(accountOf(name), { limit: 1_000 });
  return entries.filter((entry) => entry.runId === runId).map(({ key, kind }) => ({ key, kind }));
}

describe('4. what is submitted', () => {
  it('4. submits exactly the body that ComfyUI takes: these keys and no other, 200 and no node errors', async () => {
    const datasetId = await seedDataset(yard.connection, { owner: 'jonas', images: captioned(4) });
    const runId = await trained(player('jonas'), datasetId);
    const promptId = promptIdOf(runId, 1);

    const calls = (await Promise.all(yard.nodes.map(async ({ url, control }) => (await control.calls()).map((call) => ({ ...call, url }))))).flat();
    const posts = calls.filter(({ method, path, body }) => method === 'POST' && /^\/(api\/)?prompt$/.test(path) && JSON.stringify(body).includes(promptId));
    expect(posts).toHaveLength(1);
    const [{ body, status, url } = { body: null, status: 0, url: '' }] = posts;
    expect(status).toBe(200);

    const recipe = yard.context.recipes.get('sd15-lora');
    const inputsOf = (graph: object): object => Object.fromEntries(Object.entries(graph as Record<string, { class_type: string; inputs: object }>).map(([id, node]) => [id, { type: node.class_type, inputs: Object.keys(node.inputs).sort() }]));
    expect(Object.keys(body as object).sort()).toEqual(['extra_data', 'partial_execution_targets', 'prompt', 'prompt_id']);
    expect(body).toMatchObject({ prompt_id: promptId, partial_execution_targets: ['5'] });
    const { prompt, extra_data: extra } = body as { prompt: object; extra_data: { orchestrator: object } };
    expect(Object.keys(extra)).toEqual(['orchestrator']);
    expect(Object.keys(extra.orchestrator).sort()).toEqual(['attempt', 'runId', 'templateHash', 'yard']);
    expect(extra.orchestrator).toMatchObject({ runId, attempt: 1 });
    expect(inputsOf(prompt)).toEqual(inputsOf(recipe?.comfyui.graph ?? {}));
    expect(prompt).toMatchObject({ 4: { class_type: 'TrainLoraNode', inputs: { steps: 100 } } });

    // The very same body once more, under another id: the node takes it whole.
    const again = await fetch(`${url}/prompt`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...(body as object), prompt_id: randomUUID() }) });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ node_errors: {} });
  }, 60_000);
});

describe('7. captions stay with their images up to the training', () => {
  const pictureArb = fc.record({ captionedAtUpload: fc.boolean(), removed: fc.boolean(), turn: fc.nat(1_000) });

  /** Removes some and captions the rest in any order; at least four stay. */
  async function playWith(plan: readonly { captionedAtUpload: boolean; removed: boolean; turn: number }[]): Promise<void> {
    const mira = player('mira');
    const pictures = await Promise.all(plan.map(async (one, at) => ({ ...one, fileName: `scene-${at}.jpg`, bytes: await jpegPicture({ widthPx: 384, heightPx: 320, seed: 100 + at }), caption: `the caption of scene ${at}` })));
    let mayGo = pictures.length - 4;
    const planned = pictures.map((picture) => ({ ...picture, removed: picture.removed && (mayGo -= 1) >= 0 }));
    const datasetId = await seedDataset(yard.connection, { images: [] });
    for (let at = 0; at < planned.length; at += 5) {
      const files = planned.slice(at, at + 5).flatMap(({ fileName, bytes, caption, captionedAtUpload }) => [
        { filename: fileName, bytes },
        ...(captionedAtUpload ? [{ filename: fileName.replace('.jpg', '.txt'), bytes: Buffer.from(caption) }] : []),
      ]);
      await uploadForm(mira.user, datasetId, files);
    }
    const changed = planned.filter(({ removed, captionedAtUpload }) => removed || !captionedAtUpload).sort((a, b) => a.turn - b.turn);
    for (const { fileName, caption, removed } of changed) {
      await slash(mira.user, removed ? 'train remove' : 'train caption', { id: datasetId, image: fileName, ...(removed ? {} : { text: caption }) });
    }

    const runId = await trained(mira, datasetId);
    const row = await waitForRow(yard, runId, () => true);
    const { images } = await jobOf(runId);
    const pairs = (of: readonly { sha256: string | null; caption: string }[]): string[] => of.map(({ sha256, caption }) => `${sha256 ?? ''} ${caption}`).sort();
    expect(pairs(images)).toEqual(pairs(row.images.map(({ trainingSha256, caption }) => ({ sha256: trainingSha256, caption }))));

    // And to the eye: each picture the node got is the one that was sent with, or given, this caption.
    const seenPairs = await Promise.all(images.map(async ({ sha256, caption }) => `${(await nearestPicture((await yard.context.models.blobs.read(sha256)) ?? Buffer.alloc(0), pictures)).fileName}: ${caption}`));
    const meant = planned.filter(({ removed }) => !removed).map(({ fileName, caption }) => `${fileName}: ${captionForTraining(caption, row.triggerWord)}`);
    expect(seenPairs.sort()).toEqual(meant.sort());
  }

  it('7. any captions left out, any images removed, in any order: each image is trained with its own caption', async () => {
    await fc.assert(fc.asyncProperty(fc.array(pictureArb, { minLength: 5, maxLength: 9 }), playWith), { numRuns: 3, endOnFailure: true });
  }, 180_000);
});

describe('9. an end happens once', () => {
  const shuffled = <Item>(items: readonly Item[]): Item[] => fc.sample(fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length }), 1)[0] ?? [];

  it('9. resolving and shelving a finished run ten times in any order leaves one resolve entry and one model', async () => {
    const jonas = player('jonas');
    const datasetId = await seedDataset(yard.connection, { owner: 'jonas', images: captioned(4) });
    const runId = await trained(jonas, datasetId);
    const before = await entriesOf('jonas', runId);
    expect(before.map(({ key }) => key).sort()).toEqual([`hold:${runId}`, `resolve:${runId}`]);

    const { context } = yard;
    const ledger = createLedgerActivities(context.models);
    const shelf = createLoraActivities({ ...context.models, recipes: context.recipes });
    const capturedPoints = (await waitForRow(yard, runId, () => true)).pricePoints;
    const once = [() => ledger.capturePoints({ runId }), () => ledger.releasePoints({ runId }), () => shelf.shelveLora({ runId, capturedPoints }), () => slash(jonas.user, 'train status', { id: datasetId })];
    await Promise.all(shuffled(Array.from({ length: 10 }, () => once).flat()).map((act) => act()));

    expect(await entriesOf('jonas', runId)).toEqual(before);
    expect(await yard.connection.collection('loras').countDocuments({ owner: accountOf('jonas') })).toBe((await yard.connection.collection('runs').countDocuments({ accountId: accountOf('jonas'), status: 'succeeded' })));
    expect(await yard.connection.collection<{ _id: string }>('loras').countDocuments({ _id: runId })).toBe(1);
  }, 60_000);

  it('9. resolving a failed run ten times gives its points back once, and nothing is shelved', async () => {
    const jonas = player('jonas');
    const datasetId = await seedDataset(yard.connection, { owner: 'jonas', images: captioned(4) });
    for (const { control } of yard.nodes) await control.scenario({ next: 1, behaviour: { kind: 'node-error', atStep: 50 } });
    const balance = await yard.context.models.ledger.balanceOf(accountOf('jonas'));
    const runId = await jonas.confirm(await jonas.offer(datasetId, QUICK_RUN));
    const row = await waitForRow(yard, runId, ({ open }) => !open);
    for (const { control } of yard.nodes) await control.clearScenarios();
    expect(row).toMatchObject({ status: 'failed', end: { failure: { type: 'NodeError' } } });

    const ledger = createLedgerActivities(yard.context.models);
    const answers = await Promise.all(shuffled(Array.from({ length: 10 }, () => [() => ledger.capturePoints({ runId }), () => ledger.releasePoints({ runId })]).flat()).map((act) => act()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify({ capturedPoints: 0, releasedPoints: row.pricePoints })]));
    expect((await entriesOf('jonas', runId)).map(({ kind }) => kind).sort()).toEqual(['hold', 'release']);
    expect(await yard.context.models.ledger.balanceOf(accountOf('jonas'))).toEqual(balance);
    expect(await yard.context.models.loras.read(runId)).toBeNull();
  }, 60_000);
});

describe('10. a message that cannot be sent changes nothing', () => {
  it('10. Discord answers 500 to every message: the run is trained and paid for all the same, and the notice waits for the next command', async () => {
    const olga = player('olga');
    const datasetId = await seedDataset(yard.connection, { owner: 'olga', name: 'Told later', images: captioned(4) });
    const offer = await olga.offer(datasetId, QUICK_RUN);
    const runId = await olga.runIdOf(offer);
    const unwell = { status: 500, times: 1_000_000 };
    await yard.driver.faults({ route: '/channels/*/messages*', ...unwell }, { route: '/webhooks/*', ...unwell }, { route: '/users/@me/channels', ...unwell });
    await olga.user.click(offer, 'Start training');

    const row = await waitForRow(yard, runId, ({ open }) => !open);
    expect(row).toMatchObject({ status: 'succeeded', notice: 'pending', end: { capturedPoints: row.pricePoints } });
    expect((await entriesOf('olga', runId)).map(({ kind }) => kind).sort()).toEqual(['capture', 'hold']);
    expect(await yard.context.models.loras.read(runId)).not.toBeNull();
    await eventually(async () => {
      const refused = (await yard.driver.calls()).filter(({ path, injected }) => injected === true && path.startsWith('/channels/'));
      expect(refused.length).toBeGreaterThan(0);
    });

    // Discord is well again, but takes no direct messages to her: only a command is left.
    await yard.driver.change({ kind: 'dms', user: 'olga', open: false });
    await yard.driver.clearFaults();
    // For half a minute an end is its own workflow's to tell; this one ended before that.
    await yard.connection.collection<{ _id: string }>('runs').updateOne({ _id: runId }, { $set: { endedAt: new Date(Date.now() - 60_000) } });
    await hears(await olga.user.slash('train list'), /While you could not be reached[\s\S]*Told later/);
    const after = await waitForRow(yard, runId, ({ notice }) => notice === 'delivered');
    expect({ ...after, notice: 'pending', card: null, revision: 0, endedAt: row.endedAt }).toEqual({ ...row, card: null, revision: 0 });
    expect(textOf(await (await olga.user.slash('train list')).waitFor(({ messages }) => messages.length > 0))).not.toContain('could not be reached');
  }, 120_000);
});

describe('8. a run starts once', () => {
  it('8. forty double starts, at most twenty at once: each pair is one run with one hold and the same run id', async () => {
    for (const { control } of yard.nodes) await control.hold(0);
    const mira = player('mira');
    await slash(mira.user, 'points balance');
    const runIds: string[] = [];
    const pairs = Array.from({ length: 40 }, (_, at) => at);
    const worker = async (): Promise<void> => {
      for (let at = pairs.shift(); at !== undefined; at = pairs.shift()) runIds.push(at % 2 === 0 ? await doubleClick(mira) : await twoScreens(mira));
    };
    await Promise.all(Array.from({ length: 10 }, worker));

    expect(new Set(runIds).size).toBe(40);
    for (const runId of runIds) {
      expect((await entriesOf('mira', runId)).map(({ key }) => key)).toEqual([`hold:${runId}`]);
      await yard.client.workflow.getHandle(trainRunIdOf(runId)).terminate('the test is over');
    }
    const { heldPoints } = await yard.context.models.ledger.balanceOf(accountOf('mira'));
    expect(heldPoints).toBe(40 * (1_000 + 4 * 50 + 20));
  }, 180_000);

  /** The one run of a dataset that is open, once its points are held. */
  async function openRunOf(datasetId: string): Promise<string> {
    return eventually(async () => {
      const rows = await yard.connection.collection<{ _id: string }>('runs').find({ datasetId, status: { $ne: 'refused' } }).toArray();
      expect(rows).toHaveLength(1);
      const runId = rows[0]?._id ?? '';
      expect(await entriesOf('mira', runId)).not.toEqual([]);
      return runId;
    }, 60_000, 100);
  }

  async function doubleClick(mira: Player): Promise<string> {
    const datasetId = await seedDataset(yard.connection, { images: captioned(4) });
    const offer = await mira.offer(datasetId, QUICK_RUN);
    const runId = await mira.runIdOf(offer);
    const handles = await Promise.all([mira.user.click(offer, 'Start training'), mira.user.click(offer, 'Start training')]);
    for (const handle of handles) expect(await hears(handle, /is accepted|Checking the images|Waiting for a free node|Preparing/)).not.toContain('went wrong');
    expect(await openRunOf(datasetId)).toBe(runId);
    return runId;
  }

  /** Two confirm screens of one dataset are two offers: the second press is told of the run that is there. */
  async function twoScreens(mira: Player): Promise<string> {
    const datasetId = await seedDataset(yard.connection, { images: captioned(4) });
    const offers = [await mira.offer(datasetId, QUICK_RUN), await mira.offer(datasetId, QUICK_RUN)];
    const handles = await Promise.all(offers.map((offer) => mira.user.click(offer, 'Start training')));
    const answers = await Promise.all(handles.map((handle) => hears(handle, /is accepted|is being trained already/)));
    expect(answers.filter((answer) => answer.includes('is accepted'))).toHaveLength(1);
    const refused = await Promise.all(offers.map((offer) => mira.runIdOf(offer)));
    const runId = await openRunOf(datasetId);
    expect(refused).toContain(runId);
    for (const other of refused.filter((id) => id !== runId)) expect(await entriesOf('mira', other)).toEqual([]);
    return runId;
  }
});

describe('whatever was done above', () => {
  it('made the bot do nothing that Discord would refuse', async () => {
    expect(await yard.driver.violations()).toEqual([]);
  });
});

import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createDatasetActivities } from '../../../activities/datasets/activities.js';
import { createImageActivities } from '../../../activities/images/activities.js';
import { isUploadDecided } from '../../../domain/verdicts.js';
import { startIntake } from '../../../workflows/intake/client.js';
import { eventually } from '../../support/eventually.js';
import { FOREIGN_FILES, jpegPicture } from '../../support/pictures.js';
import { openIntakeYard, type IntakeYard, type SentFile } from './intake-yard.js';

/** A file that comes byte by byte before its test lets it go. */
async function heldBack(fileName: string, seed: number): Promise<{ file: SentFile; letGo: () => void }> {
  const content = await jpegPicture({ seed });
  let letGo: () => void = () => undefined;
  const free = new Promise<void>((resolve) => { letGo = resolve; });
  const answer = (response: ServerResponse): void => {
    let sent = 0;
    const drip = setInterval(() => { response.write(content.subarray(sent, (sent += 1))); }, 300);
    response.on('close', () => { clearInterval(drip); });
    void free.then(() => {
      clearInterval(drip);
      response.end(content.subarray(sent));
    });
  };
  return { letGo, file: { fileName, content: answer } };
}

describe('the intake of an upload', () => {
  let yard: IntakeYard;
  beforeAll(async () => {
    yard = await openIntakeYard();
  });
  afterAll(async () => {
    await yard.close();
  });

  const verdictsOf = async (interactionId: string) => (await yard.interactions.read(interactionId))?.verdicts ?? [];

  it('starts once, however often it is asked for', async () => {
    const { file, letGo } = await heldBack('a.jpg', 1);
    const interactionId = await yard.send({ datasetId: await yard.newDataset(), files: [file] });
    const start = () => startIntake(yard.client, yard.prefix, interactionId);
    expect(await Promise.all([start(), start(), start()])).toEqual(['started', 'started', 'started']);
    letGo();
    await yard.handleOf(interactionId).result();
    expect(await start()).toBe('already-started');
    expect(await verdictsOf(interactionId)).toHaveLength(1);
  });

  it('is not confirmed when Temporal does not answer in time', async () => {
    const interactionId = await yard.send({ datasetId: await yard.newDataset(), files: [] });
    expect(await startIntake(yard.client, yard.prefix, interactionId, 0)).toBe('not-confirmed');
  });

  it('is answered once when it is quick', async () => {
    const before = yard.answers.length;
    await yard.takeIn({ datasetId: await yard.newDataset(), files: [{ fileName: 'a.jpg', content: await jpegPicture() }] });
    expect(yard.answers.slice(before).map((verdicts) => verdicts.length)).toEqual([1]);
  });

  it('is answered while it takes long, only when there is news, and again at its end', async () => {
    const before = yard.answers.length;
    const slow = await Promise.all([2, 3].map((seed) => heldBack(`slow${seed}.jpg`, seed)));
    const interactionId = await yard.send({ datasetId: await yard.newDataset(), files: slow.map(({ file }) => file) });
    await startIntake(yard.client, yard.prefix, interactionId);
    const lengths = (): number[] => yard.answers.slice(before).map((verdicts) => verdicts.length);
    // Without news the second time to answer goes by.
    await eventually(async () => {
      const { events } = await yard.handleOf(interactionId).fetchHistory();
      expect(events?.filter(({ timerFiredEventAttributes }) => timerFiredEventAttributes)).toHaveLength(2);
    }, 20_000);
    expect(lengths()).toEqual([0]);
    slow[0]?.letGo();
    await eventually(() => { expect(lengths()).toEqual([0, 1]); }, 20_000);
    expect(yard.answers.at(-1)).toMatchObject([{ fileName: 'slow2.jpg', kind: 'added' }]);
    slow[1]?.letGo();
    await yard.handleOf(interactionId).result();
    expect(lengths()).toEqual([0, 1, 2]);
    const upload = (await yard.interactions.read(interactionId))?.upload;
    expect(upload !== undefined && isUploadDecided(upload, await verdictsOf(interactionId))).toBe(true);
  }, 60_000);

  it('gives up what is not decided when it is cancelled, keeps the rest and still answers', async () => {
    const datasetId = await yard.newDataset();
    const slow = await Promise.all([4, 5, 6, 7].map((seed) => heldBack(`slow${seed}.jpg`, seed)));
    const before = yard.answers.length;
    const interactionId = await yard.send({ datasetId, files: [{ fileName: 'quick.jpg', content: await jpegPicture({ seed: 8 }) }, ...slow.map(({ file }) => file)] });
    await startIntake(yard.client, yard.prefix, interactionId);
    await eventually(async () => { expect(await verdictsOf(interactionId)).toHaveLength(1); }, 20_000);
    await yard.handleOf(interactionId).cancel();
    await expect(yard.handleOf(interactionId).result()).rejects.toThrow('cancelled');
    expect((await yard.handleOf(interactionId).describe()).status.name).toBe('CANCELLED');
    const kinds = (await verdictsOf(interactionId)).map((verdict) => (verdict.kind === 'refused' ? verdict.problem.code : verdict.kind)).sort();
    expect(kinds).toEqual(['IMG_STOPPED', 'IMG_STOPPED', 'IMG_STOPPED', 'IMG_STOPPED', 'added']);
    expect(yard.answers.slice(before).at(-1)).toHaveLength(5);
    expect((await yard.datasets.read(datasetId))?.images).toHaveLength(1);
    for (const { letGo } of slow) letGo();
  });

  it('carries neither addresses nor tokens nor captions nor names through Temporal', async () => {
    const { interactionId } = await yard.takeIn({
      datasetId: await yard.newDataset(),
      files: [{ fileName: 'private-name.jpg', content: await jpegPicture() }, { fileName: 'private-name2.gif', content: FOREIGN_FILES.gif }, { fileName: 'gone.jpg', content: (response) => { response.writeHead(404).end(); } }],
      captionFiles: [{ fileName: 'private-name.txt', content: Buffer.from('a private caption') }],
      captions: { '2': 'another private caption' },
    });
    const { events = [] } = await yard.handleOf(interactionId).fetchHistory();
    const text = JSON.stringify(events, (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value));
    const plain = `${text}${Buffer.from(JSON.stringify(events)).toString('latin1')}`;
    expect(plain).toContain(interactionId);
    for (const secret of ['secret', 'private', 'hm=', yard.host.origin]) expect(plain).not.toContain(secret);
  });

  it('fails in plain sight when the interaction carries no upload', async () => {
    const unknown = await yard.newDataset();
    await startIntake(yard.client, yard.prefix, unknown);
    await expect(yard.handleOf(unknown).result()).rejects.toMatchObject({ cause: { cause: { type: 'Internal' } } });
  });
});

describe('each step of an intake', () => {
  let yard: IntakeYard;
  beforeAll(async () => {
    yard = await openIntakeYard();
  });
  afterAll(async () => {
    await yard.close();
  });

  const steps = () => ({
    ...createDatasetActivities({ ...yard, download: { allowedOrigins: [yard.host.origin], timeouts: { answerMs: 2000, idleMs: 2000, totalMs: 5000 } }, uploadMaxBytes: 1e6, imagesPerDataset: 10 }),
    ...createImageActivities({ ...yard, recipes: new Map() }),
  });
  const run = <Result>(step: () => Promise<Result>): Promise<Result> => new MockActivityEnvironment().run(step);

  it('does nothing twice: a repeated try meets what is on record', async () => {
    const datasetId = await yard.newDataset();
    const content = await jpegPicture();
    const url = yard.host.serve('a.jpg', content);
    const interactionId = await yard.send({ datasetId, files: [{ fileName: 'a.jpg', content, url }] });
    const activities = steps();
    const file = { interactionId, fileNumber: 1 };

    expect(await run(() => activities.fetchAttachment(file))).toEqual({ kind: 'done' });
    expect(await run(() => activities.fetchAttachment(file))).toEqual({ kind: 'done' });
    expect(yard.host.hits(url)).toBe(1);
    const inspected = await run(() => activities.inspectImage(file));
    expect(await run(() => activities.inspectImage(file))).toEqual(inspected);
    if (inspected.kind !== 'fit') throw new Error('Expected the picture to be fit.');
    for (let tries = 0; tries < 3; tries += 1) expect(await run(() => activities.addImage({ ...file, image: inspected.image }))).toEqual({ kind: 'decided' });
    expect(await run(() => activities.fetchAttachment(file))).toEqual({ kind: 'decided' });
    expect(await run(() => activities.inspectImage(file))).toEqual({ kind: 'decided' });
    expect((await yard.datasets.read(datasetId))?.images).toHaveLength(1);
    expect((await yard.datasets.read(datasetId))?.revision).toBe(2);
    expect((await yard.interactions.read(interactionId))?.verdicts).toHaveLength(1);
  });

  it('finishes a verdict whose try died before the caption file had its own', async () => {
    const interactionId = await yard.send({
      datasetId: await yard.newDataset(), files: [{ fileName: 'a.jpg', content: Buffer.alloc(1) }], captionFiles: [{ fileName: 'a.txt', content: Buffer.from('a cat') }],
    });
    await yard.interactions.recordVerdict(interactionId, { role: 'picture', number: 1, fileName: 'a.jpg', kind: 'added', imageId: 'x', storedAs: 'a.jpg', caption: 'set' });
    await run(() => steps().fetchAttachment({ interactionId, fileNumber: 1 }));
    expect((await yard.interactions.read(interactionId))?.verdicts).toMatchObject([{ role: 'picture' }, { role: 'caption', kind: 'captioned' }]);
  });

  it('fails for good when the fetched bytes are gone, and giving up is a verdict that later ones do not change', async () => {
    const interactionId = await yard.send({ datasetId: await yard.newDataset(), files: [{ fileName: 'a.jpg', content: Buffer.alloc(1) }] });
    const activities = steps();
    await expect(run(() => activities.inspectImage({ interactionId, fileNumber: 1 }))).rejects.toMatchObject({ type: 'Internal', nonRetryable: true });
    await run(() => activities.giveUpFile({ interactionId, role: 'picture', number: 1, code: 'IMG_CHECK_FAILED' }));
    await run(() => activities.giveUpFile({ interactionId, role: 'picture', number: 1, code: 'IMG_STOPPED' }));
    expect((await yard.interactions.read(interactionId))?.verdicts).toMatchObject([{ kind: 'refused', problem: { code: 'IMG_CHECK_FAILED' } }]);
  });
});

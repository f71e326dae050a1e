import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FileVerdict } from '../../../domain/verdicts.js';
import {
  animatedPng, animatedWebp, blurredJpeg, cmykJpeg, FOREIGN_FILES, jpegPicture, lookalikeJpeg, pngBomb, pngPicture, rotatedJpeg, sixteenBitPng, truncatedJpeg, webpPicture,
} from '../../support/pictures.js';
import { IMAGE_LIMIT, MAX_BYTES, openIntakeYard, type IntakeYard } from './intake-yard.js';

/** A verdict in one word: its kind, or the code of what was wrong. */
function wordFor(verdict: FileVerdict): string {
  return verdict.kind === 'refused' ? verdict.problem.code : verdict.kind;
}

describe('the verdicts on an upload', () => {
  let yard: IntakeYard;
  beforeAll(async () => {
    yard = await openIntakeYard();
  });
  afterAll(async () => {
    await yard.close();
  });

  it('come one by one, by number and name, and what is added is what is told', async () => {
    const datasetId = await yard.newDataset();
    const ginger = await jpegPicture({ seed: 1 });
    const cases: [fileName: string, content: Buffer, word: string][] = [
      ['cat.jpg', ginger, 'added'],
      ['cat.jpg', await pngPicture({ seed: 2 }), 'added'],
      ['empty.png', Buffer.alloc(0), 'IMG_EMPTY'],
      ['text.png', FOREIGN_FILES.text, 'IMG_FORMAT'],
      ['drawing.svg', FOREIGN_FILES.svg, 'IMG_FORMAT'],
      ['phone.heic', FOREIGN_FILES.heic, 'IMG_FORMAT'],
      ['dance.gif', FOREIGN_FILES.gif, 'IMG_FORMAT'],
      ['moving.webp', await animatedWebp(), 'IMG_ANIMATED'],
      ['moving.png', await animatedPng(), 'IMG_ANIMATED'],
      ['cut.jpg', await truncatedJpeg(), 'IMG_CORRUPT'],
      ['bomb.png', pngBomb(), 'IMG_TOO_MANY_PIXELS'],
      ['print.jpg', await cmykJpeg({ seed: 3 }), 'added'],
      ['deep.png', await sixteenBitPng({ seed: 4 }), 'added'],
      ['phone.jpg', await rotatedJpeg({ seed: 5 }), 'added'],
      ['web.webp', await webpPicture({ seed: 6 }), 'added'],
      ['soft.jpg', await blurredJpeg({ seed: 7 }), 'added-with-warnings'],
      ['tiny.png', await pngPicture({ widthPx: 200, heightPx: 200 }), 'IMG_TOO_SMALL'],
      ['._cat.jpg', ginger, 'skipped'],
    ];
    const { pictures, interactionId } = await yard.takeIn({ datasetId, files: cases.map(([fileName, content]) => ({ fileName, content })) });
    expect(pictures.map((verdict) => [verdict.number, verdict.fileName, wordFor(verdict)])).toEqual(cases.map(([fileName, , word], index) => [index + 1, fileName, word]));

    const dataset = await yard.datasets.read(datasetId);
    const added = pictures.filter((verdict) => verdict.kind === 'added' || verdict.kind === 'added-with-warnings');
    expect(new Set(dataset?.images.map(({ imageId }) => imageId))).toEqual(new Set(added.map(({ number }) => `${interactionId}-${number}`)));
    for (const image of dataset?.images ?? []) expect(await yard.blobs.size(image.sha256)).toBe(image.sizeBytes);
    for (const image of dataset?.images ?? []) expect(await yard.blobs.size(image.previewSha256)).toBeLessThanOrEqual(60_000);
    expect(dataset?.images.find(({ fileName }) => fileName === 'phone.jpg')).toMatchObject({ widthPx: 512, heightPx: 640 });
  });

  it('tell pictures of one name apart, in the dataset and in the answer, in the order in which they were chosen', async () => {
    const datasetId = await yard.newDataset();
    const send = async (seeds: readonly number[]) => yard.takeIn({ datasetId, files: await Promise.all(seeds.map(async (seed) => ({ fileName: 'image.jpg', content: await jpegPicture({ seed }) }))) });
    expect((await send([31, 32, 33])).pictures.map((verdict) => 'storedAs' in verdict && verdict.storedAs)).toEqual(['image.jpg', 'image (2).jpg', 'image (3).jpg']);
    const later = (await send([34, 35])).pictures.map((verdict) => ('storedAs' in verdict ? verdict.storedAs : ''));
    expect([...later].sort()).toEqual(['image (4).jpg', 'image (5).jpg']);
    const names = (await yard.datasets.read(datasetId))?.images.map(({ fileName }) => fileName) ?? [];
    expect(new Set(names).size).toBe(5);
  });

  it('leave nothing of the sent bytes behind', async () => {
    await yard.takeIn({ datasetId: await yard.newDataset(), files: [{ fileName: 'a.png', content: await pngPicture() }, { fileName: 'b.gif', content: FOREIGN_FILES.gif }] });
    expect(await yard.connection.collection('uploads.files').countDocuments()).toBe(0);
    expect(await yard.connection.collection('uploads.chunks').countDocuments()).toBe(0);
  });

  it('tell a picture sent twice, in one upload and in the next', async () => {
    const datasetId = await yard.newDataset();
    const content = await jpegPicture();
    const { pictures } = await yard.takeIn({ datasetId, files: [{ fileName: 'one.jpg', content }, { fileName: 'two.jpg', content }] });
    expect(pictures.map(wordFor).sort()).toEqual(['IMG_DUPLICATE', 'added']);
    const [first] = (await yard.datasets.read(datasetId))?.images ?? [];
    const again = await yard.takeIn({ datasetId, files: [{ fileName: 'three.jpg', content }] });
    expect(again.pictures).toMatchObject([{ kind: 'refused', problem: { code: 'IMG_DUPLICATE', ofFileName: first?.fileName } }]);
    expect((await yard.datasets.read(datasetId))?.images).toHaveLength(1);
  });

  it('warn of a picture that looks like another, by its name', async () => {
    const datasetId = await yard.newDataset();
    await yard.takeIn({ datasetId, files: [{ fileName: 'cat.jpg', content: await jpegPicture({ seed: 9 }) }] });
    const { pictures } = await yard.takeIn({ datasetId, files: [{ fileName: 'again.jpg', content: await lookalikeJpeg({ seed: 9 }) }] });
    const warnings = [{ code: 'small', widthPx: 576, heightPx: 461 }, { code: 'near-duplicate', ofFileName: 'cat.jpg' }];
    expect(pictures).toMatchObject([{ kind: 'added-with-warnings', warnings }]);
    expect((await yard.datasets.read(datasetId))?.images[1]?.warnings).toEqual(warnings);
  });

  it('refuse a file for its size by what Discord says, and by what really comes', async () => {
    const content = await jpegPicture();
    const { pictures } = await yard.takeIn({
      datasetId: await yard.newDataset(),
      files: [{ fileName: 'said.jpg', content, sizeBytes: MAX_BYTES + 1 }, { fileName: 'came.jpg', content: Buffer.alloc(MAX_BYTES + 1), sizeBytes: 10 }],
    });
    expect(pictures).toMatchObject([1, 2].map(() => ({ kind: 'refused', problem: { code: 'IMG_TOO_MANY_BYTES', sizeBytes: MAX_BYTES + 1, maxBytes: MAX_BYTES } })));
  });

  it('tell an address that has expired, one of a foreign host and a host that fails, and lose nothing else', async () => {
    const datasetId = await yard.newDataset();
    const fails = yard.host.serve('c.jpg', (response) => { response.writeHead(503).end(); });
    const { pictures } = await yard.takeIn({
      datasetId,
      files: [
        { fileName: 'a.jpg', content: (response) => { response.writeHead(404).end(); } },
        { fileName: 'b.jpg', content: Buffer.alloc(1), url: 'https://evil.example/attachments/1/2/b.jpg' },
        { fileName: 'c.jpg', content: Buffer.alloc(1), url: fails },
        { fileName: 'd.jpg', content: await jpegPicture() },
      ],
    });
    expect(pictures.map(wordFor)).toEqual(['IMG_EXPIRED', 'IMG_SOURCE', 'IMG_FETCH_FAILED', 'added']);
    expect(yard.host.hits(fails)).toBe(4);
  });

  it('bear a host that recovers', async () => {
    const content = await jpegPicture();
    const { pictures } = await yard.takeIn({
      datasetId: await yard.newDataset(),
      files: [{ fileName: 'a.jpg', content: (response, _request, nth) => { if (nth === 1) response.writeHead(502).end(); else response.end(content); } }],
    });
    expect(pictures.map(wordFor)).toEqual(['added']);
  });

  it('refuse the picture above the limit of a dataset, and keep the limit in a race of two uploads', async () => {
    const datasetId = await yard.newDataset();
    const pictures = await Promise.all(Array.from({ length: IMAGE_LIMIT + 3 }, async (_, index) => ({ fileName: `${index}.jpg`, content: await jpegPicture({ seed: 100 + index }) })));
    const uploads = await Promise.all([yard.takeIn({ datasetId, files: pictures.slice(0, 14) }), yard.takeIn({ datasetId, files: pictures.slice(14) })]);
    const words = uploads.flatMap((upload) => upload.pictures.map(wordFor));
    expect(words.filter((word) => word === 'SET_FULL')).toHaveLength(3);
    expect((await yard.datasets.read(datasetId))?.images).toHaveLength(IMAGE_LIMIT);
  });

  it('say that the dataset is gone when it was deleted meanwhile', async () => {
    const datasetId = await yard.newDataset();
    const content = await jpegPicture();
    const { pictures } = await yard.takeIn({
      datasetId,
      files: [{ fileName: 'a.jpg', content: (response) => { void yard.datasets.remove(datasetId).then(() => { response.end(content); }); } }],
    });
    expect(pictures).toMatchObject([{ kind: 'refused', problem: { code: 'SET_GONE' } }]);
  });

  it('bring 20 uploads at once into one dataset: 20 images', async () => {
    const datasetId = await yard.newDataset();
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => yard.takeIn({ datasetId, files: [{ fileName: 'same.jpg', content: await jpegPicture({ seed: 200 + index }) }], captions: { '1': `caption ${index}` } })),
    );
    const dataset = await yard.datasets.read(datasetId);
    expect(dataset?.images).toHaveLength(20);
    expect(new Set(dataset?.images.map(({ caption }) => caption)).size).toBe(20);
  });
});

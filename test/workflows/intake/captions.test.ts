import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FOREIGN_FILES, jpegPicture, pngPicture } from '../../support/pictures.js';
import { openIntakeYard, type IntakeYard } from './intake-yard.js';

describe('captions that come with an upload', () => {
  let yard: IntakeYard;
  beforeAll(async () => {
    yard = await openIntakeYard();
  });
  afterAll(async () => {
    await yard.close();
  });

  const captionsIn = async (datasetId: string) => new Map((await yard.datasets.read(datasetId))?.images.map(({ fileName, caption }) => [fileName, caption]));

  it('land on their very own picture, whichever way they came', async () => {
    const datasetId = await yard.newDataset();
    const names = ['a.jpg', 'b.png', 'c.jpg', 'd.jpg', 'e.jpg'];
    const contents = await Promise.all(names.map((_, seed) => jpegPicture({ seed })));
    const { pictures, captions } = await yard.takeIn({
      datasetId,
      files: names.map((fileName, index) => ({ fileName, content: contents[index] ?? Buffer.alloc(0) })),
      captionFiles: [{ fileName: 'D.txt', content: Buffer.from('\ufefffrom the file of d\r\n') }, { fileName: 'a.txt', content: Buffer.from('from the file of a') }],
      captions: { '2': 'typed for b', '4': 'typed for d' },
      captionPrefix: 'tyrd, a photo',
    });
    expect(await captionsIn(datasetId)).toEqual(new Map([
      ['a.jpg', 'tyrd, a photo, from the file of a'], ['b.png', 'tyrd, a photo, typed for b'], ['c.jpg', 'tyrd, a photo'], ['d.jpg', 'tyrd, a photo, from the file of d'], ['e.jpg', 'tyrd, a photo'],
    ]));
    expect(pictures.map((verdict) => verdict.kind === 'added' && verdict.caption)).toEqual(['set', 'set', 'set', 'set', 'set']);
    expect(captions).toMatchObject([{ fileName: 'D.txt', kind: 'captioned', ofFileName: 'd.jpg' }, { fileName: 'a.txt', kind: 'captioned', ofFileName: 'a.jpg' }]);
  });

  it('are refused by name when they belong to nobody, and their pictures are added all the same', async () => {
    const datasetId = await yard.newDataset();
    const { pictures, captions } = await yard.takeIn({
      datasetId,
      files: [{ fileName: 'a.jpg', content: await jpegPicture({ seed: 1 }) }, { fileName: 'a.png', content: await pngPicture({ seed: 2 }) }, { fileName: 'b.jpg', content: await jpegPicture({ seed: 3 }) }],
      captionFiles: ['a.txt', 'nobody.txt', '._b.txt'].map((fileName) => ({ fileName, content: Buffer.from('text') })),
    });
    expect(captions).toMatchObject([
      { fileName: 'a.txt', kind: 'refused', problem: { code: 'CAPTION_SEVERAL_PICTURES', count: 2 } },
      { fileName: 'nobody.txt', kind: 'refused', problem: { code: 'CAPTION_NO_PICTURE' } },
      { fileName: '._b.txt', kind: 'skipped', code: 'IMG_SYSTEM_FILE' },
    ]);
    expect(pictures).toMatchObject([1, 2, 3].map(() => ({ kind: 'added', caption: 'none' })));
  });

  it.each([
    ['no text', FOREIGN_FILES.gif, { code: 'CAPTION_NOT_TEXT' }],
    ['only spaces', Buffer.from('  \n '), { code: 'CAPTION_EMPTY' }],
    ['nothing', Buffer.alloc(0), { code: 'CAPTION_EMPTY' }],
    ['4,001 characters', Buffer.from('x'.repeat(4001)), { code: 'CAPTION_TOO_LONG', length: 4001, maxLength: 4000 }],
    ['more than 64 KiB', Buffer.alloc(64 * 1024 + 1, 0x61), { code: 'IMG_TOO_MANY_BYTES', sizeBytes: 65_537, maxBytes: 65_536 }],
  ])('are refused when their file holds %s', async (_case, content, problem) => {
    const datasetId = await yard.newDataset();
    const { pictures, captions } = await yard.takeIn({ datasetId, files: [{ fileName: 'a.jpg', content: await jpegPicture() }], captionFiles: [{ fileName: 'a.txt', content }] });
    expect(captions).toEqual([{ role: 'caption', number: 1, fileName: 'a.txt', kind: 'refused', problem }]);
    expect(pictures).toMatchObject([{ kind: 'added', caption: 'none' }]);
  });

  it.each([
    ['only spaces', '   ', 'refused-empty'],
    ['4,001 characters', 'x'.repeat(4001), 'refused-too-long'],
  ])('typed as %s leave their picture without one, and say so', async (_case, caption, state) => {
    const datasetId = await yard.newDataset();
    const { pictures } = await yard.takeIn({ datasetId, files: [{ fileName: 'a.jpg', content: await jpegPicture() }], captions: { '1': caption } });
    expect(pictures).toMatchObject([{ kind: 'added', caption: state }]);
    expect(await captionsIn(datasetId)).toEqual(new Map([['a.jpg', null]]));
  });

  it('find the one image of their name that is in the dataset already, with the prefix, and say when they replace a caption', async () => {
    const datasetId = await yard.newDataset();
    const same = await Promise.all([1, 2].map(async (seed) => ({ fileName: 'image.jpg', content: await jpegPicture({ seed }) })));
    await yard.takeIn({ datasetId, files: same, captions: { '2': 'the second' } });
    const { captions } = await yard.takeIn({
      datasetId, files: [],
      captionFiles: ['Image.txt', 'image (2).txt', 'nobody.txt', 'dog.txt'].map((fileName) => ({ fileName, content: Buffer.from(`from ${fileName}`) })),
      captionPrefix: 'tyrd',
    });
    expect(captions).toEqual([
      { role: 'caption', number: 1, fileName: 'Image.txt', kind: 'captioned', ofFileName: 'image.jpg' },
      { role: 'caption', number: 2, fileName: 'image (2).txt', kind: 'captioned', ofFileName: 'image (2).jpg', replaced: true },
      { role: 'caption', number: 3, fileName: 'nobody.txt', kind: 'refused', problem: { code: 'CAPTION_NO_PICTURE' } },
      { role: 'caption', number: 4, fileName: 'dog.txt', kind: 'refused', problem: { code: 'CAPTION_NO_PICTURE' } },
    ]);
    expect(await captionsIn(datasetId)).toEqual(new Map([['image.jpg', 'tyrd, from Image.txt'], ['image (2).jpg', 'tyrd, from image (2).txt']]));
  });

  it('are refused when they are no text, or too long with the prefix, also for an image that is there already', async () => {
    const datasetId = await yard.newDataset();
    await yard.takeIn({ datasetId, files: await Promise.all(['a', 'b'].map(async (name, seed) => ({ fileName: `${name}.jpg`, content: await jpegPicture({ seed }) }))) });
    const { captions } = await yard.takeIn({
      datasetId, files: [], captionPrefix: 'one more word',
      captionFiles: [{ fileName: 'a.txt', content: FOREIGN_FILES.gif }, { fileName: 'b.txt', content: Buffer.from('x'.repeat(3_995)) }],
    });
    expect(captions).toMatchObject([
      { fileName: 'a.txt', kind: 'refused', problem: { code: 'CAPTION_NOT_TEXT' } },
      { fileName: 'b.txt', kind: 'refused', problem: { code: 'CAPTION_TOO_LONG', length: 4_010, maxLength: 4_000 } },
    ]);
    expect(await captionsIn(datasetId)).toEqual(new Map([['a.jpg', null], ['b.jpg', null]]));
  });

  it('reach the image that their picture became when only they are tried again', async () => {
    const datasetId = await yard.newDataset();
    const first = await yard.takeIn({ datasetId, files: [{ fileName: 'a.jpg', content: await jpegPicture() }], captionFiles: [{ fileName: 'a.txt', content: (response) => { response.writeHead(418).end(); } }] });
    expect(first).toMatchObject({ pictures: [{ kind: 'added', caption: 'none' }], captions: [{ kind: 'refused', problem: { code: 'IMG_FETCH_FAILED' } }] });
    const imageId = `${first.interactionId}-1`;
    await yard.takeIn({ datasetId, files: [{ fileName: 'a.png', content: await pngPicture({ seed: 5 }) }], captionFiles: [{ fileName: 'a.txt', content: Buffer.from('a cat'), imageId }] });
    expect(await captionsIn(datasetId)).toEqual(new Map([['a.jpg', 'a cat'], ['a.png', null]]));
  });

  it('share the fate of a picture that is refused', async () => {
    const { captions } = await yard.takeIn({
      datasetId: await yard.newDataset(), files: [{ fileName: 'a.gif', content: FOREIGN_FILES.gif }], captionFiles: [{ fileName: 'a.txt', content: Buffer.from('a cat') }],
    });
    expect(captions).toMatchObject([{ fileName: 'a.txt', kind: 'refused', problem: { code: 'CAPTION_PICTURE_REFUSED', ofFileName: 'a.gif' } }]);
  });
});

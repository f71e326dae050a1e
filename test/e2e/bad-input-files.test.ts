import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp, { type Metadata } from 'sharp';
import type { DatasetImage } from '../../domain/datasets.js';
import type { PickedFile } from '../../sandbox/discord/driver/http.js';
import {
  animatedPng, animatedWebp, blurredJpeg, cmykJpeg, FOREIGN_FILES, halfTransparentPng, jpegPicture, pngBomb, rotatedJpeg, sixteenBitPng, truncatedJpeg, truncatedPng,
} from '../support/pictures.js';
import { captioned, possessionsOf, seedDataset } from '../support/seeds.js';
import { uploadForm, verdictsOf } from '../support/wire.js';
import { openTestYard, type TestYard } from '../support/yard.js';

/** Files that people send: what cannot be trained on is refused by name, with what it is and what to do; the rest is made fit. */

let yard: TestYard;

beforeAll(async () => {
  yard = await openTestYard({ nodes: 1, settings: { UPLOAD_MAX_BYTES: '2000000' } });
}, 120_000);
afterAll(() => yard.stop(), 60_000);

const mira = () => yard.driver.user('mira');

/** Sends one file by the command, with a caption, to a dataset of its own that has one image already. */
async function send(filename: string, bytes: Uint8Array, caption = 'what it shows'): Promise<{ answer: string; images: readonly DatasetImage[]; datasetId: string }> {
  const datasetId = await seedDataset(yard.connection, { images: captioned(1), withFiles: false });
  const answer = await verdictsOf(await mira().slash('train upload', { id: datasetId, image: { filename, bytes }, caption }));
  return { answer, datasetId, images: await imagesOf(datasetId) };
}

async function imagesOf(datasetId: string): Promise<readonly DatasetImage[]> {
  return (await yard.context.models.datasets.read(datasetId))?.images ?? [];
}

async function storedPicture(image: DatasetImage | undefined): Promise<Metadata> {
  return sharp((await yard.context.models.blobs.read(image?.sha256 ?? '')) ?? Buffer.alloc(0)).metadata();
}

describe('a file that cannot be trained on', () => {
  const AS_WHAT = /Send it as JPEG, PNG or WebP/;
  const FILES: readonly [string, string, () => Uint8Array | Promise<Uint8Array>, RegExp, RegExp][] = [
    ['of no bytes', 'empty.png', () => Buffer.alloc(0), /The file is empty/, /Send it again/],
    ['of text named .png', 'note.png', () => FOREIGN_FILES.text, /it is text/, AS_WHAT],
    ['of SVG', 'drawing.svg', () => FOREIGN_FILES.svg, /it is an SVG drawing/, AS_WHAT],
    ['of SVG named .jpg', 'drawing.jpg', () => FOREIGN_FILES.svg, /it is an SVG drawing/, AS_WHAT],
    ['of HEIC', 'phone.heic', () => FOREIGN_FILES.heic, /This is a HEIC picture/, /Most Compatible.*as JPEG/],
    ['of HEIC named .jpg', 'phone.jpg', () => FOREIGN_FILES.heic, /This is a HEIC picture/, /Most Compatible.*as JPEG/],
    ['of AVIF', 'new.avif', () => FOREIGN_FILES.avif, /it is an AVIF picture/, AS_WHAT],
    ['of GIF', 'moving.gif', () => FOREIGN_FILES.gif, /it is a GIF/, AS_WHAT],
    ['of PDF named .png', 'paper.png', () => FOREIGN_FILES.pdf, /it is a PDF/, AS_WHAT],
    ['of HTML named .jpg', 'page.jpg', () => FOREIGN_FILES.html, /it is a web page/, AS_WHAT],
    ['of zeros', 'zeros.jpg', () => FOREIGN_FILES.unknown, /it is of an unknown kind/, AS_WHAT],
    ['of an animated WebP', 'moving.webp', () => animatedWebp(), /It is animated/, /one frame of it as JPEG or PNG/],
    ['of an animated PNG', 'moving.png', () => animatedPng(), /It is animated/, /one frame/],
    ['of a truncated JPEG', 'half.jpg', () => truncatedJpeg({ seed: 11 }), /damaged or incomplete/, /Save it again and send it once more/],
    ['of a truncated PNG', 'half.png', () => truncatedPng({ seed: 12 }), /damaged or incomplete/, /Save it again/],
    ['of 16,000² pixels in 31 kB', 'bomb.png', () => pngBomb(), /16,000 × 16,000 pixels; 50 million/, /Send a smaller one/],
    ['of too many bytes', 'large.png', () => Buffer.concat([FOREIGN_FILES.bmp, Buffer.alloc(2_000_000)]), /2\.0 MB; 2\.0 MB is the limit/, /Send a smaller one/],
    ['of a picture of 100 × 90', 'thumb.jpg', () => jpegPicture({ widthPx: 100, heightPx: 90 }), /100 × 90 pixels; each side needs at least 256/, /Send a larger one/],
    ['of a picture ten times as wide as high', 'strip.jpg', () => jpegPicture({ widthPx: 2_600, heightPx: 260 }), /too long or too wide \(2600 × 260\)/, /Cut it/],
  ];

  it.each(FILES)('%s is refused by name and changes nothing', async (_what, filename, bytes, what, hint) => {
    const { answer, images } = await send(filename, await bytes());
    expect(answer).toContain('0 images added, 1 file not taken');
    expect(answer).toContain(`**${filename}**: not taken.`);
    expect(answer).toMatch(what);
    expect(answer).toMatch(hint);
    expect(images).toHaveLength(1);
  });

  it('is told apart from its neighbours, which are taken', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const files = [
      { filename: 'one.jpg', bytes: await jpegPicture({ widthPx: 640, heightPx: 512, seed: 21 }) },
      { filename: 'two.png', bytes: FOREIGN_FILES.text },
      { filename: 'three.jpg', bytes: await jpegPicture({ widthPx: 640, heightPx: 512, seed: 22 }) },
    ];
    const answer = await uploadForm(mira(), datasetId, files);
    expect(answer).toMatch(/1\\\. \*\*one\.jpg\*\*: added[\s\S]*2\\\. \*\*two\.png\*\*: not taken[\s\S]*3\\\. \*\*three\.jpg\*\*: added/);
    expect((await imagesOf(datasetId)).map(({ fileName }) => fileName).sort()).toEqual(['one.jpg', 'three.jpg']);
  });
});

describe('a picture of an unusual kind', () => {
  it.each([
    ['CMYK', 'print.jpg', () => cmykJpeg({ seed: 31 })],
    ['16 bit', 'deep.png', () => sixteenBitPng({ seed: 32 })],
    ['transparent', 'clear.png', () => halfTransparentPng()],
  ])('is made fit: %s', async (_what, filename, bytes) => {
    const { answer, images } = await send(filename, await bytes());
    expect(answer).toContain('1 image added');
    expect(await storedPicture(images[1])).toMatchObject({ space: 'srgb', depth: 'uchar', channels: 3, hasAlpha: false, width: 640, height: 512 });
  });

  it('is turned upright when EXIF says that it lies on its side, and keeps no metadata', async () => {
    const { images } = await send('phone.jpg', await rotatedJpeg({ seed: 33 }));
    expect(images[1]).toMatchObject({ widthPx: 512, heightPx: 640 });
    const stored = await storedPicture(images[1]);
    expect(stored).toMatchObject({ width: 512, height: 640 });
    expect(stored.exif).toBeUndefined();
    expect(stored.orientation ?? 1).toBe(1);
  });

  it('is taken with a warning when it looks blurry', async () => {
    const { answer, images } = await send('shaky.jpg', await blurredJpeg({ seed: 34 }));
    expect(answer).toContain('added, but it looks blurry');
    expect(images).toHaveLength(2);
  });
});

describe('several files', () => {
  const picture = async (filename: string, seed: number): Promise<PickedFile> => ({ filename, bytes: await jpegPicture({ widthPx: 640, heightPx: 512, seed }) });

  it('of one name are all taken, and told apart by number', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const answer = await uploadForm(mira(), datasetId, [await picture('image.jpg', 41), await picture('image.jpg', 42), await picture('image.jpg', 43)]);
    expect(answer).toContain('3 images added');
    expect(answer).toContain('1\\. **image.jpg**: added');
    for (const number of [2, 3]) expect(answer).toContain(`${number}\\. **image.jpg**: added as **image (${number}).jpg**`);
    expect((await imagesOf(datasetId)).map(({ fileName }) => fileName).sort()).toEqual(['image (2).jpg', 'image (3).jpg', 'image.jpg']);
    expect(new Set((await imagesOf(datasetId)).map(({ sha256 }) => sha256)).size).toBe(3);
  });

  it('of one name leave it open whose their caption is, and nobody guesses', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const answer = await uploadForm(mira(), datasetId, [await picture('image.jpg', 44), await picture('image.jpg', 45), { filename: 'image.txt', bytes: Buffer.from('which?') }]);
    expect(answer).toMatch(/\*\*image\.txt\*\*: not taken\. 2 pictures of this upload have its name, so it could be of any\. Name them apart, or use `\/train caption`/);
    expect((await imagesOf(datasetId)).map(({ caption }) => caption)).toEqual([null, null]);
  });

  it('that are the same picture make one image, in one upload and in the next', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const [first, again] = [await picture('first.jpg', 46), await picture('again.jpg', 46)];
    const answer = await uploadForm(mira(), datasetId, [first, again]);
    expect(answer).toMatch(/1 image added, 1 file not taken[\s\S]*It is in the dataset already, as (first|again)\.jpg/);
    expect(await verdictsOf(await mira().slash('train upload', { id: datasetId, image: first }))).toMatch(/0 images added, 1 file not taken[\s\S]*in the dataset already/);
    expect(await imagesOf(datasetId)).toHaveLength(1);
  });

  it('stop at 100 images: the 101st is refused with the limit and the way out', async () => {
    const datasetId = await seedDataset(yard.connection, { images: captioned(100), withFiles: false });
    const before = await possessionsOf(yard.connection, 'mira');
    const answer = await verdictsOf(await mira().slash('train upload', { id: datasetId, image: await picture('last.jpg', 47) }));
    expect(answer).toMatch(/last\.jpg\*\*: not taken\. The dataset has 100 images, which is the limit\. Remove one with `\/train remove` first/);
    expect(await possessionsOf(yard.connection, 'mira')).toEqual(before);
  });

  it('are at most ten in a form, which Discord’s client sees to', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const modal = await (await mira().slash('train upload', { id: datasetId })).modal();
    const files = Array.from({ length: 11 }, (_, at) => ({ filename: `${at}.jpg`, bytes: FOREIGN_FILES.text }));
    await expect(mira().submitModal(modal, { files })).rejects.toThrow('takes 1 to 10 files; 11 given');
    await expect(mira().submitModal(modal, { files: [] })).rejects.toThrow('takes 1 to 10 files; 0 given');
  });
});

describe('a caption that comes with a picture', () => {
  let seed = 50;
  const sound = () => jpegPicture({ widthPx: 640, heightPx: 512, seed: (seed += 1) });

  it.each([
    ['is missing', 'Tilda.jpg', '', /added(?!;)/],
    ['is only spaces', 'Tilda.jpg', '   ', /added; its caption was empty: write one with \*\*Captions\*\*/],
    ['has 4,001 characters', 'Tilda.jpg', 'x'.repeat(4_001), /added; its caption had more than 4,000 characters and was left out: write a shorter one with \*\*Captions\*\*/],
  ])('leaves the picture without one when it %s, and says so', async (_what, filename, caption, sentence) => {
    const { answer, images } = await send(filename, await sound(), caption);
    expect(answer).toMatch(sentence);
    expect(answer).toContain('1 caption missing');
    expect(images[1]?.caption).toBeNull();
  });

  it.each([
    ['no text', FOREIGN_FILES.zip, /not a plain text file/],
    ['nothing', Buffer.alloc(0), /The caption in it is empty/],
    ['4,001 characters', Buffer.from('x'.repeat(4_001)), /has 4,001 characters; 4,000 is the limit/],
  ])('as a file of %s is refused by name, and the picture is taken', async (_what, bytes, sentence) => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    const answer = await uploadForm(mira(), datasetId, [{ filename: 'Tilda.jpg', bytes: await sound() }, { filename: 'Tilda.txt', bytes }]);
    expect(answer).toContain('1 image added, 1 file not taken');
    expect(answer).toMatch(sentence);
    expect((await imagesOf(datasetId)).map(({ caption }) => caption)).toEqual([null]);
  });
});

describe('an attachment that Discord no longer gives out', () => {
  it('is refused with the way out, and nothing else of the upload suffers', async () => {
    const datasetId = await seedDataset(yard.connection, { images: [] });
    await yard.driver.faults({ route: '/ephemeral-attachments/*gone.jpg', status: 404, times: 1_000 });
    const files = [{ filename: 'gone.jpg', bytes: await jpegPicture({ seed: 61 }) }, { filename: 'here.jpg', bytes: await jpegPicture({ seed: 62 }) }];
    const answer = await uploadForm(mira(), datasetId, files);
    await yard.driver.clearFaults();
    expect(answer).toMatch(/gone\.jpg\*\*: not taken\. Discord no longer gives it out\. Send it again/);
    expect((await imagesOf(datasetId)).map(({ fileName }) => fileName)).toEqual(['here.jpg']);
  });
});

describe('whatever was sent above', () => {
  it('cost nothing, left nothing behind and broke no rule of Discord', async () => {
    expect((await possessionsOf(yard.connection, 'mira')).entries).toEqual([]);
    expect(await yard.connection.collection('uploads.files').countDocuments()).toBe(0);
    expect(await yard.driver.violations()).toEqual([]);
  });
});

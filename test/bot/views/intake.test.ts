import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { en } from '../../../bot/texts/en.js';
import { createForm, uploadForm } from '../../../bot/views/forms.js';
import { pickNewFormRoute } from '../../../bot/views/intake-routes.js';
import { intakeAnswerOf, intakeView, type IntakeAnswer } from '../../../bot/views/intake.js';
import { pickDatasetView } from '../../../bot/views/pick.js';
import type { Dataset, DatasetImage } from '../../../domain/datasets.js';
import type { FileProblem, FileVerdict } from '../../../domain/verdicts.js';
import { walk } from '../../../sandbox/discord/validation/walk.js';
import { allText, buttonsOf } from '../../support/components.js';
import { problemsOfModal, problemsOfView } from '../../support/discord-validation.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)'.repeat(2);
const AT = new Date('2026-03-01T12:30:00Z');

function image(at: number, caption: string | null = 'a cat'): DatasetImage {
  return {
    imageId: `image-${at}`, fileName: `image (${at}).jpg`, sha256: 'a', previewSha256: `preview-${at}`, originalSha256: 'b', dHash: 'c', widthPx: 600, heightPx: 400, sizeBytes: 1,
    caption, warnings: [], addedAt: AT,
  };
}

const dataset = (images: readonly DatasetImage[], name = 'Cats'): Dataset => ({ datasetId: randomUUID(), owner: 'discord:1', name, triggerWord: 'tyrdcats', revision: 1, images, createdAt: AT });
const answer = (changes: Partial<IntakeAnswer> = {}): IntakeAnswer => ({ interactionId: '123456789012345678', datasetId: randomUUID(), dataset: dataset([]), verdicts: [], undecided: 0, retryable: 0, ...changes });
const added = (number: number, fileName = 'image.jpg'): FileVerdict => ({ role: 'picture', number, fileName, kind: 'added', imageId: `image-${number}`, storedAs: `image (${number}).jpg`, caption: 'set' });
const refused = (role: 'picture' | 'caption', number: number, problem: FileProblem, fileName = NASTY): FileVerdict => ({ role, number, fileName, kind: 'refused', problem });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe('the answer to an upload', () => {
  it('names every file by number and name, pictures first, with what became of it', () => {
    const verdicts: FileVerdict[] = [
      { role: 'caption', number: 1, fileName: 'cat.txt', kind: 'captioned', ofFileName: 'cat.png' },
      { role: 'caption', number: 2, fileName: 'dog.txt', kind: 'captioned', ofFileName: 'dog.png', replaced: true },
      refused('picture', 2, { code: 'IMG_DUPLICATE', ofFileName: 'old.png' }, 'twin.png'),
      { role: 'picture', number: 1, fileName: 'cat.png', kind: 'added-with-warnings', imageId: 'x', storedAs: 'cat.png', caption: 'set', warnings: [{ code: 'small', widthPx: 300, heightPx: 300 }] },
      { role: 'picture', number: 3, fileName: '._cat.png', kind: 'skipped', code: 'IMG_SYSTEM_FILE' },
      { role: 'picture', number: 4, fileName: 'cat.png', kind: 'added', imageId: 'y', storedAs: 'cat (2).png', caption: 'refused-too-long' },
    ];
    const view = intakeView(en, answer({ dataset: dataset([image(1), image(2, null)]), verdicts }));
    expect(problemsOfView(view)).toEqual([]);
    const lines = allText(view.components).split('\n');
    expect(lines.filter((line) => /^(\d+\\\.|-) /.test(line))).toEqual([
      '1\\. **cat.png**: added, but it is small (300 × 300)',
      '2\\. **twin.png**: not taken. It is in the dataset already, as old.png.',
      expect.stringMatching(/^3\\\. \*\*\.\\_cat\.png\*\*: left out/),
      expect.stringMatching(/^4\\\. \*\*cat\.png\*\*: added as \*\*cat \(2\)\.png\*\*; its caption had more than 4,000 characters/),
      '- **cat.txt**: is the caption of cat.png',
      '- **dog.txt**: is the caption of dog.png now, in place of the one it had',
    ]);
    expect(allText(view.components)).toContain('2 images added, 1 file not taken');
    expect(allText(view.components)).toContain('Cats has 2 images; 1 caption missing.');
  });

  it('shows the preview of every picture that was taken in, and of no other', () => {
    const view = intakeView(en, answer({ dataset: dataset([image(1), image(3)]), verdicts: [added(1), refused('picture', 2, { code: 'IMG_CORRUPT' }), added(3)] }));
    expect(view.files).toEqual([{ name: 'picture-1.webp', sha256: 'preview-1' }, { name: 'picture-3.webp', sha256: 'preview-3' }]);
    expect(problemsOfView(view)).toEqual([]);
  });

  it('goes on with the captions that are missing, more pictures, and the start', () => {
    const done = intakeView(en, answer({ dataset: dataset([image(1), image(2, null)]), verdicts: [added(1), added(2)] }));
    expect(buttonsOf(done.components)).toEqual(['Captions', 'Upload more', 'Start']);
    expect(JSON.stringify(done.components)).toMatch(/v1:captions:[0-9a-f-]{36}:1"/);
    expect(buttonsOf(intakeView(en, answer()).components)).toEqual(['Upload more']);
  });

  it('offers another try when every file is decided and one may be taken in the next time', () => {
    const verdicts = [added(1), refused('picture', 2, { code: 'IMG_FETCH_FAILED' })];
    const state = { dataset: dataset([image(1)]), verdicts, retryable: 1 };
    expect(buttonsOf(intakeView(en, answer(state)).components)).toContain('Try the failed ones again');
    expect(buttonsOf(intakeView(en, answer({ ...state, undecided: 1 })).components)).not.toContain('Try the failed ones again');
    expect(buttonsOf(intakeView(en, answer({ ...state, dataset: null })).components)).toEqual([]);
  });

  it('tells of a second try together with what was taken in before it', () => {
    const file = (number: number) => ({ number, fileName: 'image.jpg', url: '', sizeBytes: 1, contentType: null });
    const upload = { datasetId: 'd', files: [file(2)], captionFiles: [], captions: {}, earlier: [added(1)] };
    expect(intakeAnswerOf({ interactionId: '5', upload }, dataset([image(1)]))).toMatchObject({ verdicts: [{ number: 1 }], undecided: 1, retryable: 0 });
    expect(intakeAnswerOf({ interactionId: '5', upload, verdicts: [added(2)] }, dataset([image(1), image(2)]))).toMatchObject({ verdicts: [{ number: 1 }, { number: 2 }], undecided: 0 });
  });

  const longest = (number: number): FileVerdict => ({
    role: 'picture', number, fileName: NASTY.repeat(3), kind: 'added-with-warnings', imageId: `image-${number}`, storedAs: NASTY.repeat(3), caption: 'refused-too-long',
    warnings: [{ code: 'blurry' }, { code: 'small', widthPx: 300, heightPx: 300 }, { code: 'near-duplicate', ofFileName: NASTY }],
  });
  const captionsOf = (count: number): FileVerdict[] => numbers(count).map((number) => refused('caption', number, { code: 'CAPTION_PICTURE_REFUSED', ofFileName: NASTY.repeat(3) }, `${NASTY}.txt`));

  it.each([
    ['10 pictures and 10 captions with the longest names', numbers(10).map(longest), 10],
    ['10 pictures, every other refused, and 10 captions', numbers(10).map((number) => (number % 2 === 0 ? longest(number) : refused('picture', number, { code: 'IMG_DUPLICATE', ofFileName: NASTY }))), 10],
    ['one picture', [longest(1)], 0],
    ['no file', [], 0],
    ['60 refused pictures', numbers(60).map((number) => refused('picture', number, { code: 'IMG_CHECK_FAILED' })), 0],
    ['30 pictures that were taken in', numbers(30).map(longest), 10],
  ])('keeps within 40 components and 4,000 characters for %s', (_case, pictures, captions) => {
    const images = numbers(100).map((number) => image(number, null));
    for (const undecided of [0, 7]) {
      const view = intakeView(en, answer({ dataset: dataset(images, NASTY.slice(0, 40)), verdicts: [...pictures, ...captionsOf(captions)], undecided, retryable: 10 }));
      expect(problemsOfView(view)).toEqual([]);
      expect(walk(view.components as never).length).toBeLessThanOrEqual(40);
      const text = allText(view.components);
      for (const { number } of pictures) expect(text).toContain(`${number}\\. `);
    }
  });

  it('cuts long lines alike and lets short ones be', () => {
    const verdicts = [added(1), ...captionsOf(40)];
    const text = allText(intakeView(en, answer({ dataset: dataset([]), verdicts })).components);
    expect(text).toContain('1\\. **image.jpg**: added as **image (1).jpg**');
    expect(text.length).toBeGreaterThan(3_000);
  });
});

describe('the forms and menus of an upload', () => {
  it('are ones that Discord takes', () => {
    for (const prefix of ['', '\u200b', 'a cat', '\u{1F431}'.repeat(2_000)]) expect(problemsOfModal(uploadForm(en, randomUUID(), prefix))).toEqual([]);
    expect(problemsOfModal(createForm(en))).toEqual([]);
    expect(problemsOfModal(createForm(en, pickNewFormRoute.format({ interactionId: '12345678901234567890' })))).toEqual([]);
  });

  it.each([0, 1, 25, 26, 100])('offer every one of %i datasets for the pictures of a message', (count) => {
    const datasets = numbers(count).map((number) => ({ datasetId: `dataset-${number}`, name: NASTY.slice(0, 40), images: 100, captionsMissing: 100 }));
    const offered = new Set<string>();
    for (let page = 0; page <= count / 25; page += 1) {
      const view = pickDatasetView(en, { interactionId: '12345678901234567890', pictures: 10, captionFiles: 10, datasets, page });
      expect(problemsOfView(view)).toEqual([]);
      expect(buttonsOf(view.components)).toContain('New dataset');
      for (const [id] of JSON.stringify(view.components).matchAll(/dataset-\d+/g)) offered.add(id);
    }
    expect(offered.size).toBe(count);
  });
});

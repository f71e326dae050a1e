import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { en } from '../../../bot/texts/en.js';
import { captionForm, writtenCaptionOf } from '../../../bot/views/caption-forms.js';
import { captionEditorView, captionsFilledView, captionsLostView } from '../../../bot/views/captions.js';
import * as captionRoutes from '../../../bot/views/caption-routes.js';
import { parseCustomId } from '../../../bot/views/custom-ids.js';
import { renameForm } from '../../../bot/views/dataset-forms.js';
import * as datasetRoutes from '../../../bot/views/dataset-routes.js';
import { datasetListView } from '../../../bot/views/dataset-list.js';
import { createdView, datasetView, deleteConfirmView } from '../../../bot/views/datasets.js';
import { placesForForm } from '../../../domain/captions.js';
import type { Dataset, DatasetImage } from '../../../domain/datasets.js';
import { allText, buttonsOf } from '../../support/components.js';
import { problemsOfModal, problemsOfView } from '../../support/discord-validation.js';
import { aRecipe } from '../../support/recipe.js';

const NASTY = '**_~`|>#-@everyone<@1>[x](http://a.b)'.repeat(2);
const nastyName = NASTY.slice(0, 40);
const LONGEST = '*'.repeat(4_000);
const AT = new Date('2026-03-01T12:30:00Z');
const yard = { recipes: [aRecipe(), aRecipe({ id: 'sdxl-lora', images: { ...aRecipe().images, max: 40 } })], priceFactor: 1 };

function image(at: number, changes: Partial<DatasetImage> = {}): DatasetImage {
  return {
    imageId: randomUUID(), fileName: `${NASTY}${at}.png`, sha256: 'a', previewSha256: `preview-${at}`, originalSha256: 'b', dHash: 'c', widthPx: 6_000, heightPx: 4_000,
    sizeBytes: 1, caption: LONGEST, warnings: [{ code: 'blurry' }, { code: 'near-duplicate', ofFileName: NASTY }], addedAt: AT, ...changes,
  };
}

function dataset(images: number | readonly DatasetImage[], changes: Partial<Dataset> = {}): Dataset {
  const held = typeof images === 'number' ? Array.from({ length: images }, (_, at) => image(at)) : images;
  return { datasetId: randomUUID(), owner: 'discord:1', name: nastyName, triggerWord: 'tyrdcats', revision: 1, images: held, createdAt: AT, ...changes };
}

const plainImages = (captions: readonly (string | null)[]): DatasetImage[] => captions.map((caption, at) => image(at, { fileName: `cat-${at + 1}.png`, caption, warnings: [] }));
const pictureCount = (view: object): number => JSON.stringify(view).split('attachment://').length - 1;

describe('Defect 4: lists and captions that are longer than Discord takes', () => {
  it.each([0, 1, 4, 5, 19, 20, 21, 25, 26, 200])('do not occur in the list of %i datasets, on every page, with one chosen and without', (count) => {
    const datasets = Array.from({ length: count }, () => ({ datasetId: randomUUID(), name: nastyName, images: 100, captionsMissing: 100 }));
    for (let page = 0; page <= Math.ceil(count / 20); page += 1) {
      expect(problemsOfView(datasetListView(en, { datasets, page }))).toEqual([]);
      const [first] = datasets.slice(page * 20);
      if (first !== undefined) expect(problemsOfView(datasetListView(en, { datasets, page, chosen: { dataset: dataset(100, { datasetId: first.datasetId }), yard } }))).toEqual([]);
    }
  });

  it.each([0, 1, 4, 5, 10, 11, 25, 100])('do not occur in the view of %i images with captions of 4,000 characters, on every page', (count) => {
    for (let page = 0; page <= count / 10; page += 1) {
      expect(problemsOfView(datasetView(en, { dataset: dataset(count), yard, page, done: en.datasets.removed(NASTY), undo: { imageId: randomUUID() } }))).toEqual([]);
    }
  });

  it.each([0, 1, 2, 5, 100])('do not occur in the caption editor of %i images, at the first, a middle and the last', (count) => {
    for (const at of [0, Math.floor(count / 2), count]) {
      for (const caption of [null, 'a cat', LONGEST]) {
        const shown = dataset(Array.from({ length: count }, (_, place) => image(place, { caption: place === at ? caption : place % 2 === 0 ? null : LONGEST })));
        const screen = { dataset: shown, at, done: [en.datasets.removed(NASTY), en.captions.gone(Array.from({ length: 5 }, () => NASTY))], undo: { imageId: randomUUID(), at }, leftOver: LONGEST.repeat(5) };
        expect(problemsOfView(captionEditorView(en, screen))).toEqual([]);
      }
    }
  });

  it('do not occur in forms, answers and questions', () => {
    const full = dataset(100);
    expect(problemsOfModal(captionForm(en, full, 0, [0]))).toEqual([]);
    expect(problemsOfModal(captionForm(en, full, 97, placesForForm(full.images, 97)))).toEqual([]);
    expect(problemsOfModal(renameForm(en, full))).toEqual([]);
    expect(problemsOfModal(renameForm(en, dataset(0, { name: '😀'.repeat(40), triggerWord: '𝕏'.repeat(32) })))).toEqual([]);
    const views = [createdView(en, full), deleteConfirmView(en, full), captionsFilledView(en, { dataset: full, filled: 100, yard }), captionsFilledView(en, { dataset: dataset(0), filled: 0, yard })];
    for (const view of [...views, captionsLostView(en, en.unavailable.database, LONGEST.repeat(5), randomUUID())]) expect(problemsOfView(view)).toEqual([]);
  });

  it('do not occur whatever names and captions are', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    const states = fc.array(fc.record({ fileName: word, caption: fc.option(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 4_000 }))) }), { maxLength: 12 });
    fc.assert(
      fc.property(word, states, (name, files) => {
        const shown = dataset(files.map((file, at) => image(at, file)), { name: name.slice(0, 40) });
        const listed = { datasetId: shown.datasetId, name: shown.name, images: files.length, captionsMissing: 0 };
        const [view, editor, list] = [datasetView(en, { dataset: shown, yard, page: 0 }), captionEditorView(en, { dataset: shown, at: 0 }), datasetListView(en, { datasets: [listed], page: 0 })];
        expect([view, editor, list].flatMap(problemsOfView)).toEqual([]);
        if (files.length > 0) expect(problemsOfModal(captionForm(en, shown, 0, placesForForm(shown.images, 0)))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('ids in buttons and forms', () => {
  it('fit and come back as they were written', () => {
    const args = fc.record({ datasetId: fc.uuid(), imageId: fc.oneof(fc.uuid(), fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(99)).map(([snowflake, number]) => `${snowflake}-${number}`)), at: fc.nat(9_999), page: fc.nat() });
    for (const route of [...Object.values(captionRoutes), ...Object.values(datasetRoutes)]) {
      fc.assert(
        fc.property(args, (given) => {
          const text = route.format(given);
          const parsed = parseCustomId(text);
          expect(text.length).toBeLessThanOrEqual(100);
          expect(given).toMatchObject((parsed.kind === 'ours' ? route.parse(parsed.args) : null) ?? { parsed: false });
        }),
        { numRuns: 30 },
      );
    }
  });

  it('of fields bring the id of the image and its name back, whatever the name is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.option(fc.string()), (fileName, caption) => {
        const shown = dataset([image(0, { fileName, caption })]);
        const form = JSON.stringify(captionForm(en, shown, 0, [0]));
        const fieldId = JSON.parse(`"${/"component":\{"type":4,"custom_id":"((?:[^"\\]|\\.)*)"/.exec(form)?.[1] ?? ''}"`) as string;
        expect(writtenCaptionOf(fieldId, 'x')).toMatchObject({ imageId: shown.images[0]?.imageId });
      }),
    );
  });
});

describe('the list of datasets', () => {
  const listed = (set: Dataset) => ({ datasetId: set.datasetId, name: set.name, images: set.images.length, captionsMissing: 0 });

  it('shows the chosen dataset below it with View, Upload and Start, and a thumbnail', () => {
    const cats = dataset(plainImages(['a', 'b', 'c', 'd']), { name: 'Cats' });
    const view = datasetListView(en, { datasets: [listed(cats)], page: 0, chosen: { dataset: cats, yard } });
    expect(buttonsOf(view.components)).toEqual(['New dataset', 'View', 'Upload', 'Start']);
    expect(allText(view.components)).toContain('4 of 4–20 images · no caption missing · about 1,500 points · **ready**');
    expect(view.files).toEqual([{ name: 'image-1.webp', sha256: 'preview-0' }]);
  });
});

describe('the view of a dataset', () => {
  it('says how far it is from a training by each recipe, and what that costs about', () => {
    const cats = dataset(plainImages([...Array<string>(10).fill('a cat'), null, null]), { name: 'Cats' });
    const text = allText(datasetView(en, { dataset: cats, yard, page: 0 }).components);
    expect(text).toContain('`sd15-lora`: 12 of 4–20 images · 2 captions missing · about 1,900 points');
    expect(text).toContain('`sdxl-lora`: 12 of 4–40 images');
    expect(text).toContain('Trigger word `tyrdcats`');
    expect(allText(datasetView(en, { dataset: cats, yard: { ...yard, priceFactor: 0 }, page: 0 }).components)).toContain('captions missing · free');
    expect(allText(datasetView(en, { dataset: dataset(0), yard, page: 0 }).components)).toContain('0 of 4–20 images · about 1,500 points');
  });

  it('shows the pictures of a page as a gallery from our own store, each described by number, name and caption', () => {
    const view = datasetView(en, { dataset: dataset(plainImages(Array.from({ length: 12 }, (_, at) => (at === 10 ? null : `picture ${at + 1}`)))), yard, page: 1 });
    expect(view.files).toEqual([{ name: 'image-11.webp', sha256: 'preview-10' }, { name: 'image-12.webp', sha256: 'preview-11' }]);
    expect(JSON.stringify(view.components)).toContain('"media":{"url":"attachment://image-11.webp"},"description":"Image 11, cat-11.png: no caption"');
    expect(JSON.stringify(view.components)).toContain('Image 12, cat-12.png: picture 12');
    expect(pictureCount(datasetView(en, { dataset: dataset(100), yard, page: 3 }))).toBe(10);
  });

  it('shows a page that is there when the wished one is gone', () => {
    expect(allText(datasetView(en, { dataset: dataset(11), yard, page: 99 }).components)).toContain('11\\. ');
  });

  it('urges to start only what a recipe can train', () => {
    const styleOf = (images: number): unknown => /"style":(\d),"label":"Start"/.exec(JSON.stringify(datasetView(en, { dataset: dataset(images), yard, page: 0 })))?.[1];
    expect(styleOf(12)).toBe('1');
    expect(styleOf(3)).toBe('2');
    expect(styleOf(0)).toBeUndefined();
  });

  it('offers Upload, Captions and Open for a new one', () => {
    expect(buttonsOf(createdView(en, dataset(0)).components)).toEqual(['Upload', 'Captions', 'Open']);
  });
});

describe('the caption editor', () => {
  const cats = dataset(plainImages(['tyrdcats sleeps', null, 'a cat', null]), { name: 'Cats' });

  it('shows the picture with its number, name, caption and warnings, and which have none', () => {
    const warned = dataset([image(0, { fileName: 'cat.png', caption: 'a *cat*', warnings: [{ code: 'blurry' }] }), ...cats.images]);
    const view = captionEditorView(en, { dataset: warned, at: 0 });
    const text = allText(view.components);
    expect(text).toContain('**Image 1 of 5** · cat.png · 6,000 × 4,000 · looks blurry');
    expect(text).toContain('> a \\*cat\\*');
    expect(text).toContain('2 of 5 have no caption: 3, 5');
    expect(view.files).toEqual([{ name: 'image-1.webp', sha256: 'preview-0' }]);
    expect(JSON.stringify(view.components)).toContain('"description":"Image 1, cat.png: a *cat*"');
  });

  it('offers what can be done with this image and with all', () => {
    expect(buttonsOf(captionEditorView(en, { dataset: cats, at: 1 }).components)).toEqual([
      'Previous', 'Next', 'Next missing', 'Edit', 'Caption 2 in one form', 'Remove', 'Put the trigger word in front of all', 'Use the trigger word alone for the missing 2', 'Open the dataset',
    ]);
    const complete = dataset(plainImages(['tyrdcats', 'tyrdcats, a cat']));
    expect(buttonsOf(captionEditorView(en, { dataset: complete, at: 0 }).components)).toEqual(['Previous', 'Next', 'Edit', 'Caption 2 in one form', 'Remove', 'Start', 'Open the dataset']);
    expect(buttonsOf(captionEditorView(en, { dataset: dataset(plainImages([null])), at: 0 }).components)).toEqual(['Edit', 'Remove', 'Use the trigger word alone for the missing 1', 'Open the dataset']);
    expect(buttonsOf(captionEditorView(en, { dataset: dataset(0), at: 0 }).components)).toEqual(['Upload', 'Open the dataset']);
  });

  it('asks in one form for the next five without a caption, each field naming its image and carrying its id', () => {
    const many = dataset(plainImages(['x', null, null, 'x', null, null, null, null]));
    const form = captionForm(en, many, 4, placesForForm(many.images, 4));
    const fields = form.components.map((label) => JSON.stringify(label));
    expect(fields.map((field) => /"label":"([^"]*)"/.exec(field)?.[1])).toEqual(['5. cat-5.png', '6. cat-6.png', '7. cat-7.png', '8. cat-8.png', '2. cat-2.png']);
    for (const [at, place] of [4, 5, 6, 7, 1].entries()) expect(fields[at]).toContain(`"custom_id":"${many.images[place]?.imageId ?? ''}:-:`);
  });

  it('asks for five from this one on when every image has a caption, with the captions as they are', () => {
    const complete = dataset(plainImages(['one', 'two', 'three', 'four', 'five', 'six']));
    const form = JSON.stringify(captionForm(en, complete, 4, placesForForm(complete.images, 4)));
    expect([...form.matchAll(/"value":"(\w+)"/g)].map(([, value]) => value)).toEqual(['five', 'six', 'one', 'two', 'three']);
  });
});

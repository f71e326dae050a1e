import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf, judgeForm, type WrittenCaption } from '../../domain/caption-forms.js';
import { editsForMissing, editsForNewTrigger, editsForTrigger, neighbourOf, nextMissing, placeOf, placesForForm } from '../../domain/captions.js';
import { CAPTION_MAX_LENGTH, checkTriggerWord } from '../../domain/datasets.js';

const images = (...captions: (string | null)[]) => captions.map((caption, at) => ({ imageId: `i${at}`, caption }));
const written = (imageId: string, text: string, shown: string | null = null): WrittenCaption => ({ imageId, called: `${imageId}.png`, shown: fingerprintOf(shown), text });

describe('checkTriggerWord', () => {
  it.each([
    ['nothing', '  ', 'too-short'],
    ['one character', 'x', 'too-short'],
    ['33 characters', 'x'.repeat(33), 'too-long'],
    ['two words', 'my cat', 'characters'],
    ['a comma', 'cat,dog', 'characters'],
    ['Markdown', '`cat`', 'characters'],
    ['a zero-width space', 'ca\u200Bt', 'characters'],
  ])('refuses %s', (_what, raw, problem) => {
    expect(checkTriggerWord(raw)).toMatchObject({ kind: 'refused', refusal: { code: 'trigger-word-invalid', problem } });
  });

  it.each(['tyrdcats', 'Félix-2', '猫猫', 'sks_cat'])('takes %s', (raw) => {
    expect(checkTriggerWord(` ${raw} `)).toEqual({ kind: 'ok', triggerWord: raw });
  });
});

describe('the trigger word', () => {
  it('goes in front of captions that lack it and are short enough', () => {
    const long = 'x'.repeat(CAPTION_MAX_LENGTH);
    expect(editsForTrigger(images('a cat', 'a Felix', null, long), 'felix')).toEqual({ edits: [{ imageId: 'i0', caption: 'felix, a cat' }], already: 1, tooLong: 1 });
  });

  it('alone is the caption of those that have none', () => {
    expect(editsForMissing(images('a cat', null, null), 'felix')).toEqual([{ imageId: 'i1', caption: 'felix' }, { imageId: 'i2', caption: 'felix' }]);
  });

  it('takes the place of the old one where the yard had put it', () => {
    expect(editsForNewTrigger(images('old', 'old, a cat', 'older things', 'an old cat', null), 'old', 'new').map(({ imageId, caption }) => [imageId, caption])).toEqual([['i0', 'new'], ['i1', 'new, a cat']]);
  });
});

describe('places in the editor', () => {
  it('are those of the image, wherever it stands, and its old one when it is gone', () => {
    expect(placeOf(images(null, null, null), { imageId: 'i2', at: 0 })).toBe(2);
    expect(placeOf(images(null, null, null), { imageId: 'gone', at: 1 })).toBe(1);
    expect(placeOf(images(null, null, null), { imageId: 'gone', at: 99 })).toBe(2);
    expect(placeOf([], { imageId: 'gone', at: 5 })).toBe(0);
  });

  it('go on to the neighbour round the ends; the next of one that is gone stands in its place', () => {
    const three = images(null, null, null);
    expect(neighbourOf(three, { imageId: 'i2', at: 2 }, 1)).toBe(0);
    expect(neighbourOf(three, { imageId: 'i0', at: 0 }, -1)).toBe(2);
    expect(neighbourOf(three, { imageId: 'gone', at: 1 }, 1)).toBe(1);
    expect(neighbourOf(three, { imageId: 'gone', at: 1 }, -1)).toBe(0);
    expect(neighbourOf([], { imageId: 'gone', at: 1 }, 1)).toBe(0);
  });

  it('go round to the first one that is missing', () => {
    expect(nextMissing(images(null, 'a', 'b'), 1)).toBe(0);
    expect(nextMissing(images('a', 'b'), 0)).toBeNull();
    expect(nextMissing([], 0)).toBeNull();
  });

  it('of a form are five at most, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.constant('a cat')), { maxLength: 30 }), fc.nat(29), (captions, from) => {
        const all = images(...captions);
        const places = placesForForm(all, all.length === 0 ? 0 : from % all.length);
        const missing = captions.filter((caption) => caption === null).length;
        expect(new Set(places).size).toBe(places.length);
        expect(places).toHaveLength(Math.min(5, missing > 0 ? missing : all.length));
        if (missing > 0) expect(places.every((at) => captions[at] === null)).toBe(true);
      }),
    );
  });
});

describe('a form of captions', () => {
  it('captions images by their ids, however they were moved meanwhile', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(ids, fc.func(fc.boolean()), fc.func(fc.nat()), (asked, stays, order) => {
        const now = asked.filter((imageId) => stays(imageId)).sort((a, b) => order(a) - order(b)).map((imageId) => ({ imageId }));
        const { edits, gone } = judgeForm(now, asked.map((imageId) => written(imageId, `picture ${imageId}`)));
        for (const { imageId, caption } of edits) expect(caption).toBe(`picture ${imageId}`);
        expect(edits.map(({ imageId }) => imageId).sort()).toEqual(now.map(({ imageId }) => imageId).sort());
        expect(gone.map(({ text }) => text).sort()).toEqual(asked.filter((imageId) => !stays(imageId)).map((imageId) => `picture ${imageId}`).sort());
      }),
    );
  });

  it('leaves alone what was left as it was opened, and what was left empty', () => {
    expect(judgeForm(images('newer', 'b', null), [written('i0', 'a', 'a'), written('i1', ' \n', 'b'), written('i2', '')])).toEqual({ edits: [], gone: [], refused: [] });
  });

  it('refuses a caption that is too long, and an empty one that was asked for alone', () => {
    expect(judgeForm(images('a'), [written('i0', ' ', 'a')]).refused).toMatchObject([{ refusal: { code: 'caption-invalid', problem: 'empty' } }]);
    expect(judgeForm(images('a'), [written('i0', 'x'.repeat(4_001), 'a')]).refused).toMatchObject([{ refusal: { code: 'caption-invalid', problem: 'too-long' } }]);
  });
});

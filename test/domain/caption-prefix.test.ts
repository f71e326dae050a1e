import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prefixedCaption } from '../../domain/caption-prefix.js';

const TRIGGER = 'tyrdtilda';

describe('the prefix of an upload', () => {
  it.each([
    ['comes before the own caption', 'a photo', 'on a bridge', 'a photo, on a bridge'],
    ['is the caption where there is none', 'a photo', undefined, 'a photo'],
    ['is the caption where the own one is only spaces', ' a photo ', '  ', 'a photo'],
    ['ends as it was written', 'a photo:', 'on a bridge', 'a photo: on a bridge'],
    ['is not repeated', 'a photo', 'A photo on a bridge', 'A photo on a bridge'],
    ['is repeated when the own caption only begins with its letters', 'a cat', 'a category', 'a cat, a category'],
    ['changes nothing when it is empty', '  ', ' as written ', ' as written '],
    ['changes nothing when there is none', undefined, ' as written ', ' as written '],
    ['holds the trigger word for the own caption too', `${TRIGGER}, a photo`, 'Tyrdtilda: on a bridge', `${TRIGGER}, a photo, on a bridge`],
    ['is enough for an own caption of the trigger word alone', `${TRIGGER}, a photo`, TRIGGER, `${TRIGGER}, a photo`],
    ['leaves the trigger word to the own caption otherwise', 'a photo', `${TRIGGER} on a bridge`, `a photo, ${TRIGGER} on a bridge`],
  ])('%s', (_case, prefix, own, caption) => {
    expect(prefixedCaption(prefix, own, TRIGGER)).toBe(caption);
  });

  it('leaves nothing for a picture that has neither', () => {
    expect(prefixedCaption('', undefined, TRIGGER)).toBeUndefined();
  });

  it('stands once in whatever comes of it, and adding it again changes nothing', () => {
    const words = fc.array(fc.constantFrom('a', 'cat', TRIGGER, ',', '.', ' ', 'Ä'), { maxLength: 6 }).map((parts) => parts.join(' ').trim());
    fc.assert(
      fc.property(words.filter((prefix) => prefix !== ''), words, (prefix, own) => {
        const once = prefixedCaption(prefix, own, TRIGGER);
        expect(once?.toLowerCase().startsWith(prefix.toLowerCase())).toBe(true);
        expect(prefixedCaption(prefix, once, TRIGGER)).toBe(once);
      }),
    );
  });
});

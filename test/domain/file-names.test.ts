import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { baseNameOf, freeFileName, nameAmong } from '../../domain/file-names.js';

describe('the name of an image in its dataset', () => {
  it.each([
    ['image.jpg', [], 'image.jpg'],
    ['image.jpg', ['image.png'], 'image.jpg'],
    ['image.jpg', ['image.jpg'], 'image (2).jpg'],
    ['image.jpg', ['image.jpg', 'image (2).jpg', 'image (3).jpg'], 'image (4).jpg'],
    ['image (2).jpg', ['image (2).jpg'], 'image (3).jpg'],
    ['my.cat.jpg', ['my.cat.jpg'], 'my.cat (2).jpg'],
    ['picture', ['picture'], 'picture (2)'],
    ['.jpg', ['.jpg'], '.jpg (2)'],
  ])('of %s among %j is %s', (wanted, taken, name) => {
    expect(freeFileName(wanted, taken)).toBe(name);
  });

  it('is one that nobody has, whatever the names', () => {
    const name = fc.constantFrom<string>('image.jpg', 'image (2).jpg', 'image (3).jpg', 'image', '(2).jpg', 'a (9999).jpg', ' (2)');
    fc.assert(fc.property(name, fc.array(name), (wanted, taken) => !taken.includes(freeFileName(wanted, taken))));
  });

  it('tells files of one upload apart in the order in which they were chosen', () => {
    const files = ['image.jpg', 'cat.jpg', 'image.jpg', 'image (2).jpg', 'image.jpg'].map((fileName, at) => ({ number: at + 1, fileName }));
    expect(files.map(({ number }) => nameAmong(files, number))).toEqual(['image.jpg', 'cat.jpg', 'image (2).jpg', 'image (3).jpg', 'image (4).jpg']);
  });

  it('keeps its base apart from its ending', () => {
    expect(['Cat.v2.JPG', '.png', 'cat'].map(baseNameOf)).toEqual(['cat.v2', '.png', 'cat']);
  });
});

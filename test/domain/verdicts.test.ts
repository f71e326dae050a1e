import { describe, expect, it } from '@jest/globals';
import { imageIdOf, isUploadDecided, pairCaptions, type FileVerdict } from '../../domain/verdicts.js';

const files = (...names: string[]) => names.map((fileName, index) => ({ number: index + 1, fileName }));

describe('pairing caption files with pictures', () => {
  it('goes by the name up to the last dot, whatever the case, order and number', () => {
    expect(pairCaptions(files('a.png', 'My Cat.v2.JPG', 'b.webp'), files('b.txt', 'my cat.v2.txt'))).toEqual({
      pairs: [{ captionNumber: 1, pictureNumber: 3 }, { captionNumber: 2, pictureNumber: 2 }],
      forImages: [],
      unpaired: [],
    });
  });

  it('treats a letter with an accent alike however it is written', () => {
    expect(pairCaptions(files('caf\u00e9.png'), files('cafe\u0301.txt')).pairs).toHaveLength(1);
  });

  it('gives a caption to nobody when its picture is missing', () => {
    expect(pairCaptions(files('a.png'), files('b.txt')).unpaired).toEqual([{ captionNumber: 1, problem: { code: 'CAPTION_NO_PICTURE' } }]);
  });

  it('gives a caption to nobody when several pictures have its name', () => {
    expect(pairCaptions(files('a.png', 'a.jpg', 'a.png'), files('a.txt'))).toEqual({
      pairs: [], forImages: [], unpaired: [{ captionNumber: 1, problem: { code: 'CAPTION_SEVERAL_PICTURES', count: 3 } }],
    });
  });

  it('gives neither of two captions to their one picture', () => {
    expect(pairCaptions(files('a.png'), files('a.txt', 'A.txt')).unpaired.map(({ problem }) => problem)).toEqual([
      { code: 'CAPTION_SEVERAL_FILES', count: 2 }, { code: 'CAPTION_SEVERAL_FILES', count: 2 },
    ]);
  });

  it('keeps names apart that only begin alike or have no base', () => {
    expect(pairCaptions(files('a.b.png', '.png'), files('a.txt', '.txt')).pairs).toEqual([]);
  });
});

describe('an upload', () => {
  const upload = { files: files('a.png', 'b.png'), captionFiles: files('a.txt') };
  const verdict = (role: 'picture' | 'caption', number: number): FileVerdict => ({ role, number, fileName: 'x', kind: 'refused', problem: { code: 'IMG_EMPTY' } });

  it('is decided when each of its files is, pictures and captions counted apart', () => {
    expect(isUploadDecided(upload, [verdict('picture', 1), verdict('picture', 2)])).toBe(false);
    expect(isUploadDecided(upload, [verdict('picture', 1), verdict('caption', 1)])).toBe(false);
    expect(isUploadDecided(upload, [verdict('picture', 1), verdict('picture', 2), verdict('caption', 1)])).toBe(true);
  });

  it('seen twice means the same images', () => {
    expect(imageIdOf('123', 4)).toBe('123-4');
  });
});

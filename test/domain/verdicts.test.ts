import { describe, expect, it } from '@jest/globals';
import { filesToRetry, imageIdOf, isUploadDecided, pairCaptions, type FileProblemCode, type FileVerdict } from '../../domain/verdicts.js';

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

  const images = [{ imageId: 'i1', fileName: 'image.jpg' }, { imageId: 'i2', fileName: 'image (2).jpg' }, { imageId: 'i3', fileName: 'cat.png' }, { imageId: 'i4', fileName: 'cat.jpg' }];

  it('finds the one image of the dataset when the upload has no such picture', () => {
    expect(pairCaptions(files('a.png'), files('Image (2).txt', 'a.txt'), images)).toEqual({
      pairs: [{ captionNumber: 2, pictureNumber: 1 }],
      forImages: [{ captionNumber: 1, imageId: 'i2' }],
      unpaired: [],
    });
  });

  it('prefers the picture that came with it to one that is in the dataset', () => {
    expect(pairCaptions(files('image.jpg'), files('image.txt'), images)).toMatchObject({ pairs: [{ pictureNumber: 1 }], forImages: [] });
  });

  it('gives a caption to nobody when several images of the dataset have its name, and neither of two to one image', () => {
    expect(pairCaptions([], files('cat.txt'), images).unpaired).toEqual([{ captionNumber: 1, problem: { code: 'CAPTION_SEVERAL_IMAGES', count: 2 } }]);
    expect(pairCaptions([], files('image.txt', 'IMAGE.txt'), images).unpaired.map(({ problem }) => problem.code)).toEqual(['CAPTION_SEVERAL_FILES', 'CAPTION_SEVERAL_FILES']);
  });

  it('does not look for an owner that is known', () => {
    const known = [{ number: 1, fileName: 'cat.txt', imageId: 'i4' }];
    expect(pairCaptions(files('cat.png'), known, images)).toEqual({ pairs: [], forImages: [{ captionNumber: 1, imageId: 'i4' }], unpaired: [] });
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

describe('what is tried again of an upload', () => {
  const refused = (role: 'picture' | 'caption', number: number, code: FileProblemCode): FileVerdict => ({ role, number, fileName: 'x', kind: 'refused', problem: { code } as never });
  const added = (number: number): FileVerdict => ({ role: 'picture', number, fileName: 'x', kind: 'added', imageId: `image-${number}`, storedAs: 'x', caption: 'none' });

  it.each(['IMG_FETCH_FAILED', 'IMG_CHECK_FAILED', 'IMG_STORE_FAILED', 'IMG_STOPPED'] as const)('is a picture that failed with %s', (code) => {
    expect(filesToRetry({ files: files('a.png', 'b.png'), captionFiles: [] }, [added(1), refused('picture', 2, code)])).toEqual({ pictures: [2], captions: [] });
  });

  it.each(['IMG_CORRUPT', 'IMG_UNDECODABLE', 'IMG_TOO_SMALL', 'IMG_FORMAT', 'IMG_DUPLICATE', 'IMG_EXPIRED', 'IMG_SOURCE', 'SET_FULL', 'SET_GONE'] as const)('is no picture that was refused with %s', (code) => {
    expect(filesToRetry({ files: files('a.png'), captionFiles: [] }, [refused('picture', 1, code)])).toEqual({ pictures: [], captions: [] });
  });

  it('is the caption file of such a picture, and a caption file that failed itself, for the image that its picture became', () => {
    const upload = { files: files('a.png', 'b.png', 'c.png'), captionFiles: files('a.txt', 'b.txt', 'c.txt', 'old.txt') };
    const verdicts = [
      refused('picture', 1, 'IMG_FETCH_FAILED'), refused('caption', 1, 'CAPTION_PICTURE_REFUSED'),
      added(2), refused('caption', 2, 'IMG_FETCH_FAILED'),
      refused('picture', 3, 'IMG_CORRUPT'), refused('caption', 3, 'IMG_FETCH_FAILED'),
      refused('caption', 4, 'IMG_STOPPED'),
    ];
    expect(filesToRetry(upload, verdicts)).toEqual({ pictures: [1], captions: [{ number: 1, imageId: null }, { number: 2, imageId: 'image-2' }, { number: 4, imageId: null }] });
  });
});

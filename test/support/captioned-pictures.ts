import type { Picture } from '../../sandbox/demo/player.js';
import { jpegPicture } from './pictures.js';

/** Captioned pictures that do not resemble each other, small enough to be taken in quickly. */
export function captionedPictures(count: number, firstSeed = 1): Promise<Picture[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const number = firstSeed + at;
      return { fileName: `tilda-${number}.jpg`, bytes: await jpegPicture({ seed: number }), contentType: 'image/jpeg', caption: `Tilda in scene ${number}` };
    }),
  );
}

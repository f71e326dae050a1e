import sharp from 'sharp';
import type { Scene } from './picture.js';
import { scenesByDay } from './scenes-by-day.js';
import { scenesByWeather } from './scenes-by-weather.js';
import { scenesFromFront } from './scenes-from-front.js';
import { document } from './svg.js';

export interface DemoPicture {
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly contentType: 'image/jpeg' | 'image/png' | 'image/webp';
  readonly caption: string;
}

/**
 * Draws the set that the demo trains on: one little red locomotive in twelve places, as JPEG, PNG and WebP.
 * Every call gives the same bytes. Needs a process in which sharp may still read SVG: the image workers may not.
 */
export async function drawPictures(): Promise<DemoPicture[]> {
  const pictures: DemoPicture[] = [];
  // One after the other: each already uses every core it is given.
  for (const scene of inPlayingOrder()) pictures.push(await paint(scene));
  return pictures;
}

/** The caption of a picture as the `.txt` file that travels beside it. */
export function captionFileOf({ fileName, caption }: DemoPicture): { fileName: string; bytes: Buffer; contentType: 'text/plain' } {
  return { fileName: `${fileName.slice(0, fileName.lastIndexOf('.'))}.txt`, bytes: Buffer.from(`${caption}\n`), contentType: 'text/plain' };
}

/** Neighbours differ in place, view and format. */
function inPlayingOrder(): Scene[] {
  const groups = [scenesByDay, scenesByWeather, scenesFromFront];
  const longest = Math.max(...groups.map((scenes) => scenes.length));
  return Array.from({ length: longest }, (_, index) => groups.flatMap((scenes) => scenes[index] ?? [])).flat();
}

async function paint({ fileName, caption, ...scene }: Scene): Promise<DemoPicture> {
  const picture = sharp(Buffer.from(document(scene.widthPx, scene.heightPx, scene.draw()))).flatten({ background: '#ffffff' });
  if (fileName.endsWith('.jpg')) return { fileName, caption, contentType: 'image/jpeg', bytes: await picture.jpeg({ quality: 90 }).toBuffer() };
  if (fileName.endsWith('.webp')) return { fileName, caption, contentType: 'image/webp', bytes: await picture.webp({ quality: 88, effort: 1 }).toBuffer() };
  return { fileName, caption, contentType: 'image/png', bytes: await picture.png({ compressionLevel: 6 }).toBuffer() };
}

import sharp from 'sharp';
import type { Picture } from '../sandbox/demo/player.js';

const WIDTH_PX = 640;
const HEIGHT_PX = 512;
const SENTENCE = 'a small red locomotive on a siding beside a timber yard, late light on the boiler, steam over the tender, ';

/** Pictures of noise, no two alike, each with a caption of exactly so many characters. */
export async function drawNoise(count: number, captionLength: number): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (let index = 1; index <= count; index += 1) {
    const image = sharp({ create: { width: WIDTH_PX, height: HEIGHT_PX, channels: 3, background: '#888888', noise: { type: 'gaussian', mean: 60 + index * 3, sigma: 40 } } });
    pictures.push({ fileName: `noise-${index}.jpg`, contentType: 'image/jpeg', bytes: await image.jpeg({ quality: 70 }).toBuffer(), caption: captionOf(index, captionLength) });
  }
  return pictures;
}

export function captionOf(index: number, length: number): string {
  const text = `picture ${index}: ${SENTENCE.repeat(Math.ceil(length / SENTENCE.length))}`.slice(0, length);
  // A caption is trimmed when it is taken in, and must not become shorter by it.
  return text.endsWith(' ') ? `${text.slice(0, -1)}.` : text;
}

import { beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { isPictureFormat, sniffFormat } from '../../../domain/image-formats.js';
import { differenceHash, hashDistance, laplacianVariance } from '../../../domain/image-likeness.js';
import { checkFormat, checkHeader, warningsOf } from '../../../domain/images.js';
import { captionFileOf, drawPictures } from '../../../sandbox/demo/pictures/draw-pictures.js';
import type { DemoPicture } from '../../../sandbox/demo/pictures/draw-pictures.js';

const FORMAT_OF = { 'image/jpeg': 'jpeg', 'image/png': 'png', 'image/webp': 'webp' } as const;
const EXTENSION_OF = { 'image/jpeg': '.jpg', 'image/png': '.png', 'image/webp': '.webp' } as const;

describe('the pictures of the demo', () => {
  let pictures: DemoPicture[] = [];
  let grey: { fileName: string; widthPx: number; heightPx: number; dHash: string; sharpness: number; brightness: number }[] = [];

  beforeAll(async () => {
    pictures = await drawPictures();
    grey = await Promise.all(pictures.map(look));
  });

  async function look({ fileName, bytes }: DemoPicture) {
    const { width: widthPx, height: heightPx } = await sharp(bytes).metadata();
    const thumbnail = sharp(bytes).resize(256, 256, { fit: 'inside' }).greyscale();
    const { data, info } = await thumbnail.raw().toBuffer({ resolveWithObject: true });
    const picture = { pixels: new Uint8Array(data), widthPx: info.width, heightPx: info.height };
    const { channels } = await sharp(bytes).stats();
    const brightness = channels.slice(0, 3).reduce((sum, channel) => sum + channel.mean, 0) / 3;
    return { fileName, widthPx, heightPx, dHash: differenceHash(picture), sharpness: laplacianVariance(picture), brightness };
  }

  it('holds no two pictures that look alike', () => {
    const alike = grey.flatMap((a, index) => grey.slice(index + 1).filter((b) => hashDistance(a.dHash, b.dHash) <= 10).map((b) => `${a.fileName} and ${b.fileName}`));
    expect(alike).toEqual([]);
  });

  it('gives no picture that intake would warn of', () => {
    expect(grey.map((picture) => [picture.fileName, warningsOf(picture, picture.sharpness)])).toEqual(grey.map(({ fileName }) => [fileName, []]));
  });

  it('gives no picture that intake would refuse', async () => {
    for (const { fileName, bytes } of pictures) {
      const { width, height, format, channels, space, depth, isProgressive } = await sharp(bytes).metadata();
      expect([fileName, checkFormat(sniffFormat(bytes)), checkHeader({ widthPx: width, heightPx: height, format, channels, space, depth, isProgressive })]).toEqual([fileName, null, null]);
    }
  });

  it('has at least 1024 px on each side, in several shapes', () => {
    expect(Math.min(...grey.flatMap(({ widthPx, heightPx }) => [widthPx, heightPx]))).toBeGreaterThanOrEqual(1024);
    expect(new Set(grey.map(({ widthPx, heightPx }) => `${widthPx}×${heightPx}`)).size).toBeGreaterThanOrEqual(4);
  });

  it('mixes JPEG, PNG and WebP, each named and declared as what it is', () => {
    for (const { fileName, bytes, contentType } of pictures) {
      expect([fileName, sniffFormat(bytes)]).toEqual([fileName, FORMAT_OF[contentType]]);
      expect(fileName.endsWith(EXTENSION_OF[contentType])).toBe(true);
    }
    const formats = pictures.map(({ bytes }) => sniffFormat(bytes)).filter(isPictureFormat);
    expect([...new Set(formats)].sort()).toEqual(['jpeg', 'png', 'webp']);
  });

  it('is drawn by day and by night', () => {
    const brightness = grey.map((picture) => picture.brightness);
    expect(Math.max(...brightness) - Math.min(...brightness)).toBeGreaterThan(80);
  });

  it('has twelve pictures under names of their own, each with one sentence about Tilda', () => {
    expect(new Set(pictures.map(({ fileName }) => fileName)).size).toBe(12);
    for (const { caption } of pictures) expect(caption).toMatch(/^[^.]*Tilda[^.]*\.$/);
  });

  it('is the same set each time', async () => {
    const again = await drawPictures();
    expect(again.map(({ fileName, bytes }) => `${fileName} ${bytes.toString('base64').slice(0, 400)} ${bytes.length}`)).toEqual(
      pictures.map(({ fileName, bytes }) => `${fileName} ${bytes.toString('base64').slice(0, 400)} ${bytes.length}`),
    );
  });

  it('gives a caption as the text file of the same base name', () => {
    const picture: DemoPicture = { fileName: 'tilda-snow.webp', bytes: Buffer.alloc(0), contentType: 'image/webp', caption: 'Tilda in the snow.' };
    expect(captionFileOf(picture)).toEqual({ fileName: 'tilda-snow.txt', bytes: Buffer.from('Tilda in the snow.\n'), contentType: 'text/plain' });
  });
});

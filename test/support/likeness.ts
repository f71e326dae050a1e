import sharp from 'sharp';

const SIDE_PX = 12;

async function thumbnail(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).resize(SIDE_PX, SIDE_PX, { fit: 'fill' }).removeAlpha().toColourspace('srgb').raw().toBuffer();
}

/** Which of these pictures one looks like, whatever size and format it has by now. */
export async function nearestPicture<Picture extends { readonly bytes: Uint8Array }>(bytes: Uint8Array, pictures: readonly Picture[]): Promise<Picture> {
  const wanted = await thumbnail(bytes);
  const distances = await Promise.all(pictures.map(async (picture) => ({ picture, distance: distance(wanted, await thumbnail(picture.bytes)) })));
  const [nearest] = distances.sort((a, b) => a.distance - b.distance);
  if (nearest === undefined) throw new Error('Expected pictures to compare with, got none.');
  return nearest.picture;
}

function distance(a: Buffer, b: Buffer): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0);
}

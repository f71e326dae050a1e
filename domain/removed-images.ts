import type { DatasetImage } from './datasets.js';

/** An image that was taken out of a dataset, kept for a while so that it can be put back with all it had. */
export interface RemovedImage {
  readonly image: DatasetImage;
  /** How many of the images that are there now stood before it. */
  readonly at: number;
  readonly removedAt: Date;
}

/** The last so many removals can be undone. */
export const REMOVALS_KEPT = 20;

interface Shelf {
  readonly images: readonly DatasetImage[];
  /** In the order in which they stood among the images. */
  readonly removed: readonly RemovedImage[];
}

/** Takes an image out; null when it is not there. Whatever else was removed keeps its place beside it. */
export function takeOut({ images, removed }: Shelf, imageId: string, removedAt: Date): Shelf | null {
  const at = images.findIndex((image) => image.imageId === imageId);
  const image = images[at];
  if (image === undefined) return null;
  const before = removed.filter((other) => other.at <= at);
  const after = removed.filter((other) => other.at > at).map((other) => ({ ...other, at: other.at - 1 }));
  return { images: images.filter((other) => other !== image), removed: withoutOldest([...before, { image, at, removedAt }, ...after]) };
}

/** Puts an image back where it stood, in whatever order removals are undone; null when it is not kept. */
export function putBack({ images, removed }: Shelf, imageId: string): Shelf | null {
  const place = removed.findIndex(({ image }) => image.imageId === imageId);
  const found = removed[place];
  if (found === undefined) return null;
  return {
    images: [...images.slice(0, found.at), found.image, ...images.slice(found.at)],
    removed: [...removed.slice(0, place), ...removed.slice(place + 1).map((other) => ({ ...other, at: other.at + 1 }))],
  };
}

function withoutOldest(removed: readonly RemovedImage[]): readonly RemovedImage[] {
  if (removed.length <= REMOVALS_KEPT) return removed;
  const oldest = removed.reduce((one, other) => (other.removedAt < one.removedAt ? other : one));
  return removed.filter((one) => one !== oldest);
}

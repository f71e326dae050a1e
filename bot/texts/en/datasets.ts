import type { ImageWarning } from '../../../domain/datasets.js';
import { plain, safe } from '../../views/safe.js';
import { count, counted, pointsText } from './words.js';

export interface Readiness {
  readonly images: number;
  readonly min: number;
  readonly max: number;
  readonly captionsMissing: number;
  readonly pricePoints: number;
  readonly isReady: boolean;
}

/** Datasets: the list, one of them, what is changed about it. */
export const datasets = {
  buttons: {
    create: 'New dataset',
    upload: 'Upload',
    captions: 'Captions',
    open: 'Open',
    view: 'View',
    start: 'Start',
    rename: 'Rename',
    remove: 'Delete',
    all: 'All datasets',
    undo: 'Undo',
    previousPage: 'Previous page',
    nextPage: 'Next page',
    previousImages: 'Previous images',
    nextImages: 'More images',
    removeForGood: 'Delete dataset',
    keep: 'Keep it',
  },

  title: '## Your datasets',
  none: 'You have none yet. A dataset is a named set of images that a model is trained on.',
  total: (amount: number): string => counted(amount, 'dataset'),
  totalOnPage: (amount: number, page: number, pages: number): string => `${counted(amount, 'dataset')} · page ${page} of ${pages}`,
  choose: 'Choose a dataset',
  listLine: (name: string, contents: string): string => `- **${safe(name, 40)}** · ${contents}`,
  contents: (images: number, captionsMissing: number): string => `${counted(images, 'image')}${captionsMissing === 0 ? '' : `, ${counted(captionsMissing, 'caption')} missing`}`,
  chosen: (name: string): string => `### ${safe(name, 40)}`,

  heading: (name: string): string => `## ${safe(name, 40)}`,
  triggerWord: (word: string): string => `Trigger word \`${plain(word)}\``,
  madeAt: (time: string): string => `Made ${time}`,
  readiness: ({ images, min, max, captionsMissing, pricePoints, isReady }: Readiness): string =>
    [
      `${count(images)} of ${count(min)}–${counted(max, 'image')}`,
      captionsMissing > 0 ? `${counted(captionsMissing, 'caption')} missing` : images === 0 ? null : 'no caption missing',
      pricePoints === 0 ? 'free' : `about ${pointsText(pricePoints)}`,
      isReady ? '**ready**' : null,
    ]
      .filter((part) => part !== null)
      .join(' · '),
  readinessOf: (recipeId: string, readiness: string): string => `- \`${plain(recipeId)}\`: ${readiness}`,
  empty: 'No images yet. Send up to ten at once with **Upload**; a `.txt` file of the same name is an image’s caption.',
  imageLine: (number: number, name: string, size: string, warnings: string, caption: string | null): string =>
    `${number}\\. **${safe(name, 50)}** · ${size}${warnings}\n${caption === null ? '*no caption*' : safe(caption, 90)}`,
  size: (widthPx: number, heightPx: number): string => `${count(widthPx)} × ${count(heightPx)}`,
  /** What stands for a picture where it cannot be seen. */
  alt: (number: number, name: string, caption: string | null): string => `Image ${number}, ${plain(name)}: ${caption === null ? 'no caption' : plain(caption)}`,
  /** What may spoil the training, in a few words. */
  warning: (warning: ImageWarning): string => {
    switch (warning.code) {
      case 'blurry':
        return 'looks blurry';
      case 'small':
        return `small (${warning.widthPx} × ${warning.heightPx})`;
      case 'extreme-ratio':
        return `very long or wide (${warning.widthPx} × ${warning.heightPx})`;
      case 'near-duplicate':
        return `looks almost like ${safe(warning.ofFileName, 50)}`;
    }
  },
  imageChoice: (number: number, name: string, hasCaption: boolean): string => `${number}. ${plain(name)}${hasCaption ? '' : ' · no caption'}`,
  datasetChoice: (name: string, contents: string): string => `${plain(name)} · ${contents}`,

  created: 'Your dataset is ready for images.',
  removed: (name: string): string => `${safe(name, 60)} is removed.`,
  restored: (name: string): string => `${safe(name, 60)} is back where it was.`,
  restoredAlready: (name: string): string => `${safe(name, 60)} is back already.`,
  notKept: 'That image was removed too long ago to be brought back. Send it again with **Upload**.',
  fullNow: (limit: number): string => `There is no room to bring it back: the dataset has ${counted(limit, 'image')}, which is the limit. Remove another one first.`,
  twinThere: (name: string): string => `The same picture is there again, as ${safe(name, 60)}; nothing had to be brought back.`,
  renamed: (name: string): string => `It is called ${safe(name, 40)} now.`,
  triggerChanged: (word: string, captions: number): string =>
    `The trigger word is \`${plain(word)}\` now${captions === 0 ? '' : `; ${counted(captions, 'caption')} that began with the old one ${captions === 1 ? 'begins' : 'begin'} with it`}.`,
  nothingChanged: 'It has this name and this trigger word already.',

  renameForm: {
    title: 'Rename dataset',
    name: 'Name',
    triggerWord: 'Trigger word',
    triggerWordHint: 'Calls the subject in prompts. One word that is no ordinary one',
  },

  deleteTitle: (name: string): string => `## Delete ${safe(name, 40)}?`,
  deleteWhat: (images: number): string => `Its ${counted(images, 'image')} and their captions go with it, and cannot be brought back. Models that were trained on it stay.`,
  deleted: (name: string): string => `**${safe(name, 40)} is deleted**, with all its images.`,
} as const;

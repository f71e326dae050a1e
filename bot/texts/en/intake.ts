import { CAPTION_MAX_LENGTH } from '../../../domain/datasets.js';
import type { ImageWarning } from '../../../domain/datasets.js';
import type { CaptionState } from '../../../domain/verdicts.js';
import { safe } from '../../views/safe.js';
import { count, counted } from './words.js';

/** Sending pictures, and what became of each. */
export const intake = {
  form: {
    title: 'Add images',
    pictures: 'Pictures',
    picturesHint: 'Up to 10: JPEG, PNG or WebP',
    captions: 'Captions as .txt files, if you have them',
    captionsHint: 'Up to 10: cat.txt is the caption of cat.jpg',
    prefix: 'Caption prefix',
    prefixHint: 'Put before every caption; alone where there is none',
    prefixExample: 'tyrdcats, photo of a cat',
  },
  newDataset: { title: 'New dataset', name: 'Name' },

  buttons: {
    captions: 'Captions',
    uploadMore: 'Upload more',
    start: 'Start',
    retry: 'Try the failed ones again',
    again: 'Try again',
  },

  added: (added: number, refused: number): string => `${counted(added, 'image')} added${refused === 0 ? '' : `, ${counted(refused, 'file')} not taken`}`,
  datasetGone: 'The dataset is not there any more.',
  dataset: (name: string, images: number, captionsMissing: number): string => {
    const captions = images === 0 ? '' : captionsMissing === 0 ? ', all with a caption' : `; ${counted(captionsMissing, 'caption')} missing`;
    return `${safe(name, 40)} has ${counted(images, 'image')}${captions}.`;
  },
  undecided: (files: number): string => `${counted(files, 'file is', 'files are')} still being checked.`,
  canBeRetried: (files: number): string =>
    `${counted(files, 'file')} failed for a reason that may pass: **Try the failed ones again** needs no new upload.`,

  /** What became of one file, after its name. */
  verdict: {
    added: 'added',
    storedAs: (name: string): string => `added as **${name}**`,
    warned: (warnings: readonly string[]): string => `, but it ${warnings.join(' and ')}`,
    captionOf: (name: string): string => `is the caption of ${name}`,
    captionReplaced: (name: string): string => `is the caption of ${name} now, in place of the one it had`,
    refused: (why: string): string => `not taken. ${why}`,
    systemFile: 'left out, it is no picture of yours but a file of your system',
    captionTrouble: {
      set: '',
      none: '',
      'refused-empty': '; its caption was empty: write one with **Captions**',
      'refused-too-long': `; its caption had more than ${count(CAPTION_MAX_LENGTH)} characters and was left out: write a shorter one with **Captions**`,
    } satisfies Record<CaptionState, string>,
  },
  /** What may spoil the training, as it goes on after "but it". */
  warning: (warning: ImageWarning): string => {
    switch (warning.code) {
      case 'blurry':
        return 'looks blurry';
      case 'small':
        return `is small (${warning.widthPx} × ${warning.heightPx})`;
      case 'extreme-ratio':
        return `is very long or wide (${warning.widthPx} × ${warning.heightPx})`;
      case 'near-duplicate':
        return `looks almost like ${safe(warning.ofFileName, 30)}`;
    }
  },
  /** What stands for the thumbnail where it cannot be seen. */
  thumbnail: (number: number, name: string): string => `Picture ${number}: ${name}`,

  message: {
    noImages: 'There are no pictures in this message. Use **Add images to dataset** on a message with pictures attached, or `/train upload`.',
    expired: 'This is too long ago: the files of that message are not remembered any more. Use **Add images to dataset** on it again.',
    choose: (pictures: number, captions: number): string =>
      `Where shall ${counted(pictures, 'picture')}${captions === 0 ? '' : ` and ${counted(captions, 'caption file')}`} go?`,
    select: 'Choose a dataset',
    none: 'You have no dataset yet.',
    contents: (images: number, captionsMissing: number): string => `${counted(images, 'image')}${captionsMissing === 0 ? '' : `, ${counted(captionsMissing, 'caption')} missing`}`,
    newDataset: 'New dataset',
    previous: 'Previous page',
    next: 'Next page',
  },

  retryExpired: 'This is more than a day ago: Discord does not keep the files that long. Send the failed ones again with **Upload more**.',
  nothingToRetry: 'Nothing is left to try again: every file that could be taken in is there.',
} as const;

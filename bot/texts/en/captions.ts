import { plain, safe } from '../../views/safe.js';
import { count, counted, listed } from './words.js';

/** The caption editor. */
export const captions = {
  buttons: {
    previous: 'Previous',
    next: 'Next',
    nextMissing: 'Next missing',
    edit: 'Edit',
    remove: 'Remove',
    undo: 'Undo',
    several: (images: number): string => `Caption ${count(images)} in one form`,
    triggerForAll: 'Put the trigger word in front of all',
    triggerForMissing: (missing: number): string => `Use the trigger word alone for the missing ${count(missing)}`,
    start: 'Start',
    upload: 'Upload',
    open: 'Open the dataset',
    captions: 'Captions',
  },

  heading: (name: string): string => `## Captions of ${safe(name, 40)}`,
  place: (number: number, of: number, name: string, size: string, warnings: string): string => `**Image ${number} of ${of}** · ${safe(name, 60)} · ${size}${warnings}`,
  missing: (missing: number, of: number, numbers: readonly number[]): string =>
    `${count(missing)} of ${count(of)} ${missing === 1 ? 'has' : 'have'} no caption: ${listed(numbers.map((number) => String(number)), 20)}`,
  complete: 'Every image has a caption.',
  triggerWord: (word: string): string => `-# Trigger word \`${plain(word)}\`: it is put in front of a caption for the training when it is not in there.`,
  caption: (caption: string): string => `> ${safe(caption, 1_400)}`,
  none: '> *no caption yet*',
  empty: 'There are no images to caption yet. Send some with **Upload**.',

  form: {
    titleOf: (name: string): string => `Captions of ${plain(name)}`,
    label: (number: number, name: string): string => `${number}. ${plain(name)}`,
    placeholder: 'What the picture shows',
  },

  saved: (amount: number): string => (amount === 1 ? 'The caption is saved.' : `${count(amount)} captions are saved.`),
  savedOf: (number: number, name: string): string => `The caption of image ${number}, ${safe(name, 60)}, is saved.`,
  unchanged: 'Nothing was changed.',
  gone: (names: readonly string[]): string =>
    `${listed(names.map((name) => safe(name, 40)), 5)} ${names.length === 1 ? 'is' : 'are'} not in the dataset any more.`,
  notSaved: 'What you wrote is in the file below.',
  goneHint: 'The image that was shown is not in the dataset any more.',
  triggered: (changed: number, already: number, tooLong: number): string =>
    [
      changed === 0 ? 'No caption had to be changed.' : `The trigger word is in front of ${counted(changed, 'caption')} now.`,
      already === 0 ? null : `${counted(already, 'caption')} had it already.`,
      tooLong === 0 ? null : `${counted(tooLong, 'caption')} would be too long with it and ${tooLong === 1 ? 'stays' : 'stay'} as written.`,
    ]
      .filter((part) => part !== null)
      .join(' '),
  filled: (amount: number, word: string): string =>
    amount === 0 ? 'No caption is missing.' : `\`${plain(word)}\` alone is the caption of ${counted(amount, 'image')} now.`,
  /** The name of the file with texts that could not be saved. */
  leftOverFile: 'captions-not-saved.txt',
} as const;

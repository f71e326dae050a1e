import { CAPTION_MAX_LENGTH, NAME_MAX_LENGTH, TRIGGER_WORD_MAX_LENGTH } from '../../../domain/datasets.js';
import { count } from './words.js';

const DATASET = 'The dataset: choose it by name';
const MODEL = 'The model: choose it by name';
const IMAGE = 'The image: choose it by number or name';

/**
 * What people read in the command picker, at most 100 characters each: by command, subcommand and option, `= value` for what
 * an option offers. A message command stands under its English name.
 */
export const commands = {
  'Add images to dataset': 'Add images to dataset',

  train: 'Train models on your own images',
  'train create': 'Make a new dataset',
  'train create name': `What to call it, up to ${NAME_MAX_LENGTH} characters`,
  'train list': 'Your datasets',
  'train view': 'What is in a dataset',
  'train view id': DATASET,
  'train upload': 'Add images: one here, or without an image a form for ten at once',
  'train upload id': DATASET,
  'train upload image': 'One image; leave it out for the form',
  'train upload caption': 'What the image shows',
  'train caption': 'Say what an image shows; without a text the caption editor',
  'train caption id': DATASET,
  'train caption image': IMAGE,
  'train caption text': `What the image shows, up to ${count(CAPTION_MAX_LENGTH)} characters`,
  'train remove': 'Take an image out of a dataset',
  'train remove id': DATASET,
  'train remove image': IMAGE,
  'train rename': 'Change the name or the trigger word of a dataset; without either a form',
  'train rename id': DATASET,
  'train rename name': `The new name, up to ${NAME_MAX_LENGTH} characters`,
  'train rename trigger': `The new trigger word, one word of up to ${TRIGGER_WORD_MAX_LENGTH} characters`,
  'train delete': 'Delete a dataset with all its images',
  'train delete id': DATASET,
  'train retry': 'Start a training that failed again: shows the price first',
  'train retry id': 'The training: choose it from the list; without it the latest that failed',
  'train start': 'Train a model on a dataset: shows the price first',
  'train start id': DATASET,
  'train start recipe': 'What to train; without it yours of /settings, or the first one that fits',
  'train start epochs': 'Instead of steps: how often each image is looked at',
  'train start trigger_word': 'The word the model answers to; without it the dataset’s own',
  'train start steps': 'How many training steps',
  'train start learning_rate': 'How strongly each step changes the model',
  'train start rank': 'How much the model can hold; higher makes larger files',
  'train start resolution': 'Longest side of the training images, in pixels',
  'train start card': 'Where to show the training live; without it as in your /settings',
  'train start card = dm': 'In my direct messages',
  'train start card = here': 'Here, where everybody sees it',
  'train status': 'How your trainings are doing',
  'train status id': DATASET,
  'train cancel': 'Stop a training: shows what it costs first',
  'train cancel id': DATASET,

  models: 'Your trained models',
  'models list': 'All models you have trained',
  'models view': 'How to use a model, and where it came from',
  'models view id': MODEL,
  'models download': 'A fresh link to the file of a model',
  'models download id': MODEL,
  'models rename': 'Give a model another name',
  'models rename id': MODEL,
  'models rename name': `What to call it, up to ${NAME_MAX_LENGTH} characters`,
  'models delete': 'Delete a model with its file',
  'models delete id': MODEL,

  settings: 'How the yard reaches you, and what it offers first',
  'settings ping': 'Whether the news of an end mentions you',
  'settings card': 'Where live cards go',
  'settings card = dm': 'In my direct messages',
  'settings card = here': 'In the channel where I start, where everybody sees them',
  'settings recipe': 'The recipe that is offered first',

  points: 'Your points',
  'points balance': 'How many points you have',
  'points history': 'What happened to your points',
  'points grant': 'For operators: give points to somebody',
  'points grant user': 'Who gets them',
  'points grant points': 'How many',
  'points grant reason': 'Why; whoever gets them can read it',
} as const;

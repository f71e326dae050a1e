import type { RunSettings, SettingProblem } from '../../../domain/recipes.js';
import type { Refusal, RefusalCode } from '../../../domain/refusals.js';
import type { EndStatus } from '../../../domain/runs.js';
import { safe } from '../../views/safe.js';
import { count, counted, listed, pointsText } from './words.js';

/** What happened, what to do about it, and what became of the points. */
export interface Sentence {
  readonly what: string;
  readonly hint: string;
  /** Null where points have nothing to do with it. */
  readonly points: string | null;
}

/** What the operator says about points, when there is something to say. */
export interface Help {
  readonly pointsHelp: string | undefined;
}

type Texts = { readonly [Code in RefusalCode]: (refusal: Extract<Refusal, { code: Code }>, help: Help) => Sentence };

const END_STATUSES: readonly string[] = ['succeeded', 'failed', 'cancelled', 'refused'] satisfies EndStatus[];

const NOTHING_TAKEN = 'No points were taken.';
const NEW_OFFER = 'A new offer shows what it is now, here or with `/train start`.';

const SETTING_WORDS: Readonly<Record<keyof RunSettings, string>> = {
  steps: 'steps',
  learningRate: 'learning_rate',
  rank: 'rank',
  resolutionPx: 'resolution',
};

const NAME_FAULTS = { empty: 'is empty', characters: 'has line breaks or characters that cannot be seen' } as const;

const NAME_HINTS = {
  empty: 'Give it a name of at least one letter or digit.',
  'too-long': 'Choose a shorter name.',
  characters: 'Leave them out.',
} as const;

/** Every refusal in words; a new code does not compile until it has its sentence. */
const REFUSALS: Texts = {
  'dataset-not-found': () => said('This is not one of your datasets.', 'Look at `/train list` for yours.'),
  'run-not-found': () => said('This is not one of your trainings.', 'Look at `/train status` for yours.'),
  'image-not-found': () => said('There is no such image in this dataset.', 'Choose one from the list while you type, by number or name.'),
  'name-invalid': ({ problem, length, maxLength }) =>
    said(
      problem === 'too-long' ? `A name has at most ${maxLength} characters; this one has ${count(length)}.` : `This name cannot be used: it ${NAME_FAULTS[problem]}.`,
      NAME_HINTS[problem],
    ),
  'name-taken': ({ name }) => said(`You have a dataset called ${safe(name)} already.`, 'Choose another name; capitals do not tell two names apart.'),
  'trigger-word-invalid': ({ problem, length, minLength, maxLength }) =>
    said(
      problem === 'characters'
        ? 'A trigger word is one word: letters, digits, `-` and `_`.'
        : `A trigger word has ${minLength} to ${maxLength} characters; this one has ${count(length)}.`,
      'Choose one that is no ordinary word, such as `tyrdcats`.',
    ),
  'too-many-datasets': ({ limit }) => said(`You have ${counted(limit, 'dataset')}, which is the limit.`, 'Remove one with `/train delete` first.'),
  'caption-invalid': ({ problem, length, maxLength }) =>
    problem === 'empty'
      ? said('The caption is empty.', 'Say in a few words what the image shows.')
      : said(`The caption has ${count(length)} characters; ${count(maxLength)} is the limit.`, 'Shorten it and send it again.'),
  'dataset-busy': () => said('This dataset is being trained just now.', 'Wait until the training has ended, or cancel it with `/train cancel`.'),
  'recipe-unknown': ({ recipeId, known }) => unpaid(`There is no recipe called ${safe(recipeId)}.`, `Known recipes: ${listed(known.map((id) => safe(id)))}.`),
  'settings-invalid': ({ problems }) => unpaid(problems.map(problemWords).join('\n'), `Start again with other settings.${ownWords(problems)}`),
  'image-count': ({ recipeId, min, max, found }) =>
    unpaid(
      `Recipe ${safe(recipeId)} trains on ${min} to ${max} images; this dataset has ${found}.`,
      found < min ? `Add ${min - found} more with \`/train upload\`.` : `Remove ${found - max} with \`/train remove\`, or choose another recipe.`,
    ),
  'captions-missing': ({ fileNames }) =>
    unpaid(
      `${counted(fileNames.length, 'image has', 'images have')} no caption: ${listed(fileNames.map((name) => safe(name, 60)))}.`,
      'Write them with `/train caption`, or let the trigger word alone be the caption of each.',
    ),
  'images-unfit': ({ images }) =>
    unpaid(
      `${counted(images.length, 'image')} cannot be trained: ${listed(images.map(({ fileName, problem }) => `${safe(fileName, 60)} (${safe(problem, 120)})`))}.`,
      'Remove or replace them and start again.',
    ),
  'quote-expired': () => unpaid('This offer has expired.', NEW_OFFER),
  'dataset-changed': () => unpaid('The dataset has changed since this offer was made.', NEW_OFFER),
  'price-changed': ({ shownPoints, pricePoints }) => unpaid(`The price has changed from ${pointsText(shownPoints)} to ${pointsText(pricePoints)}.`, NEW_OFFER),
  'already-running': () => unpaid('This dataset is being trained already.', 'Look at that training; start again when it has ended.'),
  'too-many-runs': ({ limit }) => unpaid(`You have ${counted(limit, 'training')} under way, which is the limit.`, 'Start this one when one of them has ended.'),
  'not-enough-points': ({ neededPoints, availablePoints }, { pointsHelp }) =>
    unpaid(
      `This costs ${pointsText(neededPoints)}; you have ${pointsText(availablePoints)} to spend.`,
      pointsHelp ?? 'Fewer steps or images cost less. Points come back when a training fails; an operator can grant more.',
    ),
  'run-settled': () => ({ what: 'This training has been settled already and is not started a second time.', hint: NEW_OFFER, points: 'No further points were taken.' }),
  'nothing-to-retry': () => said('None of your trainings has failed.', 'Start one with `/train start`, or train a finished one again from its card.'),
  'too-late': ({ status }) =>
    END_STATUSES.includes(status)
      ? { what: 'It is too late to cancel: the training has ended.', hint: 'Look at `/train status` for how it ended.', points: 'Its points stay as they were settled.' }
      : { what: 'It is too late to cancel: the training is done or ending just now.', hint: 'A message tells when it has ended, and how.', points: 'Its points are settled then.' },
  'operators-only': () => said('Only the operators of this yard can do that.', 'Ask one of them.'),
  'model-not-found': () => said('This is not one of your models.', 'Look at `/models list` for yours.'),
  'model-deleted': ({ name }) => said(`You deleted the model ${safe(name)}; its file is gone.`, 'Train it again with `/train start`; `/models list` shows what you have.'),
  'model-name-taken': ({ name }) => said(`You have a model called ${safe(name)} already.`, 'Choose another name; capitals do not tell two names apart.'),
  'reason-missing': () => said('A grant needs a reason.', 'Say in a few words why; whoever gets the points can read it.'),
};

/** A refusal that points have nothing to do with. */
function said(what: string, hint: string): Sentence {
  return { what, hint, points: null };
}

/** A training that is not started, and so costs nothing. */
function unpaid(what: string, hint: string): Sentence {
  return { what, hint, points: NOTHING_TAKEN };
}

function problemWords(problem: SettingProblem): string {
  switch (problem.kind) {
    case 'steps-and-epochs':
      return 'You gave `steps` and `epochs`; only one of them can say how long to train.';
    case 'trigger-word':
      return REFUSALS['trigger-word-invalid'](problem.refusal, { pointsHelp: undefined }).what;
    case 'bounds':
    case 'unreadable': {
      const { name, rule } = problem;
      const kind = rule.integer ? 'a whole number' : 'a number';
      const asked = problem.kind === 'unreadable' ? safe(problem.typed, 40) : problem.typed === undefined ? String(problem.value) : `${safe(problem.typed, 40)}, which is ${counted(problem.value, 'step')} here`;
      return `\`${SETTING_WORDS[name]}\` must be ${kind} from ${rule.min} to ${rule.max}; you asked for ${asked}.`;
    }
  }
}

function ownWords(problems: readonly SettingProblem[]): string {
  const own = problems.flatMap((problem) => ('rule' in problem ? [`\`${SETTING_WORDS[problem.name]}\` ${problem.rule.default}`] : []));
  return own.length === 0 ? '' : ` The recipe’s own are ${own.join(', ')}.`;
}

export function refusalSentence(refusal: Refusal, help: Help): Sentence {
  // The entry under a code takes the refusal of that code, which TypeScript cannot follow through an index.
  const write = REFUSALS[refusal.code] as (refusal: Refusal, help: Help) => Sentence;
  return write(refusal, help);
}

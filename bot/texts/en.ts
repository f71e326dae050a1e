import type { RunStatus } from '../../domain/runs.js';
import { captions } from './en/captions.js';
import { commands } from './en/commands.js';
import { datasets } from './en/datasets.js';
import { failureSentence } from './en/failures.js';
import { models } from './en/models.js';
import { points } from './en/points.js';
import { refusalSentence } from './en/refusals.js';
import { intake } from './en/intake.js';
import { runTexts } from './en/runs.js';
import { settingsTexts } from './en/settings.js';
import { startTexts } from './en/start.js';
import { troubleTexts } from './en/troubles.js';
import { problemSentence } from './en/verdicts.js';
import { count, durationText, listed, pointsText, sizeText } from './en/words.js';

/** Everything users read in English; what is long has a file of its own in `en/`. */
export const en = {
  refusal: refusalSentence,
  failure: failureSentence,
  fileProblem: problemSentence,
  commands,
  datasets,
  captions,
  intake,
  models,
  points,
  runs: runTexts,
  settings: settingsTexts,
  start: startTexts,
  troubles: troubleTexts,
  words: { count, points: pointsText, size: sizeText, duration: durationText, listed },

  status: {
    checking: 'Checking the images',
    queued: 'Waiting for a free node',
    staging: 'Preparing the training',
    training: 'Training',
    collecting: 'Checking the trained model',
    ending: 'Ending',
    succeeded: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
    refused: 'Not started',
  } satisfies Record<RunStatus, string>,

  unavailable: {
    database: 'The yard’s database cannot be reached just now; nothing was changed. Try again in a minute.',
    databaseSilent: 'The yard’s database does not answer just now. Look whether it was done before you try again in a minute.',
    temporal: 'The yard’s run service cannot be reached just now; nothing was changed. Try again in a minute.',
    tooSlow: 'The yard took too long to answer. Look whether it was done before you try again in a minute.',
  },
  notConfirmed: 'Not confirmed: the yard did not answer in time. Press again; it cannot start twice.',
  cancelNotConfirmed: 'Not confirmed: the yard did not answer in time. Press again; it cannot be cancelled twice.',
  alreadyStarted: 'This offer was accepted already. Look at `/train status`.',
  otherVersion: 'This button is from an older version of the bot. Use `/train status` or `/train list`.',
  unknown: 'This is not known here. Use one of the commands that begin with `/train` or `/points`.',
  malformed: 'This button is damaged. Use `/train status` or `/train list`.',
  internal: (reference: string): string =>
    `Something went wrong here. Nothing more was done. If it happens again, give an operator this reference: \`${reference}\`.`,
} as const;

import type { Failure, FailureType } from '../../../domain/failures.js';
import { safe } from '../../views/safe.js';
import type { Sentence } from './refusals.js';
import { counted, durationText } from './words.js';

type Told = Omit<Sentence, 'points'>;
type Texts = { readonly [Type in FailureType]: (failure: Extract<Failure, { type: Type }>) => Told };

const START_AGAIN = 'Start it again with `/train start`; the dataset is unchanged.';
const TELL_OPERATOR = 'Tell an operator of this yard; starting again will not help before that.';

/** Every failure in words; a new type does not compile until it has its sentence. */
const FAILURES: Texts = {
  JobLost: ({ nodeId, attempts }) => ({ what: `Node ${safe(nodeId)} lost the training (${counted(attempts, 'attempt')}).`, hint: START_AGAIN }),
  ForeignInterrupt: ({ nodeId, attempts }) => ({
    what: `Somebody stopped the training on node ${safe(nodeId)} itself (${counted(attempts, 'attempt')}).`,
    hint: START_AGAIN,
  }),
  NodeGone: ({ nodeId, attempts }) => ({ what: `Node ${safe(nodeId)} went away in the middle (${counted(attempts, 'attempt')}).`, hint: START_AGAIN }),
  Stalled: ({ nodeId, silentMs, attempts }) => ({
    what: `The training on node ${safe(nodeId)} made no progress for ${durationText(silentMs)} (${counted(attempts, 'attempt')}).`,
    hint: START_AGAIN,
  }),
  OutOfMemory: ({ nodeId, setting }) => ({
    what: `Node ${safe(nodeId)} has too little memory for these settings.`,
    hint: `Start it again with a lower \`${setting}\`.`,
  }),
  NodeError: ({ nodeId, nodeType, exceptionType }) => ({
    what: `Node ${safe(nodeId)} stopped with an error in its step ${safe(nodeType, 80)} (${safe(exceptionType, 80)}).`,
    hint: `Start it again; if it fails in the same way, tell an operator of this yard.`,
  }),
  GraphRefused: ({ nodeId, problem }) => ({ what: `Node ${safe(nodeId)} does not accept this recipe: ${safe(problem)}.`, hint: TELL_OPERATOR }),
  ArtifactMissing: ({ nodeId, attempts }) => ({
    what: `Node ${safe(nodeId)} said it was done, but there is no model file (${counted(attempts, 'attempt')}).`,
    hint: START_AGAIN,
  }),
  ArtifactCorrupt: ({ nodeId, attempts, problem }) => ({
    what: `The model file from node ${safe(nodeId)} is damaged: ${safe(problem)} (${counted(attempts, 'attempt')}).`,
    hint: START_AGAIN,
  }),
  ArtifactWithoutEffect: ({ problem }) => ({
    what: problem === 'all-zero' ? 'The trained model has no effect: all its weights are zero.' : 'The trained model is broken: its weights are not numbers.',
    hint: 'Start it again with a lower `learning_rate`, and check that the images are not all alike.',
  }),
  TrainingTooLong: ({ limitMs }) => ({ what: `The training was not done after ${durationText(limitMs)}, which is the limit.`, hint: 'Start it again with fewer `steps`.' }),
  QueueTooLong: ({ limitMs }) => ({ what: `No node became free for ${durationText(limitMs)}.`, hint: 'Start it again later, or ask an operator about the nodes.' }),
  LedgerUnavailable: () => ({ what: 'The points could not be set aside.', hint: 'Start it again in some minutes.' }),
  Terminated: () => ({ what: 'An operator ended the training by force.', hint: 'Ask them why, or start it again.' }),
  Internal: ({ reference }) => ({
    what: 'Something went wrong inside the yard.',
    hint: `Start it again; if it fails in the same way, give an operator this reference: \`${safe(reference.slice(0, 8))}\`.`,
  }),
};

/** What failed and what to do; the points story depends on what was returned and is told beside it. */
export function failureSentence(failure: Failure): Told {
  // The entry under a type takes the failure of that type, which TypeScript cannot follow through an index.
  const write = FAILURES[failure.type] as (failure: Failure) => Told;
  return write(failure);
}

import type { Failure, FailureType } from '../../domain/failures.js';
import type { Refusal, RefusalCode } from '../../domain/refusals.js';

const rule = { min: 100, max: 5_000, default: 1_500, integer: true };
const LONG = 'a very long name_with *everything* in it, @everyone and <@123> '.repeat(4);

/** One refusal of each code, with values as bad as they come. */
export const REFUSALS: { readonly [Code in RefusalCode]: Extract<Refusal, { code: Code }> } = {
  'dataset-not-found': { code: 'dataset-not-found' },
  'run-not-found': { code: 'run-not-found' },
  'image-not-found': { code: 'image-not-found' },
  'name-invalid': { code: 'name-invalid', problem: 'too-long', length: 41, maxLength: 40 },
  'name-taken': { code: 'name-taken', name: LONG },
  'trigger-word-invalid': { code: 'trigger-word-invalid', problem: 'too-long', length: 33, minLength: 2, maxLength: 32 },
  'too-many-datasets': { code: 'too-many-datasets', limit: 100 },
  'caption-invalid': { code: 'caption-invalid', problem: 'too-long', length: 4_001, maxLength: 4_000 },
  'dataset-busy': { code: 'dataset-busy', runId: 'r' },
  'recipe-unknown': { code: 'recipe-unknown', recipeId: LONG, known: ['sd15-lora', 'sdxl-lora'] },
  'settings-invalid': {
    code: 'settings-invalid',
    problems: [
      ...(['steps', 'learningRate', 'rank', 'resolutionPx'] as const).map((name) => ({ kind: 'bounds', name, value: 1e9, rule }) as const),
      { kind: 'unreadable', name: 'steps', typed: LONG, rule },
      { kind: 'steps-and-epochs' },
      { kind: 'trigger-word', refusal: { code: 'trigger-word-invalid', problem: 'characters', length: 33, minLength: 2, maxLength: 32 } },
    ],
  },
  'image-count': { code: 'image-count', recipeId: 'sd15-lora', min: 4, max: 20, found: 21 },
  'captions-missing': { code: 'captions-missing', fileNames: Array.from({ length: 100 }, () => LONG) },
  'images-unfit': { code: 'images-unfit', images: Array.from({ length: 100 }, () => ({ fileName: LONG, problem: LONG })) },
  'quote-expired': { code: 'quote-expired' },
  'dataset-changed': { code: 'dataset-changed' },
  'price-changed': { code: 'price-changed', shownPoints: 1_900, pricePoints: 2_100 },
  'already-running': { code: 'already-running', runId: 'r' },
  'too-many-runs': { code: 'too-many-runs', limit: 2 },
  'not-enough-points': { code: 'not-enough-points', neededPoints: 1_900, availablePoints: 12 },
  'run-settled': { code: 'run-settled' },
  'nothing-to-retry': { code: 'nothing-to-retry' },
  'too-late': { code: 'too-late', status: 'succeeded' },
  'operators-only': { code: 'operators-only' },
  'model-not-found': { code: 'model-not-found' },
  'model-deleted': { code: 'model-deleted', name: LONG },
  'model-name-taken': { code: 'model-name-taken', name: LONG },
  'reason-missing': { code: 'reason-missing' },
};

/** One failure of each type, with values as bad as they come. */
export const FAILURES: { readonly [Type in FailureType]: Extract<Failure, { type: Type }> } = {
  JobLost: { type: 'JobLost', nodeId: LONG, attempts: 3 },
  ForeignInterrupt: { type: 'ForeignInterrupt', nodeId: 'shed', attempts: 3 },
  NodeGone: { type: 'NodeGone', nodeId: 'shed', attempts: 3 },
  Stalled: { type: 'Stalled', nodeId: 'shed', attempts: 3, silentMs: 900_000 },
  OutOfMemory: { type: 'OutOfMemory', nodeId: 'shed', setting: 'rank' },
  NodeError: { type: 'NodeError', nodeId: 'shed', nodeType: LONG, exceptionType: LONG },
  GraphRefused: { type: 'GraphRefused', nodeId: 'shed', problem: LONG },
  ArtifactMissing: { type: 'ArtifactMissing', nodeId: 'shed', attempts: 3 },
  ArtifactCorrupt: { type: 'ArtifactCorrupt', nodeId: 'shed', attempts: 3, problem: LONG },
  ArtifactWithoutEffect: { type: 'ArtifactWithoutEffect', nodeId: 'shed', problem: 'all-zero' },
  TrainingTooLong: { type: 'TrainingTooLong', nodeId: 'shed', limitMs: 43_200_000 },
  QueueTooLong: { type: 'QueueTooLong', limitMs: 604_800_000 },
  LedgerUnavailable: { type: 'LedgerUnavailable' },
  Terminated: { type: 'Terminated' },
  Internal: { type: 'Internal', reference: LONG },
};

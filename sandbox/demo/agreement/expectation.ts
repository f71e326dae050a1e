import type { FailureType } from '../../../domain/failures.js';
import type { RefusalCode } from '../../../domain/refusals.js';
import type { CancelledBy } from '../../../domain/runs.js';

/** How a run should have ended; every place that knows of the run is held against it. */
export type ExpectedEnd =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly holdAsked: boolean }
  | { readonly kind: 'failed'; readonly type: FailureType }
  | { readonly kind: 'cancelled'; readonly by: CancelledBy; readonly charge: 'none' | 'part' | 'all' };

export interface Expectation {
  readonly end: ExpectedEnd;
  readonly attempts: number;
  /** How often a node began to train for the run. */
  readonly trainings: number;
}

/** One place that tells another story than the rest. */
export interface Disagreement {
  readonly place: 'ledger' | 'run row' | 'workflow' | 'card' | 'notice' | 'nodes';
  readonly found: string;
}

export const PLACES = ['ledger', 'run row', 'workflow', 'card', 'notice', 'nodes'] as const satisfies readonly Disagreement['place'][];

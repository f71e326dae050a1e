import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { CancelledBy } from '../../domain/runs.js';

/** Starts a run. References only: everything else is read where it is used. */
export interface RunRequest {
  readonly runId: string;
  readonly quoteId: string;
  /** The press that started it; the run answers it. */
  readonly interactionId: string;
}

export interface CancelRequest {
  readonly by: CancelledBy;
  /** The figure on the owner's confirm screen: it binds for two minutes and for the attempt it was shown for. */
  readonly shown?: { readonly points: number; readonly attempt: number; readonly at: number };
}

/** `confirm-again`: the figure shown is too old or of another attempt; nothing was cancelled. */
export type CancelAnswer = { readonly kind: 'accepted' } | { readonly kind: 'confirm-again' };

/** Cancels a run. Rejected with `TooLate` once the training is finished. Repeating it is harmless. */
export const cancelRunUpdate = defineUpdate<CancelAnswer, [CancelRequest]>('cancelRun');

export interface RunView {
  readonly phase: string;
  readonly attempt: number;
  readonly nodeId: string | null;
  readonly promptId: string | null;
  readonly cancelRequestedBy: CancelledBy | null;
}

export const getRunQuery = defineQuery<RunView>('getRun');

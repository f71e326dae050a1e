import type { AccountId } from './accounts.js';
import type { Failure } from './failures.js';
import type { Refusal } from './refusals.js';
import type { RunSettings } from './recipes.js';

/** Where a run stands. The last four are its ends; a run with one of them is never opened again. */
export type RunStatus =
  | 'checking'
  | 'queued'
  | 'staging'
  | 'training'
  | 'collecting'
  | 'ending'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'refused';

export type EndStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled' | 'refused'>;

export function isEndStatus(status: RunStatus): status is EndStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'refused';
}

/** Which attempt trains a run now, and where. `activityAttempt` grows with each try to submit it. */
export interface Claim {
  readonly attempt: number;
  readonly nodeId: string;
  readonly promptId: string;
  readonly activityAttempt: number;
}

export interface Progress {
  readonly phase: 'waiting' | 'preparing' | 'training' | 'saving';
  readonly step: number;
  readonly totalSteps: number;
}

/** The proven file of a succeeded training. */
export interface Artifact {
  /** SHA-256 of the file as it is stored, with our metadata in its header. */
  readonly sha256: string;
  /** SHA-256 of the bytes as the node gave them. */
  readonly sha256AsFetched: string;
  readonly sizeBytes: number;
  readonly tensors: number;
  readonly fileName: string;
}

/** Who ended a run before its time. `owner` pays for the steps done; everybody else's cancel gives all points back. */
export type CancelledBy = 'owner' | 'operator';

/** How a run ended, with what became of its points. */
export type RunEnd =
  | { readonly kind: 'succeeded'; readonly capturedPoints: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly releasedPoints: number }
  | { readonly kind: 'cancelled'; readonly by: CancelledBy; readonly capturedPoints: number; readonly releasedPoints: number };

/** One picture of a run, frozen at its start. `trainingSha256` is set once the checked, shrunk file is stored. */
export interface FrozenImage {
  readonly imageId: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly caption: string;
  readonly trainingSha256: string | null;
}

/** Where a run's card goes: the channel of the command, or the owner's direct messages. */
export type CardPlace = { readonly where: 'here'; readonly channelId: string } | { readonly where: 'dm' };

/** What a confirm screen offered; the run is opened from it, and only while it still holds. */
export interface Quote {
  readonly quoteId: string;
  readonly runId: string;
  readonly accountId: AccountId;
  readonly datasetId: string;
  readonly datasetRevision: number;
  readonly recipeId: string;
  readonly settings: RunSettings;
  /** The word the model learns to answer to: the dataset's, unless another was wished. */
  readonly triggerWord: string;
  readonly pricePoints: number;
  readonly imageCount: number;
  /** The language of whoever was offered it; the card and the notice speak it too. */
  readonly locale: string;
  readonly cardPlace: CardPlace;
  readonly expiresAt: Date;
}

export const MAX_ATTEMPTS = 3;

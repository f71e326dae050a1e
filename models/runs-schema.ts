import { Schema } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import type { Failure } from '../domain/failures.js';
import type { RunSettings } from '../domain/recipes.js';
import type { Artifact, CancelledBy, CardPlace, Claim, FrozenImage, Progress, RunEnd, RunStatus } from '../domain/runs.js';

/** One message of ours. */
export interface CardMessage {
  readonly channelId: string;
  readonly messageId: string;
}

export interface Card extends CardMessage {
  /** Whether others than the owner read it: their points stay out of it. */
  readonly isPublic?: boolean;
  /** The move (`cardMove` of the row) that brought it here; none is the first. */
  readonly move?: number;
  /** Hash of the body it shows, so that a new process need not send the same again. */
  readonly shows?: string;
  /** The row revision that the message shows; the card is finished when it equals the ended row's. */
  readonly renderedRevision: number;
  /** The message or its channel is gone: nothing more is edited. */
  readonly lost: boolean;
}

/** One row a run: what it trains, who trains it now, how far it is, how it ended and who still has to hear of it. */
export interface RunRow {
  readonly runId: string;
  readonly accountId: AccountId;
  readonly datasetId: string;
  readonly datasetName: string;
  readonly triggerWord: string;
  readonly datasetRevision: number;
  readonly images: readonly FrozenImage[];
  readonly recipeId: string;
  readonly queue: string;
  readonly settings: RunSettings;
  readonly pricePoints: number;
  /** The Temporal namespace (its id, not its name) that runs the workflow: another one may not judge this row. */
  readonly namespaceId: string;
  readonly open: boolean;
  /** Which of the account's places for open runs it takes; null once it is closed. */
  readonly slot: number | null;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly attemptStartedAt: Date;
  /** Why the attempt before this one ended. */
  readonly lastFailure: Failure | null;
  readonly claim: Claim | null;
  readonly progress: Progress | null;
  /** When the progress last changed. */
  readonly progressAt: Date | null;
  /** Rates are measured from here: when a step of the current attempt was seen first, and after the warm-up when the first warm one was. */
  readonly firstStepAt: Date | null;
  /** The step that was seen then: on a fast node it is not number 1. */
  readonly firstStep: number | null;
  /** Who asked for the cancel that is under way. */
  readonly cancelling: CancelledBy | null;
  readonly artifact: Artifact | null;
  readonly end: RunEnd | null;
  readonly notice: 'none' | 'pending' | 'delivered';
  readonly interactionId: string;
  readonly locale: string;
  /** Where the card is wished; it is there once `card.move` equals `cardMove`. */
  readonly cardPlace: CardPlace;
  /** How often the card was wished elsewhere. */
  readonly cardMove: number;
  readonly card: Card | null;
  /** Messages that were the card before and are still to be taken away. */
  readonly retiredCards: readonly CardMessage[];
  /** When somebody last asked for a card that is up to date. */
  readonly cardAskedAt: Date | null;
  /** Grows with each change that a card can show. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export type RunDocument = Omit<RunRow, 'runId'> & { _id: string };

const mixed = { type: Schema.Types.Mixed, default: null } as const;

export const runSchema = new Schema<RunDocument>(
  {
    _id: { type: String, required: true },
    accountId: { type: String, required: true },
    datasetId: { type: String, required: true },
    datasetName: { type: String, required: true },
    triggerWord: { type: String, required: true },
    datasetRevision: { type: Number, required: true },
    images: { type: [Schema.Types.Mixed], required: true } as never,
    recipeId: { type: String, required: true },
    queue: { type: String, required: true },
    settings: { type: Schema.Types.Mixed, required: true } as never,
    pricePoints: { type: Number, required: true },
    namespaceId: { type: String, required: true },
    open: { type: Boolean, required: true },
    slot: { type: Number, default: null },
    status: { type: String, required: true },
    attempt: { type: Number, required: true },
    attemptStartedAt: { type: Date, required: true },
    lastFailure: mixed as never,
    claim: mixed as never,
    progress: mixed as never,
    progressAt: { type: Date, default: null },
    firstStepAt: { type: Date, default: null },
    firstStep: { type: Number, default: null },
    cancelling: { type: String, default: null },
    artifact: mixed as never,
    end: mixed as never,
    notice: { type: String, required: true },
    interactionId: { type: String, required: true },
    locale: { type: String, required: true },
    cardPlace: { type: Schema.Types.Mixed, required: true } as never,
    cardMove: { type: Number, default: 0 },
    card: mixed as never,
    retiredCards: { type: [Schema.Types.Mixed], default: [] } as never,
    cardAskedAt: { type: Date, default: null },
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    endedAt: { type: Date, default: null },
  },
  { collection: 'runs', strict: 'throw', strictQuery: 'throw', versionKey: false, minimize: false, autoIndex: false },
);

// One open run a dataset, and at most N an account: both are properties of an index, so no race can break them.
runSchema.index({ datasetId: 1 }, { unique: true, partialFilterExpression: { open: true }, name: 'one_open_run_per_dataset' });
runSchema.index({ accountId: 1, slot: 1 }, { unique: true, partialFilterExpression: { open: true }, name: 'open_run_slots' });
runSchema.index({ accountId: 1, createdAt: -1 });
runSchema.index({ open: 1, createdAt: 1 });
runSchema.index({ notice: 1, endedAt: 1 });
runSchema.index({ endedAt: 1 });
runSchema.index({ recipeId: 1, endedAt: -1 }, { partialFilterExpression: { status: 'succeeded' }, name: 'finished_of_recipe' });

import { Schema } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import type { TypedSettings } from '../domain/typed-settings.js';
import type { CaptionFile, FileVerdict } from '../domain/verdicts.js';

/** One attachment of an upload. Its address is a bearer credential: it never leaves this collection. */
export interface UploadFile {
  /** Unique among its kind: pictures and caption files are counted apart. */
  readonly number: number;
  readonly fileName: string;
  readonly url: string;
  readonly sizeBytes: number;
  readonly contentType: string | null;
}

/** The files that were picked, before it is known where they go. */
export interface PickedFiles {
  readonly files: readonly UploadFile[];
  readonly captionFiles: readonly (UploadFile & CaptionFile)[];
}

export interface InteractionUpload extends PickedFiles {
  readonly datasetId: string;
  /** Captions that came with the command, by the number of their picture; texts read from caption files join them. */
  readonly captions: Readonly<Record<string, string>>;
  /** Put before every caption of the upload, and alone where a picture has none. */
  readonly captionPrefix?: string;
  /** When these files are tried again: what became of the others, so that one answer tells of all. */
  readonly earlier?: readonly FileVerdict[];
}

/** The training that was wished with settings that could not be used: its form opens again with what was typed. */
export interface WishedTraining {
  readonly datasetId: string;
  readonly recipeId: string;
  readonly typed: TypedSettings;
  readonly card: 'here' | 'dm';
}

/** What is needed to answer an interaction, and what came with it. */
export interface StoredInteraction {
  readonly interactionId: string;
  readonly platform: 'discord';
  readonly applicationId: string;
  readonly token: string;
  readonly accountId: AccountId;
  readonly channelId: string;
  readonly guildId: string | null;
  readonly canPostHere: boolean;
  readonly locale: string;
  readonly isOperator: boolean;
  readonly createdAt: Date;
  readonly upload?: InteractionUpload;
  /** Files of a message whose dataset is still to be chosen. */
  readonly picked?: PickedFiles;
  readonly wished?: WishedTraining;
  /** What became of the upload's files so far. */
  readonly verdicts?: readonly FileVerdict[];
  readonly answeredAt?: Date | null;
  /** The interaction that tries its failed files again. */
  readonly retriedBy?: string;
  /** The answer reached nobody and waits for the next command of its account. */
  readonly untold?: boolean;
}

export type InteractionDocument = Omit<StoredInteraction, 'interactionId'> & { _id: string };

/** Nothing in here is of use for longer: tokens die after 15 minutes, attachment addresses after about a day. */
const KEPT_SECONDS = 24 * 3600;

export const interactionSchema = new Schema<InteractionDocument>(
  {
    _id: { type: String, required: true },
    platform: { type: String, required: true },
    applicationId: { type: String, required: true },
    token: { type: String, required: true },
    accountId: { type: String, required: true },
    channelId: { type: String, required: true },
    guildId: { type: String, default: null },
    canPostHere: { type: Boolean, required: true },
    locale: { type: String, required: true },
    isOperator: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    upload: Schema.Types.Mixed as never,
    picked: Schema.Types.Mixed as never,
    wished: Schema.Types.Mixed as never,
    verdicts: { type: [Schema.Types.Mixed], default: undefined } as never,
    answeredAt: { type: Date, default: null },
    retriedBy: String,
    untold: Boolean,
  },
  { collection: 'interactions', strict: 'throw', strictQuery: 'throw', writeConcern: { w: 'majority', journal: true }, versionKey: false, minimize: false, autoIndex: false },
);

interactionSchema.index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
interactionSchema.index({ accountId: 1 }, { partialFilterExpression: { untold: true } });

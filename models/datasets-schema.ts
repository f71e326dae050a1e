import { Schema } from 'mongoose';
import type { Dataset } from '../domain/datasets.js';
import type { RemovedImage } from '../domain/removed-images.js';

export interface DatasetDocument extends Omit<Dataset, 'datasetId'> {
  readonly _id: string;
  /** The name without case and width: what must be unique per owner. */
  readonly nameKey: string;
  /** Which of the owner's places for datasets it takes. */
  readonly slot: number;
  /** Absent until an image is removed. */
  readonly removed?: readonly RemovedImage[];
}

export const datasetSchema = new Schema<DatasetDocument>(
  {
    _id: { type: String, required: true },
    owner: { type: String, required: true },
    name: { type: String, required: true },
    nameKey: { type: String, required: true },
    triggerWord: { type: String, required: true },
    revision: { type: Number, required: true },
    images: { type: [Schema.Types.Mixed], required: true } as never,
    removed: { type: [Schema.Types.Mixed], default: undefined } as never,
    slot: { type: Number, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'datasets', strict: 'throw', strictQuery: 'throw', writeConcern: { w: 'majority', journal: true }, versionKey: false, minimize: false, autoIndex: false },
);

// One name an owner, and at most N datasets: both are properties of an index, so no race can break them.
datasetSchema.index({ owner: 1, nameKey: 1 }, { unique: true });
datasetSchema.index({ owner: 1, slot: 1 }, { unique: true });
datasetSchema.index({ owner: 1, createdAt: -1 });

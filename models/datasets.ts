import type { Connection, UpdateQuery } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import { DATASETS_PER_ACCOUNT, whyNotAdd } from '../domain/datasets.js';
import type { AddObstacle, Dataset, DatasetImage, ImageWarning } from '../domain/datasets.js';
import { datasetSchema } from './datasets-schema.js';
import type { DatasetDocument } from './datasets-schema.js';
import { duplicateKeyOf } from './duplicate-key.js';

export interface NewDataset {
  readonly datasetId: string;
  readonly owner: AccountId;
  readonly name: string;
  readonly nameKey: string;
  readonly triggerWord: string;
  readonly now: Date;
}

export type CreateOutcome =
  | { readonly kind: 'created'; readonly dataset: Dataset }
  | { readonly kind: 'name-taken'; readonly name: string }
  | { readonly kind: 'too-many'; readonly limit: number };

export type RenameOutcome = { readonly kind: 'renamed'; readonly dataset: Dataset } | { readonly kind: 'name-taken'; readonly name: string } | { readonly kind: 'gone' };

export type AddImageOutcome = { readonly kind: 'added'; readonly dataset: Dataset } | AddObstacle;

/** What lists and autocomplete show of a dataset. */
export interface DatasetSummary {
  readonly datasetId: string;
  readonly name: string;
  readonly images: number;
  readonly captionsMissing: number;
  readonly revision: number;
  readonly createdAt: Date;
}

/** Datasets with their images: the only code that queries `datasets`. Every change is one atomic write that makes the revision grow. */
export type Datasets = ReturnType<typeof createDatasets>;

// eslint-disable-next-line max-lines-per-function -- one closure over the collection; each operation in it is a few lines
export function createDatasets(connection: Connection, perAccount: number = DATASETS_PER_ACCOUNT) {
  const DatasetModel = connection.model<DatasetDocument>('Dataset', datasetSchema);

  async function read(datasetId: string): Promise<Dataset | null> {
    return datasetOf(await DatasetModel.findById(datasetId).lean<DatasetDocument>());
  }

  async function change(filter: Record<string, unknown>, update: UpdateQuery<DatasetDocument>): Promise<Dataset | null> {
    return datasetOf(await DatasetModel.findOneAndUpdate(filter, update, { returnDocument: 'after' }).lean<DatasetDocument>());
  }

  async function nameUnder(owner: AccountId, nameKey: string): Promise<string | null> {
    const other = await DatasetModel.findOne({ owner, nameKey }, { name: 1 }).lean<Pick<DatasetDocument, 'name'>>();
    return other?.name ?? null;
  }

  async function freeSlot(owner: AccountId): Promise<number | null> {
    const taken = await DatasetModel.find({ owner }, { slot: 1 }).lean<Pick<DatasetDocument, 'slot'>[]>();
    const slots = new Set(taken.map(({ slot }) => slot));
    for (let slot = 0; slot < perAccount; slot += 1) if (!slots.has(slot)) return slot;
    return null;
  }

  return {
    ensureIndexes: async (): Promise<void> => {
      await DatasetModel.createIndexes();
    },

    read,

    /** Idempotent on the dataset id: an existing one is answered as created. */
    async create({ datasetId, now, ...wanted }: NewDataset): Promise<CreateOutcome> {
      for (;;) {
        const existing = await read(datasetId);
        if (existing !== null) return { kind: 'created', dataset: existing };
        const taken = await nameUnder(wanted.owner, wanted.nameKey);
        if (taken !== null) return { kind: 'name-taken', name: taken };
        const slot = await freeSlot(wanted.owner);
        if (slot === null) return { kind: 'too-many', limit: perAccount };
        try {
          await DatasetModel.create({ ...wanted, _id: datasetId, slot, revision: 1, images: [], createdAt: now });
        } catch (error) {
          // Somebody was quicker; the next round sees what they wrote.
          if (duplicateKeyOf(error) === null) throw error;
        }
      }
    },

    /** Newest first, without captions and images. */
    listOf: (owner: AccountId): Promise<DatasetSummary[]> =>
      DatasetModel.aggregate<DatasetSummary>([
        { $match: { owner } },
        { $sort: { createdAt: -1, _id: -1 } },
        {
          $project: {
            _id: 0, datasetId: '$_id', name: 1, revision: 1, createdAt: 1, images: { $size: '$images' },
            captionsMissing: { $size: { $filter: { input: '$images', cond: { $eq: ['$$this.caption', null] } } } },
          },
        },
      ]),

    /**
     * Adds an image, once: limit and duplicates are judged by the very write that adds it.
     * Idempotent on the image id.
     */
    async addImage(datasetId: string, image: DatasetImage, limit: number): Promise<AddImageOutcome> {
      for (;;) {
        const added = await change(
          {
            _id: datasetId,
            'images.imageId': { $ne: image.imageId },
            'images.originalSha256': { $ne: image.originalSha256 },
            'images.sha256': { $ne: image.sha256 },
            $expr: { $lt: [{ $size: '$images' }, limit] },
          },
          { $push: { images: image }, $inc: { revision: 1 } },
        );
        if (added !== null) return { kind: 'added', dataset: added };
        const found = await read(datasetId);
        if (found?.images.some(({ imageId }) => imageId === image.imageId)) return { kind: 'added', dataset: found };
        const obstacle = whyNotAdd(found, image, limit);
        // Without an obstacle it went away since: another round adds the image.
        if (obstacle !== null) return obstacle;
      }
    },

    /** Notes what was found out about an image after it was added. Nothing that is trained changes, so the revision stays. */
    async setWarnings(datasetId: string, imageId: string, warnings: readonly ImageWarning[]): Promise<void> {
      await DatasetModel.updateOne({ _id: datasetId, 'images.imageId': imageId }, { $set: { 'images.$.warnings': warnings } });
    },

    /** Sets or takes away a caption; null when the dataset or the image is gone. The caption it has already changes nothing. */
    async setCaption(datasetId: string, imageId: string, caption: string | null): Promise<Dataset | null> {
      const changed = await change(
        { _id: datasetId, images: { $elemMatch: { imageId, caption: { $ne: caption } } } },
        { $set: { 'images.$.caption': caption }, $inc: { revision: 1 } },
      );
      if (changed !== null) return changed;
      const found = await read(datasetId);
      return found?.images.some((image) => image.imageId === imageId) ? found : null;
    },

    /** Null when the dataset or the image is gone. */
    removeImage: (datasetId: string, imageId: string): Promise<Dataset | null> =>
      change({ _id: datasetId, 'images.imageId': imageId }, { $pull: { images: { imageId } }, $inc: { revision: 1 } }),

    /** The trigger word stays: it is in captions and in trained models. */
    async rename(datasetId: string, name: string, nameKey: string): Promise<RenameOutcome> {
      try {
        const dataset = await change({ _id: datasetId }, { $set: { name, nameKey }, $inc: { revision: 1 } });
        return dataset === null ? { kind: 'gone' } : { kind: 'renamed', dataset };
      } catch (error) {
        if (duplicateKeyOf(error) === null) throw error;
        return { kind: 'name-taken', name };
      }
    },

    /** False when it was gone already. Runs keep what they froze. */
    async remove(datasetId: string): Promise<boolean> {
      return (await DatasetModel.deleteOne({ _id: datasetId })).deletedCount === 1;
    },
  };
}

function datasetOf(document: DatasetDocument | null): Dataset | null {
  if (document === null) return null;
  const { _id, owner, name, triggerWord, revision, images, createdAt } = document;
  return { datasetId: _id, owner, name, triggerWord, revision, images, createdAt };
}

import type { Connection, UpdateQuery } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import { editsForNewTrigger } from '../domain/captions.js';
import type { CaptionEdit } from '../domain/captions.js';
import { DATASETS_PER_ACCOUNT, whyNotAdd } from '../domain/datasets.js';
import type { AddObstacle, Dataset, DatasetImage, ImageWarning } from '../domain/datasets.js';
import { freeFileName } from '../domain/file-names.js';
import { putBack, takeOut } from '../domain/removed-images.js';
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

/** What an owner may change about a dataset itself; what is left out stays. */
export interface Amendment {
  readonly name?: string;
  /** Goes with the name. */
  readonly nameKey?: string;
  readonly triggerWord?: string;
}

export type AmendOutcome =
  /** `captions`: how many held the old trigger word and have the new one now. */
  | { readonly kind: 'amended'; readonly dataset: Dataset; readonly captions: number }
  | { readonly kind: 'name-taken'; readonly name: string }
  | { readonly kind: 'gone' };

export interface CaptionsOutcome {
  readonly dataset: Dataset;
  /** How many captions are other ones now. */
  readonly changed: number;
}

/** `not-kept`: it was removed too long ago, or never was. */
export type RestoreOutcome = { readonly kind: 'restored' | 'there-already'; readonly dataset: Dataset } | { readonly kind: 'not-kept'; readonly dataset: Dataset } | AddObstacle;

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

  /** Null when the dataset has changed since it was read: the caller reads it again. Every write moves the revision, so places in it hold. */
  function changeAsRead({ _id, revision, ...filter }: Pick<DatasetDocument, '_id' | 'revision'> & Record<string, unknown>, update: UpdateQuery<DatasetDocument>): Promise<Dataset | null> {
    return change({ ...filter, _id, revision }, { ...update, $inc: { revision: 1 } });
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
     * Adds an image, once: limit and duplicates are judged by the very write that adds it. A file name that is taken
     * gets a number, so that no two images of a dataset have the same. Idempotent on the image id.
     */
    async addImage(datasetId: string, wanted: DatasetImage, limit: number): Promise<AddImageOutcome> {
      for (let image = wanted; ; ) {
        const added = await change(
          {
            _id: datasetId,
            'images.imageId': { $ne: image.imageId },
            'images.fileName': { $ne: image.fileName },
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
        // Without an obstacle its name is taken, or what stood in the way went away since: another round adds the image.
        if (obstacle !== null) return obstacle;
        image = { ...wanted, fileName: freeFileName(wanted.fileName, found?.images.map(({ fileName }) => fileName) ?? []) };
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

    /** Takes an image out and keeps it for `restoreImage`; null when the dataset or the image is gone. */
    async removeImage(datasetId: string, imageId: string, now = new Date()): Promise<Dataset | null> {
      for (;;) {
        const found = await DatasetModel.findById(datasetId).lean<DatasetDocument>();
        const left = found === null ? null : takeOut({ images: found.images, removed: found.removed ?? [] }, imageId, now);
        if (found === null || left === null) return null;
        const removed = await changeAsRead({ _id: datasetId, revision: found.revision }, { $pull: { images: { imageId } }, $set: { removed: left.removed } });
        if (removed !== null) return removed;
      }
    },

    /** Puts a removed image back with its caption, where it stood. Limit and duplicates are judged as for a new one. */
    async restoreImage(datasetId: string, imageId: string, limit: number): Promise<RestoreOutcome> {
      for (;;) {
        const found = await DatasetModel.findById(datasetId).lean<DatasetDocument>();
        const dataset = datasetOf(found);
        if (found === null || dataset === null) return { kind: 'gone' };
        if (dataset.images.some((image) => image.imageId === imageId)) return { kind: 'there-already', dataset };
        const back = putBack({ images: found.images, removed: found.removed ?? [] }, imageId);
        const at = back?.images.findIndex((image) => image.imageId === imageId) ?? -1;
        const image = back?.images[at];
        if (back === null || image === undefined) return { kind: 'not-kept', dataset };
        const obstacle = whyNotAdd(dataset, image, limit);
        if (obstacle !== null) return obstacle;
        // Its name may have gone to another image meanwhile.
        const named = { ...image, fileName: freeFileName(image.fileName, dataset.images.map(({ fileName }) => fileName)) };
        const restored = await changeAsRead({ _id: datasetId, revision: found.revision }, { $push: { images: { $each: [named], $position: at } }, $set: { removed: back.removed } });
        if (restored !== null) return { kind: 'restored', dataset: restored };
      }
    },

    /**
     * Sets several captions in one write, as `decide` wants them for the dataset as it is at that moment: it is asked again when
     * somebody else was quicker. Captions of images that are not there are left out. Null when the dataset is gone.
     */
    async changeCaptions(datasetId: string, decide: (dataset: Dataset) => readonly CaptionEdit[]): Promise<CaptionsOutcome | null> {
      for (;;) {
        const found = await read(datasetId);
        if (found === null) return null;
        const writes = captionWrites(found, decide(found));
        if (writes.changed === 0) return { dataset: found, changed: 0 };
        const dataset = await changeAsRead({ _id: datasetId, revision: found.revision, ...writes.filter }, { $set: writes.set });
        if (dataset !== null) return { dataset, changed: writes.changed };
      }
    },

    /** Renames, or gives another trigger word, which the captions that begin with the old one then begin with, in one write. */
    async amend(datasetId: string, { name, nameKey, triggerWord }: Amendment): Promise<AmendOutcome> {
      for (;;) {
        const found = await read(datasetId);
        if (found === null) return { kind: 'gone' };
        const wanted = { name: name ?? found.name, triggerWord: triggerWord ?? found.triggerWord, ...(nameKey === undefined ? {} : { nameKey }) };
        if (wanted.name === found.name && wanted.triggerWord === found.triggerWord) return { kind: 'amended', dataset: found, captions: 0 };
        const captions = captionWrites(found, editsForNewTrigger(found.images, found.triggerWord, wanted.triggerWord));
        try {
          const dataset = await changeAsRead({ _id: datasetId, revision: found.revision, ...captions.filter }, { $set: { ...wanted, ...captions.set } });
          if (dataset !== null) return { kind: 'amended', dataset, captions: captions.changed };
        } catch (error) {
          if (duplicateKeyOf(error) === null) throw error;
          return { kind: 'name-taken', name: (nameKey === undefined ? null : await nameUnder(found.owner, nameKey)) ?? wanted.name };
        }
      }
    },

    /** False when it was gone already. Runs keep what they froze. */
    async remove(datasetId: string): Promise<boolean> {
      return (await DatasetModel.deleteOne({ _id: datasetId })).deletedCount === 1;
    },
  };
}

/** Writes by place, each under the condition that the image of the caption stands there. */
function captionWrites({ images }: Dataset, edits: readonly CaptionEdit[]): { filter: Record<string, string>; set: Record<string, string>; changed: number } {
  const places = edits.map((edit) => ({ ...edit, at: images.findIndex(({ imageId }) => imageId === edit.imageId) })).filter(({ at, caption }) => at !== -1 && images[at]?.caption !== caption);
  return {
    filter: Object.fromEntries(places.map(({ at, imageId }) => [`images.${at}.imageId`, imageId])),
    set: Object.fromEntries(places.map(({ at, caption }) => [`images.${at}.caption`, caption])),
    changed: places.length,
  };
}

function datasetOf(document: DatasetDocument | null): Dataset | null {
  if (document === null) return null;
  const { _id, owner, name, triggerWord, revision, images, createdAt } = document;
  return { datasetId: _id, owner, name, triggerWord, revision, images, createdAt };
}

import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import { freeModelName } from '../domain/model-names.js';
import type { RunSettings } from '../domain/recipes.js';

/** A trained file and where it came from; its id is the id of the run that made it. */
export interface Lora {
  readonly loraId: string;
  readonly owner: AccountId;
  readonly name: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly tensors: number;
  readonly triggerWord: string;
  readonly baseModel: string;
  readonly recipeId: string;
  readonly settings: RunSettings;
  readonly createdAt: Date;
}

/** A lora that its owner deleted is remembered: a late retry must not shelve it again, and an old button can say what became of it. */
export type FoundLora = { readonly kind: 'there'; readonly lora: Lora } | { readonly kind: 'deleted'; readonly lora: Lora };

export interface DeletedFile {
  readonly loraId: string;
  readonly sha256: string;
}

/** Without `deletedAt` it is on the shelf; with `fileGoneAt` nothing is left of it but this record. */
type LoraDocument = Omit<Lora, 'loraId'> & { _id: string; deletedAt?: Date | null; fileGoneAt?: Date | null };

interface CollectionDocument {
  _id: string;
  owner: AccountId;
  name: string;
  items: { kind: 'lora' | 'image'; id: string }[];
}

const loraSchema = new Schema<LoraDocument>(
  {
    _id: { type: String, required: true },
    owner: { type: String, required: true },
    name: { type: String, required: true },
    fileName: { type: String, required: true },
    sha256: { type: String, required: true },
    sizeBytes: { type: Number, required: true },
    tensors: { type: Number, required: true },
    triggerWord: { type: String, required: true },
    baseModel: { type: String, required: true },
    recipeId: { type: String, required: true },
    settings: { type: Schema.Types.Mixed, required: true } as never,
    createdAt: { type: Date, required: true },
    deletedAt: { type: Date, default: null },
    fileGoneAt: { type: Date, default: null },
  },
  { collection: 'loras', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);
loraSchema.index({ owner: 1, createdAt: -1 });
// Two loras with the very same bytes share one blob: asked before it is removed.
loraSchema.index({ sha256: 1 });
loraSchema.index({ deletedAt: 1 }, { partialFilterExpression: { deletedAt: { $type: 'date' } } });

const collectionSchema = new Schema<CollectionDocument>(
  {
    _id: { type: String, required: true },
    owner: { type: String, required: true },
    name: { type: String, required: true },
    items: { type: [Schema.Types.Mixed], default: [] } as never,
  },
  { collection: 'collections', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);

/**
 * Trained files and the default shelf that holds them: the only code that queries `loras` and `collections`. Nothing here
 * expires: a lora goes only when its owner deletes it.
 */
export type Loras = ReturnType<typeof createLoras>;

export function createLoras(connection: Connection) {
  const LoraModel = connection.model<LoraDocument>('Lora', loraSchema);
  const Shelf = connection.model<CollectionDocument>('Collection', collectionSchema);
  const durable = { writeConcern: { w: 'majority', journal: true } } as const;

  async function find(loraId: string): Promise<FoundLora | null> {
    const document = await LoraModel.findById(loraId).lean<LoraDocument>();
    if (document === null) return null;
    return { kind: document.deletedAt instanceof Date ? 'deleted' : 'there', lora: loraOf(document) };
  }

  async function takeOffShelves(owner: AccountId, loraId: string): Promise<void> {
    await Shelf.updateMany({ owner }, { $pull: { items: { kind: 'lora', id: loraId } } }, durable);
  }

  return {
    ensureIndexes: async (): Promise<void> => {
      await LoraModel.createIndexes();
      await Shelf.createIndexes();
    },

    /**
     * Puts a lora on its owner's default shelf, under a name of its own. Idempotent on the lora id: the first record stands,
     * and one that was deleted stays so.
     */
    async shelve(lora: Lora): Promise<void> {
      const { loraId, ...rest } = lora;
      const taken = await LoraModel.distinct('name', { owner: lora.owner, deletedAt: null, _id: { $ne: loraId } });
      await LoraModel.updateOne({ _id: loraId }, { $setOnInsert: { ...rest, name: freeModelName(lora.name, taken) } }, { upsert: true, ...durable });
      if ((await find(loraId))?.kind !== 'there') return;
      await Shelf.updateOne(
        { _id: `${lora.owner}/default` },
        { $setOnInsert: { owner: lora.owner, name: 'default' }, $addToSet: { items: { kind: 'lora', id: loraId } } },
        { upsert: true, ...durable },
      );
      // Deleted in between: whichever of the two comes last takes it off.
      if ((await find(loraId))?.kind !== 'there') await takeOffShelves(lora.owner, loraId);
    },

    find,

    /** Null for one that was never there and for one that was deleted. */
    async read(loraId: string): Promise<Lora | null> {
      const found = await find(loraId);
      return found?.kind === 'there' ? found.lora : null;
    },

    /** All of an account, newest first, however old. */
    async listOf(owner: AccountId): Promise<Lora[]> {
      const documents = await LoraModel.find({ owner, deletedAt: null }).sort({ createdAt: -1, _id: -1 }).lean<LoraDocument[]>();
      return documents.map(loraOf);
    },

    /** Null when it is not there any more. */
    async rename(loraId: string, name: string): Promise<Lora | null> {
      const document = await LoraModel.findOneAndUpdate({ _id: loraId, deletedAt: null }, { $set: { name } }, { returnDocument: 'after', ...durable }).lean<LoraDocument>();
      return document === null ? null : loraOf(document);
    },

    /** Deletes it for its owner in one write; its file goes by `removeFileOf`. Repeating it changes nothing. */
    async remove(loraId: string, now: Date): Promise<Lora | null> {
      const document = await LoraModel.findOneAndUpdate({ _id: loraId, deletedAt: null }, { $set: { deletedAt: now } }, durable).lean<LoraDocument>();
      const found = document === null ? await find(loraId) : { lora: loraOf(document) };
      if (found === null) return null;
      await takeOffShelves(found.lora.owner, loraId);
      return found.lora;
    },

    async isFileNeeded(sha256: string): Promise<boolean> {
      return (await LoraModel.exists({ sha256, deletedAt: null })) !== null;
    },

    /** Deleted ones whose file may still be stored: a crash came between. */
    async deletedFiles(limit: number): Promise<DeletedFile[]> {
      const documents = await LoraModel.find({ deletedAt: { $type: 'date' }, fileGoneAt: null }).limit(limit).lean<LoraDocument[]>();
      return documents.map(({ _id, sha256 }) => ({ loraId: _id, sha256 }));
    },

    async fileGone(loraId: string, now: Date): Promise<void> {
      await LoraModel.updateOne({ _id: loraId, deletedAt: { $type: 'date' } }, { $set: { fileGoneAt: now } }, durable);
    },
  };
}

function loraOf({ _id, deletedAt: _deletedAt, fileGoneAt: _fileGoneAt, ...rest }: LoraDocument): Lora {
  return { ...rest, loraId: _id };
}

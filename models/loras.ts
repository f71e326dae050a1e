import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
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

type LoraDocument = Omit<Lora, 'loraId'> & { _id: string };

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
  },
  { collection: 'loras', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);
loraSchema.index({ owner: 1, createdAt: -1 });

const collectionSchema = new Schema<CollectionDocument>(
  {
    _id: { type: String, required: true },
    owner: { type: String, required: true },
    name: { type: String, required: true },
    items: { type: [Schema.Types.Mixed], default: [] } as never,
  },
  { collection: 'collections', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);

/** Trained files and the default shelf that holds them: the only code that queries `loras` and `collections`. */
export type Loras = ReturnType<typeof createLoras>;

export function createLoras(connection: Connection) {
  const LoraModel = connection.model<LoraDocument>('Lora', loraSchema);
  const Shelf = connection.model<CollectionDocument>('Collection', collectionSchema);
  const durable = { writeConcern: { w: 'majority', journal: true } } as const;

  return {
    ensureIndexes: async (): Promise<void> => {
      await LoraModel.createIndexes();
      await Shelf.createIndexes();
    },

    /** Puts a lora on its owner's default shelf. Idempotent on the lora id: the first record stands. */
    async shelve(lora: Lora): Promise<void> {
      const { loraId, ...rest } = lora;
      await LoraModel.updateOne({ _id: loraId }, { $setOnInsert: rest }, { upsert: true, ...durable });
      await Shelf.updateOne(
        { _id: `${lora.owner}/default` },
        { $setOnInsert: { owner: lora.owner, name: 'default' }, $addToSet: { items: { kind: 'lora', id: loraId } } },
        { upsert: true, ...durable },
      );
    },

    async read(loraId: string): Promise<Lora | null> {
      const document = await LoraModel.findById(loraId).lean<LoraDocument>();
      return document === null ? null : loraOf(document);
    },

    async listOf(owner: AccountId): Promise<Lora[]> {
      const documents = await LoraModel.find({ owner }).sort({ createdAt: -1 }).lean<LoraDocument[]>();
      return documents.map(loraOf);
    },
  };
}

function loraOf({ _id, ...rest }: LoraDocument): Lora {
  return { ...rest, loraId: _id };
}

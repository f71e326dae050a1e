import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import type { Quote } from '../domain/runs.js';

type QuoteDocument = Omit<Quote, 'quoteId'> & { _id: string; forgetAt: Date };

/** A quote can be read for a week after it expired: a late press deserves "this offer has expired", not "not found". */
const KEPT_AFTER_EXPIRY_MS = 7 * 24 * 3_600_000;

const quoteSchema = new Schema<QuoteDocument>(
  {
    _id: { type: String, required: true },
    runId: { type: String, required: true },
    accountId: { type: String, required: true },
    datasetId: { type: String, required: true },
    datasetRevision: { type: Number, required: true },
    recipeId: { type: String, required: true },
    settings: { type: Schema.Types.Mixed, required: true } as never,
    triggerWord: { type: String, required: true },
    pricePoints: { type: Number, required: true },
    imageCount: { type: Number, required: true },
    cardPlace: { type: Schema.Types.Mixed, required: true } as never,
    locale: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    forgetAt: { type: Date, required: true },
  },
  { collection: 'quotes', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);
quoteSchema.index({ forgetAt: 1 }, { expireAfterSeconds: 0 });
quoteSchema.index({ runId: 1 }, { unique: true });

/** What confirm screens offered: the only code that queries `quotes`. A quote never changes once it is stored. */
export type Quotes = ReturnType<typeof createQuotes>;

export function createQuotes(connection: Connection) {
  const QuoteModel = connection.model<QuoteDocument>('Quote', quoteSchema);
  return {
    ensureIndexes: async (): Promise<void> => {
      await QuoteModel.createIndexes();
    },

    /** Idempotent on the quote's id: a store whose reply was lost may be repeated. */
    async store(quote: Quote): Promise<void> {
      const { quoteId, ...rest } = quote;
      const forgetAt = new Date(quote.expiresAt.getTime() + KEPT_AFTER_EXPIRY_MS);
      await QuoteModel.updateOne({ _id: quoteId }, { $setOnInsert: { ...rest, forgetAt } }, { upsert: true });
    },

    async read(quoteId: string): Promise<Quote | null> {
      const document = await QuoteModel.findById(quoteId).lean<QuoteDocument>();
      if (document === null) return null;
      const { _id, forgetAt: _forgetAt, ...rest } = document;
      return { ...rest, quoteId: _id };
    },
  };
}

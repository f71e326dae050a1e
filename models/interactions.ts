import type { Connection } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import type { FileVerdict } from '../domain/verdicts.js';
import { interactionSchema } from './interactions-schema.js';
import type { InteractionDocument, StoredInteraction } from './interactions-schema.js';

/** Interactions that still have to be answered: the only code that queries `interactions`. They expire after a day. */
export type Interactions = ReturnType<typeof createInteractions>;

export function createInteractions(connection: Connection) {
  const Interaction = connection.model<InteractionDocument>('Interaction', interactionSchema);

  return {
    ensureIndexes: async (): Promise<void> => {
      await Interaction.createIndexes();
    },

    /** Idempotent on the interaction id: what was stored first stands. */
    async store({ interactionId, ...rest }: StoredInteraction): Promise<void> {
      await Interaction.updateOne({ _id: interactionId }, { $setOnInsert: { answeredAt: null, ...rest } }, { upsert: true });
    },

    async read(interactionId: string): Promise<StoredInteraction | null> {
      const document = await Interaction.findById(interactionId).lean<InteractionDocument>();
      if (document === null) return null;
      const { _id, ...rest } = document;
      return { ...rest, interactionId: _id };
    },

    /** Uploads since a time that nobody has answered yet: most are being taken in. */
    async unansweredUploads(since: Date): Promise<string[]> {
      const found = await Interaction.find({ createdAt: { $gte: since }, answeredAt: null, upload: { $exists: true } }, { _id: 1 }).lean<Pick<InteractionDocument, '_id'>[]>();
      return found.map(({ _id }) => _id);
    },

    /** Which interaction tries the failed files of an upload again: the first that asks. Null when the upload is forgotten. */
    async claimRetry(interactionId: string, retriedBy: string): Promise<string | null> {
      await Interaction.updateOne({ _id: interactionId, retriedBy: { $exists: false } }, { $set: { retriedBy } });
      const claimed = await Interaction.findById(interactionId, { retriedBy: 1 }).lean<Pick<InteractionDocument, 'retriedBy'>>();
      return claimed?.retriedBy ?? null;
    },

    /** Its answer could be given nowhere: it waits for the next command of its account. */
    async keepUntold(interactionId: string): Promise<void> {
      await Interaction.updateOne({ _id: interactionId }, { $set: { untold: true } });
    },

    /** Oldest first. */
    async untoldOf(accountId: AccountId, limit: number): Promise<StoredInteraction[]> {
      const found = await Interaction.find({ accountId, untold: true }).sort({ createdAt: 1 }).limit(limit).lean<InteractionDocument[]>();
      return found.map(({ _id, ...rest }) => ({ ...rest, interactionId: _id }));
    },

    async markTold(interactionId: string): Promise<void> {
      await Interaction.updateOne({ _id: interactionId }, { $unset: { untold: 1 } });
    },

    /** Keeps the time of the first answer. */
    async markAnswered(interactionId: string): Promise<void> {
      await Interaction.updateOne({ _id: interactionId, answeredAt: null }, { $set: { answeredAt: new Date() } });
    },

    /** Records what became of one file, once: the first verdict stands, so a try that comes late cannot contradict an answer given. */
    async recordVerdict(interactionId: string, verdict: FileVerdict): Promise<void> {
      const { role, number } = verdict;
      await Interaction.updateOne(
        { _id: interactionId, verdicts: { $not: { $elemMatch: { role, number } } } },
        { $push: { verdicts: verdict } },
      );
    },

    /** Keeps the text of a caption file for its picture. */
    async setCaption(interactionId: string, pictureNumber: number, caption: string): Promise<void> {
      await Interaction.updateOne({ _id: interactionId, upload: { $exists: true } }, { $set: { [`upload.captions.${pictureNumber}`]: caption } });
    },
  };
}

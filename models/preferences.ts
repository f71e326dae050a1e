import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import { DEFAULT_PREFERENCES, type Preferences } from '../domain/preferences.js';

/** Only what was chosen is stored, so that a default can change for everybody else. */
type PreferencesDocument = Partial<Preferences> & { _id: string };

const preferencesSchema = new Schema<PreferencesDocument>(
  {
    _id: { type: String, required: true },
    ping: { type: Boolean },
    cardPlace: { type: String },
    recipeId: { type: String },
  },
  { collection: 'preferences', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);

/** What accounts chose: the only code that queries `preferences`. */
export type PreferencesOfAccounts = ReturnType<typeof createPreferences>;

export function createPreferences(connection: Connection) {
  const PreferencesModel = connection.model<PreferencesDocument>('Preferences', preferencesSchema);
  return {
    ensureIndexes: async (): Promise<void> => {
      await PreferencesModel.createIndexes();
    },

    /** What the account chose, and the default of everything else. */
    async read(accountId: AccountId): Promise<Preferences> {
      return withDefaults(await PreferencesModel.findById(accountId).lean<PreferencesDocument>());
    },

    /** Changes what `patch` names and nothing else, and returns all of it as it is now. */
    async change(accountId: AccountId, patch: Partial<Preferences>): Promise<Preferences> {
      const changed = await PreferencesModel.findOneAndUpdate(
        { _id: accountId },
        { $set: patch },
        { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority', journal: true } },
      ).lean<PreferencesDocument>();
      return withDefaults(changed);
    },
  };
}

function withDefaults(document: PreferencesDocument | null): Preferences {
  if (document === null) return DEFAULT_PREFERENCES;
  const { _id, ...chosen } = document;
  return { ...DEFAULT_PREFERENCES, ...chosen };
}

import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import { troubleKey } from '../domain/troubles.js';
import type { Trouble } from '../domain/troubles.js';
import { duplicateKeyOf } from './duplicate-key.js';

/** The message that tells operators of it. */
export interface TroubleMessage {
  readonly channelId: string;
  readonly messageId: string;
}

/** One trouble from its first sighting until it is over and its message says so. */
export interface TroubleRow {
  readonly key: string;
  readonly trouble: Trouble;
  /** When a sweep saw it first, this time; with the key it names the message. */
  readonly foundAt: Date;
  readonly seenAt: Date;
  readonly over: Date | null;
  /** When somebody first began to post its message. */
  readonly triedAt: Date | null;
  readonly message: TroubleMessage | null;
  /** Operators have not been told what the row says now. */
  readonly due: boolean;
  readonly revision: number;
}

type TroubleDocument = Omit<TroubleRow, 'key'> & { _id: string };

const mixed = { type: Schema.Types.Mixed, default: null } as const;
const KEPT_AFTER_S = 30 * 24 * 3600;

const troubleSchema = new Schema<TroubleDocument>(
  {
    _id: { type: String, required: true },
    trouble: { type: Schema.Types.Mixed, required: true } as never,
    foundAt: { type: Date, required: true },
    seenAt: { type: Date, required: true },
    over: { type: Date, default: null, expires: KEPT_AFTER_S },
    triedAt: { type: Date, default: null },
    message: mixed as never,
    due: { type: Boolean, required: true },
    revision: { type: Number, required: true },
  },
  { collection: 'troubles', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);

/** What a sweep changed. */
export interface TroubleChanges {
  readonly began: readonly Trouble[];
  readonly ended: readonly Trouble[];
}

/** What operators have to know of, and which message tells them: one for as long as the trouble lasts. */
export type Troubles = ReturnType<typeof createTroubles>;

export function createTroubles(connection: Connection) {
  const Row = connection.model<TroubleDocument>('Trouble', troubleSchema);

  /** Changes the row only as it was read: whoever changed it meanwhile saw more. */
  const change = async ({ _id, revision }: TroubleDocument, set: Partial<TroubleDocument>): Promise<boolean> =>
    (await Row.updateOne({ _id, revision }, { $set: { ...set, due: true }, $inc: { revision: 1 } })).matchedCount === 1;

  /** True when the trouble is new, or has come again after its message said that it was over. */
  async function see(trouble: Trouble, now: Date): Promise<boolean> {
    const _id = troubleKey(trouble);
    const anew = { trouble, foundAt: now, seenAt: now, over: null, triedAt: null, message: null };
    const known = await Row.findById(_id).lean<TroubleDocument>();
    if (known === null) return insert({ _id, ...anew, due: true, revision: 1 });
    if (known.over !== null && !known.due) return change(known, anew);
    if (known.over !== null || 'runId' in trouble && 'runId' in known.trouble && trouble.runId !== known.trouble.runId) await change(known, { trouble, seenAt: now, over: null });
    else await Row.updateOne({ _id }, { $max: { seenAt: now } });
    return false;
  }

  async function insert(row: TroubleDocument): Promise<boolean> {
    try {
      await Row.create(row);
      return true;
    } catch (error) {
      if (duplicateKeyOf(error) === null) throw error;
      return false;
    }
  }

  return {
    ensureIndexes: async (): Promise<void> => {
      await Row.createIndexes();
    },

    /** Records what a sweep found at `now`; a trouble it did not find is over, unless `unknown` says that it could not be looked at. */
    async note(found: readonly Trouble[], unknown: (trouble: Trouble) => boolean, now: Date): Promise<TroubleChanges> {
      const byKey = new Map([...found].reverse().map((trouble) => [troubleKey(trouble), trouble]));
      const began: Trouble[] = [];
      for (const trouble of byKey.values()) if (await see(trouble, now)) began.push(trouble);
      const ended: Trouble[] = [];
      for (const row of await Row.find({ over: null, seenAt: { $lt: now }, _id: { $nin: [...byKey.keys()] } }).lean<TroubleDocument[]>()) {
        if (!unknown(row.trouble) && (await change(row, { over: now }))) ended.push(row.trouble);
      }
      return { began, ended };
    },

    /** What operators have yet to hear: changes, and lasting troubles without a message. Changes come first, the oldest before others. */
    async untold(limit: number): Promise<TroubleRow[]> {
      const rows = await Row.find({ $or: [{ due: true }, { over: null, message: null }] }).sort({ due: -1, foundAt: 1, _id: 1 }).limit(limit).lean<TroubleDocument[]>();
      return rows.map(rowOf);
    },

    countUntold: (): Promise<number> => Row.countDocuments({ $or: [{ due: true }, { over: null, message: null }] }),

    /** Says that its message is being posted from now on; the time of the first try stands. */
    async trying({ key, foundAt }: TroubleRow, now: Date): Promise<void> {
      await Row.updateOne({ _id: key, foundAt, triedAt: null }, { $set: { triedAt: now } });
    },

    /** The post was refused for certain: no message of that name can be there. */
    async refused({ key, foundAt }: TroubleRow): Promise<void> {
      await Row.updateOne({ _id: key, foundAt, message: null }, { $set: { triedAt: null } });
    },

    /** Records the message; one that is recorded stands. Returns the one on record, or null when the row is about another time. */
    async posted({ key, foundAt }: TroubleRow, message: TroubleMessage): Promise<TroubleMessage | null> {
      await Row.updateOne({ _id: key, foundAt, message: null }, { $set: { message } });
      return (await Row.findOne({ _id: key, foundAt }).lean<TroubleDocument>())?.message ?? null;
    },

    /** Nothing of this revision is left to tell. */
    async told({ key, revision }: TroubleRow): Promise<void> {
      await Row.updateOne({ _id: key, revision }, { $set: { due: false } });
    },
  };
}

function rowOf({ _id, ...rest }: TroubleDocument): TroubleRow {
  return { key: _id, ...rest };
}

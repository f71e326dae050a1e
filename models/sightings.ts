import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';

interface SightingDocument {
  _id: string;
  sweepId: string;
  times: number;
  at: Date;
}

const sightingSchema = new Schema<SightingDocument>(
  {
    _id: { type: String, required: true },
    sweepId: { type: String, required: true },
    times: { type: Number, required: true },
    at: { type: Date, required: true, expires: 24 * 3600 },
  },
  { collection: 'sightings', strict: 'throw', strictQuery: 'throw', versionKey: false, autoIndex: false },
);

/** How often settleRuns has found a run's workflow closed or absent: one sighting is no proof, two in different sweeps are. */
export type Sightings = ReturnType<typeof createSightings>;

export function createSightings(connection: Connection) {
  const Sighting = connection.model<SightingDocument>('Sighting', sightingSchema);
  return {
    ensureIndexes: async (): Promise<void> => {
      await Sighting.createIndexes();
    },

    /** Counts a sighting once per sweep and returns in how many sweeps the run was seen dead. */
    async seenDead(runId: string, sweepId: string, now: Date): Promise<number> {
      const counted = await Sighting.findOneAndUpdate(
        { _id: runId },
        [
          {
            $set: {
              times: { $cond: [{ $eq: ['$sweepId', sweepId] }, { $ifNull: ['$times', 1] }, { $add: [{ $ifNull: ['$times', 0] }, 1] }] },
              sweepId,
              at: now,
            },
          },
        ],
        { upsert: true, returnDocument: 'after', updatePipeline: true },
      ).lean<SightingDocument>();
      return counted.times;
    },

    /** The workflow lives after all, or its run is settled: start counting anew. */
    async forget(runId: string): Promise<void> {
      await Sighting.deleteOne({ _id: runId });
    },
  };
}

import type { Connection, UpdateQuery } from 'mongoose';
import type { AccountId } from '../domain/accounts.js';
import type { FinishedPace } from '../domain/expected-time.js';
import type { Failure } from '../domain/failures.js';
import type { EndedRun } from '../domain/ledger-ends.js';
import { msPerStep } from '../domain/remaining-time.js';
import type { Artifact, CancelledBy, Claim, EndStatus, Progress, RunEnd, RunStatus } from '../domain/runs.js';
import { duplicateKeyOf } from './duplicate-key.js';
import { runCards } from './run-cards.js';
import { runSchema } from './runs-schema.js';
import type { RunDocument, RunRow } from './runs-schema.js';

export type OpenOutcome =
  | { readonly kind: 'opened'; readonly row: RunRow }
  | { readonly kind: 'exists'; readonly row: RunRow }
  | { readonly kind: 'dataset-busy'; readonly runId: string }
  | { readonly kind: 'too-many-runs' };

export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'held'; readonly claim: Claim }
  | { readonly kind: 'not-open' };

export type NewRun = Omit<
  RunRow,
  | 'open' | 'slot' | 'status' | 'attempt' | 'attemptStartedAt' | 'lastFailure' | 'claim' | 'progress' | 'progressAt' | 'firstStepAt'
  | 'firstStep' | 'cancelling' | 'artifact' | 'end' | 'notice' | 'cardMove' | 'card' | 'retiredCards' | 'cardAskedAt' | 'revision' | 'createdAt' | 'endedAt'
>;

/** A node may be slower until it is warm: rates leave this part of the steps out once there is more to go by. */
const WARM_UP_PART = 0.05;

/** Run rows: the only code that queries `runs`. Every change is one atomic write guarded by what it expects to find. */
export type Runs = ReturnType<typeof createRuns>;

// eslint-disable-next-line max-lines-per-function -- one closure over the collection; each operation in it is a few lines
export function createRuns(connection: Connection) {
  const Run = connection.model<RunDocument>('Run', runSchema);

  async function read(runId: string): Promise<RunRow | null> {
    return rowOf(await Run.findById(runId).lean<RunDocument>());
  }

  async function change(filter: Record<string, unknown>, update: UpdateQuery<RunDocument>): Promise<RunRow | null> {
    const document = await Run.findOneAndUpdate(filter, update, { returnDocument: 'after', writeConcern: { w: 'majority', journal: true } }).lean<RunDocument>();
    return rowOf(document);
  }

  return {
    ensureIndexes: async (): Promise<void> => {
      await Run.createIndexes();
    },

    read,

    /**
     * Opens a row in the first free of `slots` places of its account.
     * Idempotent on the run id: an existing row is returned as it is.
     */
    async open(run: NewRun, slots: number, now: Date): Promise<OpenOutcome> {
      const { runId, ...rest } = run;
      for (let slot = 0; slot < slots; slot += 1) {
        try {
          const created = await Run.create({
            ...rest,
            _id: runId,
            open: true,
            slot,
            status: 'checking',
            attempt: 1,
            attemptStartedAt: now,
            notice: 'none',
            revision: 1,
            createdAt: now,
          });
          const row = rowOf(created.toObject<RunDocument>());
          if (row !== null) return { kind: 'opened', row };
        } catch (error) {
          const outcome = await whatStoodInTheWay(error, run);
          if (outcome !== 'slot-taken') return outcome;
        }
      }
      return { kind: 'too-many-runs' };

      async function whatStoodInTheWay(error: unknown, wanted: NewRun): Promise<OpenOutcome | 'slot-taken'> {
        const key = duplicateKeyOf(error);
        if (key === null) throw error;
        const existing = await read(wanted.runId);
        if (existing !== null) return { kind: 'exists', row: existing };
        const busy = await Run.findOne({ datasetId: wanted.datasetId, open: true }, { _id: 1 }).lean<{ _id: string }>();
        if (busy !== null) return { kind: 'dataset-busy', runId: busy._id };
        return 'slot-taken';
      }
    },

    /** Writes a row that was refused before it could open, so that the run id is spent and its answer is on record. */
    async refuse(run: NewRun, end: Extract<RunEnd, { kind: 'refused' }>, now: Date): Promise<RunRow> {
      const { runId, ...rest } = run;
      await Run.updateOne(
        { _id: runId },
        {
          $setOnInsert: {
            ...rest, open: false, slot: null, status: 'refused', attempt: 1, attemptStartedAt: now, lastFailure: null, claim: null,
            progress: null, progressAt: null, firstStepAt: null, firstStep: null, cancelling: null, artifact: null, end, notice: 'pending',
            cardMove: 0, card: null, retiredCards: [], cardAskedAt: null, revision: 1, createdAt: now, endedAt: now,
          },
        },
        { upsert: true, writeConcern: { w: 'majority', journal: true } },
      );
      const row = await read(runId);
      if (row === null) throw new Error(`Expected the refused run ${runId} to be on record, found nothing.`);
      return row;
    },

    /** Names the training files of a run once they are checked and stored. */
    async setTrainingFiles(runId: string, files: readonly { imageId: string; trainingSha256: string }[]): Promise<void> {
      const row = await read(runId);
      if (row === null || !row.open) return;
      const byId = new Map(files.map((file) => [file.imageId, file.trainingSha256]));
      const images = row.images.map((image) => ({ ...image, trainingSha256: byId.get(image.imageId) ?? image.trainingSha256 }));
      await change({ _id: runId, open: true }, { $set: { images } });
    },

    /** Moves an open row to a status on its way; a row that is closed or ending stays as it is. */
    setStatus: (runId: string, status: RunStatus): Promise<RunRow | null> =>
      change({ _id: runId, open: true, status: { $ne: 'ending' } }, { $set: { status }, $inc: { revision: 1 } }),

    /**
     * The word on who trains now: compare-and-set on the open row. Succeeds when nobody holds the attempt, or when the same
     * node claims again with a larger `activityAttempt`; a thawed worker's stale try therefore loses.
     */
    async claim(runId: string, claim: Claim): Promise<ClaimOutcome> {
      const row = await change(
        {
          _id: runId,
          open: true,
          status: { $ne: 'ending' },
          attempt: claim.attempt,
          $or: [{ claim: null }, { 'claim.nodeId': claim.nodeId, 'claim.promptId': claim.promptId, 'claim.activityAttempt': { $lt: claim.activityAttempt } }],
        },
        { $set: { claim, status: 'staging' }, $inc: { revision: 1 } },
      );
      if (row !== null) return { kind: 'claimed', claim };
      const found = await read(runId);
      if (found === null || !found.open || found.status === 'ending' || found.attempt !== claim.attempt || found.claim === null) return { kind: 'not-open' };
      return { kind: 'held', claim: found.claim };
    },

    /** Gives a claim back when nothing was posted under it; only the very same claim is taken away. */
    dropClaim: (runId: string, claim: Claim): Promise<RunRow | null> =>
      change({ _id: runId, open: true, status: { $ne: 'ending' }, claim }, { $set: { claim: null, status: 'queued' }, $inc: { revision: 1 } }),

    /** Lets the current, still waiting attempt adopt a job of an earlier one that its node trains after all. */
    moveClaimBack: (runId: string, claim: Claim): Promise<RunRow | null> =>
      change({ _id: runId, open: true, status: { $ne: 'ending' }, attempt: claim.attempt, claim: null }, { $set: { claim }, $inc: { revision: 1 } }),

    /** Begins attempt `attempt` because `why` ended the one before; repeating it changes nothing. */
    startAttempt: (runId: string, attempt: number, why: Failure, now: Date): Promise<RunRow | null> =>
      change(
        { _id: runId, open: true, status: { $ne: 'ending' }, attempt: attempt - 1 },
        {
          $set: { attempt, attemptStartedAt: now, lastFailure: why, claim: null, progress: null, progressAt: null, firstStepAt: null, firstStep: null, status: 'queued' },
          $inc: { revision: 1 },
        },
      ),

    /** Records how far the current attempt was at `seenAt`. Callers keep to one write in two seconds. */
    async recordProgress(runId: string, attempt: number, progress: Progress, seenAt: Date): Promise<void> {
      const status: RunStatus = progress.phase === 'waiting' || progress.phase === 'preparing' ? 'staging' : 'training';
      const warm = progress.totalSteps * WARM_UP_PART;
      const isWarm = { $and: [{ $gte: ['$progress.step', warm] }, { $lt: ['$firstStep', warm] }] };
      const first = progress.step > 0
        ? {
            firstStepAt: { $cond: [isWarm, '$progressAt', { $ifNull: ['$firstStepAt', seenAt] }] },
            firstStep: { $cond: [isWarm, '$progress.step', { $ifNull: ['$firstStep', progress.step] }] },
          }
        : {};
      await Run.updateOne({ _id: runId, open: true, attempt, status: { $nin: ['ending', 'collecting'] } }, [
        { $set: { progress: { $literal: progress }, progressAt: seenAt, status, revision: { $add: ['$revision', 1] }, ...first } },
      ], { updatePipeline: true });
    },

    recordArtifact: (runId: string, attempt: number, artifact: Artifact): Promise<RunRow | null> =>
      change({ _id: runId, open: true, attempt }, { $set: { artifact }, $inc: { revision: 1 } }),

    /** From here on nobody may claim, submit or record progress; what the row knew last comes back with it. */
    beginEnding: (runId: string, cancelledBy: CancelledBy | null = null): Promise<RunRow | null> =>
      change({ _id: runId, open: true }, { $set: { status: 'ending', ...(cancelledBy === null ? {} : { cancelling: cancelledBy }) }, $inc: { revision: 1 } }),

    /** Closes a row in one write: status, end, pending notice. A row that is closed already keeps the end it has. */
    async end(runId: string, end: RunEnd, now: Date): Promise<RunRow | null> {
      const status: EndStatus = end.kind;
      const closed = await change(
        { _id: runId, open: true },
        { $set: { open: false, slot: null, status, end, notice: 'pending', endedAt: now }, $inc: { revision: 1 } },
      );
      return closed ?? (await read(runId));
    },

    noticeDelivered: (runId: string): Promise<RunRow | null> => change({ _id: runId, notice: 'pending' }, { $set: { notice: 'delivered' } }),

    ...runCards({ Run, read, change }),

    /** Ends that their owner has not been told of; the newest are left to the workflow that is telling them just now. */
    async pendingNotices(accountId: AccountId, endedBefore: Date): Promise<RunRow[]> {
      return rowsOf(await Run.find({ accountId, notice: 'pending', endedAt: { $lt: endedBefore } }).sort({ endedAt: 1 }).limit(10).lean<RunDocument[]>());
    },

    async openRunOfDataset(datasetId: string): Promise<RunRow | null> {
      return rowOf(await Run.findOne({ datasetId, open: true }).lean<RunDocument>());
    },

    async latestRunOfDataset(datasetId: string): Promise<RunRow | null> {
      return rowOf(await Run.findOne({ datasetId }).sort({ createdAt: -1 }).lean<RunDocument>());
    },

    async recentRuns(accountId: AccountId, limit: number): Promise<RunRow[]> {
      return rowsOf(await Run.find({ accountId }).sort({ createdAt: -1 }).limit(limit).lean<RunDocument[]>());
    },

    /** Every run that is over and had a price, with what its end says became of its points. */
    async *endedWithPrice(): AsyncGenerator<EndedRun> {
      const rows = Run.find({ open: false, pricePoints: { $gt: 0 }, end: { $ne: null } }, { accountId: 1, pricePoints: 1, end: 1 }).lean<Omit<EndedRun, 'runId'> & { _id: string }>();
      for await (const { _id: runId, ...row } of rows.cursor()) yield { runId, ...row };
    },

    /** Whether a run under way has proven this file and is about to shelve it; once it is shelved, its lora speaks for it. */
    async isArtifactNeeded(sha256: string): Promise<boolean> {
      return (await Run.exists({ open: true, 'artifact.sha256': sha256 })) !== null;
    },

    /** The datasets that runs of an account trained, by run id: for sentences about them. */
    async namesOf(accountId: AccountId, runIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const rows = await Run.find({ _id: { $in: runIds }, accountId }, { datasetName: 1 }).lean<Pick<RunDocument, '_id' | 'datasetName'>[]>();
      return new Map(rows.map(({ _id, datasetName }) => [_id, datasetName]));
    },

    /** How many open runs of the queue wait for a node: the caller says "about N runs ahead", since fairness orders at dispatch. */
    countWaiting: (queue: string, before: Date): Promise<number> =>
      Run.countDocuments({ open: true, queue, status: 'queued', createdAt: { $lt: before } }),

    /** The run of each queue that has waited longest for a node, of those of this namespace that wait since before `since`. */
    async longestWaiting(namespaceId: string, since: Date): Promise<{ queue: string; runId: string; since: Date }[]> {
      const waiting = await Run.aggregate<{ _id: string; runId: string; since: Date }>([
        { $match: { open: true, status: 'queued', namespaceId, attemptStartedAt: { $lt: since } } },
        { $sort: { attemptStartedAt: 1 } },
        { $group: { _id: '$queue', runId: { $first: '$_id' }, since: { $first: '$attemptStartedAt' } } },
        { $sort: { _id: 1 } },
      ]);
      return waiting.map(({ _id, ...rest }) => ({ queue: _id, ...rest }));
    },

    /** How fast the latest finished runs of a recipe were; one that was over too soon to be timed is left out. */
    async finishedPaces(recipeId: string, limit: number): Promise<FinishedPace[]> {
      const timed = { progress: 1, progressAt: 1, firstStepAt: 1, firstStep: 1, 'settings.resolutionPx': 1 };
      const rows = await Run.find({ recipeId, status: 'succeeded' }, timed).sort({ endedAt: -1 }).limit(limit).lean<RunDocument[]>();
      return rows.flatMap(({ settings, firstStep = null, ...pace }) => {
        const stepMs = msPerStep({ ...pace, firstStep });
        return stepMs === null ? [] : [{ msPerStep: stepMs, resolutionPx: settings.resolutionPx }];
      });
    },

    /** Runs of the queue that a node trains now. */
    async runsOnNodes(queue: string): Promise<RunRow[]> {
      return rowsOf(await Run.find({ open: true, queue, claim: { $ne: null } }, { images: 0 }).limit(500).lean<RunDocument[]>());
    },

    /** Rows that settleRuns has to look at: open ones, and those ended since `noticesSince` whose notice is still pending. */
    async unsettled({ olderThan, noticesSince, limit }: { olderThan: Date; noticesSince: Date; limit: number }): Promise<RunRow[]> {
      const open = await Run.find({ open: true, createdAt: { $lt: olderThan } }).sort({ createdAt: 1 }).limit(limit).lean<RunDocument[]>();
      const unheard = await Run.find({ notice: 'pending', endedAt: { $gt: noticesSince, $lt: olderThan } }).sort({ endedAt: 1 }).limit(limit).lean<RunDocument[]>();
      return rowsOf([...open, ...unheard]);
    },

    /** A change stream of rows that have changed; the consumer reads the row itself. */
    watch: (resumeAfter: unknown) =>
      Run.watch([{ $match: { operationType: { $in: ['insert', 'update', 'replace'] } } }, { $project: { documentKey: 1 } }], {
        ...(resumeAfter === null ? {} : { resumeAfter }),
      }),
  };
}

function rowOf(document: RunDocument | null): RunRow | null {
  if (document === null) return null;
  const { _id, ...rest } = document;
  return { ...SINCE_ADDED, ...rest, runId: _id };
}

/** What rows of an earlier version lack. */
const SINCE_ADDED = { firstStep: null, cancelling: null, cardMove: 0, retiredCards: [], cardAskedAt: null } satisfies Partial<RunRow>;

function rowsOf(documents: readonly RunDocument[]): RunRow[] {
  return documents.map(({ _id, ...rest }) => ({ ...SINCE_ADDED, ...rest, runId: _id }));
}

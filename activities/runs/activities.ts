import { ApplicationFailure, log } from '@temporalio/activity';
import type { Dataset } from '../../domain/datasets.js';
import { captionForTraining } from '../../domain/datasets.js';
import type { Failure } from '../../domain/failures.js';
import { refusalOfOpening } from '../../domain/opening.js';
import type { Recipe } from '../../domain/recipes.js';
import type { Refusal } from '../../domain/refusals.js';
import type { CancelledBy, Claim, FrozenImage, Quote, RunEnd } from '../../domain/runs.js';
import type { NewRun, Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';

/** How long each part of a run may take, in milliseconds; fixed for a run when it opens. */
export interface RunLimits {
  readonly heartbeatMs: number;
  readonly queueWaitMs: number;
  readonly trainingMs: number;
  readonly nodeQueueUnservedMs: number;
  readonly submitRetryMs: number;
  readonly announceMs: number;
}

export interface RunDependencies {
  readonly runs: Pick<Runs, 'read' | 'open' | 'refuse' | 'startAttempt' | 'beginEnding' | 'end'>;
  readonly quotes: { read(quoteId: string): Promise<Quote | null> };
  readonly datasets: { read(datasetId: string): Promise<Dataset | null> };
  readonly nodes: { read(nodeId: string): Promise<{ readonly seenAt: Date } | null> };
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly priceFactor: number;
  readonly maxOpenRuns: number;
  /** The id of the Temporal namespace that these workers serve. */
  readonly namespaceId: string;
  readonly limits: RunLimits;
}

export interface OpenedRun {
  readonly kind: 'opened';
  readonly accountId: string;
  readonly datasetId: string;
  readonly recipeId: string;
  readonly queue: string;
  readonly steps: number;
  readonly pricePoints: number;
  readonly attempt: number;
  readonly limits: RunLimits;
}

export type OpenRunOutcome = OpenedRun | { readonly kind: 'refused'; readonly refusal: Refusal } | { readonly kind: 'ended'; readonly end: RunEnd };

/** What the row knew last when a run begins to end. */
export interface EndingRun {
  readonly attempt: number;
  readonly stepsDone: number;
  readonly totalSteps: number;
  readonly claim: Claim | null;
  /** Whose cancel was under way. */
  readonly cancelling: CancelledBy | null;
  readonly end: RunEnd | null;
  readonly hasArtifact: boolean;
  readonly pricePoints: number;
}

export type RunActivities = ReturnType<typeof createRunActivities>;

export function createRunActivities(deps: RunDependencies) {
  const { runs } = deps;

  return {
    /**
     * Freezes what a run trains and costs in its row, or refuses before any point is touched.
     * Idempotent on the run id: an open row goes on, an ended one answers with its end and nothing else runs.
     */
    async openRun({ runId, quoteId, interactionId }: { runId: string; quoteId: string; interactionId: string }): Promise<OpenRunOutcome> {
      const existing = await runs.read(runId);
      if (existing !== null) return answerOf(existing, deps.limits);
      const quote = await deps.quotes.read(quoteId);
      if (quote?.runId !== runId) return { kind: 'refused', refusal: { code: 'quote-expired' } };

      const now = new Date();
      const dataset = await deps.datasets.read(quote.datasetId);
      const recipe = deps.recipes.get(quote.recipeId);
      const refusal = refusalOfOpening({ quote, dataset, recipe, knownRecipes: [...deps.recipes.keys()], priceFactor: deps.priceFactor, now });
      const run = newRun({ quote, dataset, recipe, interactionId, namespaceId: deps.namespaceId });
      if (refusal !== null) return refuse(run, refusal, now);

      const opened = await runs.open(run, deps.maxOpenRuns, now);
      switch (opened.kind) {
        case 'opened':
        case 'exists':
          return answerOf(opened.row, deps.limits);
        case 'dataset-busy':
          return refuse(run, { code: 'already-running', runId: opened.runId }, now);
        case 'too-many-runs':
          return refuse(run, { code: 'too-many-runs', limit: deps.maxOpenRuns }, now);
      }

      async function refuse(refused: NewRun, why: Refusal, at: Date): Promise<OpenRunOutcome> {
        return answerOf(await runs.refuse(refused, { kind: 'refused', refusal: why }, at), deps.limits);
      }
    },

    /** Begins the next attempt because `why` ended the one before. Idempotent on (run id, attempt). */
    async startAttempt({ runId, attempt, why }: { runId: string; attempt: number; why: Failure }): Promise<{ open: boolean }> {
      const started = await runs.startAttempt(runId, attempt, why, new Date());
      if (started !== null) return { open: true };
      const row = await runs.read(runId);
      return { open: row !== null && row.open && row.attempt === attempt };
    },

    /** Closes the row to every claim, submission and progress, before the job is interrupted and the points are resolved. */
    async beginEnding({ runId, cancelledBy = null }: { runId: string; cancelledBy?: CancelledBy | null }): Promise<EndingRun> {
      const row = (await runs.beginEnding(runId, cancelledBy)) ?? (await runs.read(runId));
      if (row === null) throw ApplicationFailure.nonRetryable(`Expected a row of run ${runId}, found none.`, 'Internal');
      return {
        attempt: row.attempt,
        stepsDone: row.progress?.step ?? 0,
        totalSteps: row.settings.steps,
        claim: row.claim,
        cancelling: row.cancelling,
        end: row.end,
        hasArtifact: row.artifact !== null,
        pricePoints: row.pricePoints,
      };
    },

    /** Writes the end of a run with its pending notice. An end that is on record already stands and is returned. */
    async endRun({ runId, end }: { runId: string; end: RunEnd }): Promise<RunEnd> {
      const row = await runs.end(runId, end, new Date());
      if (row?.end === undefined || row.end === null) throw ApplicationFailure.nonRetryable(`Expected run ${runId} to have an end on record, found none.`, 'Internal');
      if (row.end.kind !== end.kind) log.warn('run had ended otherwise', { runId, recorded: row.end.kind, wished: end.kind });
      return row.end;
    },

    /** Whether a worker of the node has reported since `since` (epoch ms): one that has would have taken the work. */
    async seenNodeSince({ nodeId, since }: { nodeId: string; since: number }): Promise<{ seen: boolean }> {
      const node = await deps.nodes.read(nodeId);
      return { seen: node !== null && node.seenAt.getTime() > since };
    },
  };
}

function answerOf(row: RunRow, limits: RunLimits): OpenRunOutcome {
  if (row.end !== null) return row.end.kind === 'refused' ? { kind: 'refused', refusal: row.end.refusal } : { kind: 'ended', end: row.end };
  return {
    kind: 'opened',
    accountId: row.accountId,
    datasetId: row.datasetId,
    recipeId: row.recipeId,
    queue: row.queue,
    steps: row.settings.steps,
    pricePoints: row.pricePoints,
    attempt: row.attempt,
    limits,
  };
}

interface NewRunParts {
  quote: Quote;
  dataset: Dataset | null;
  recipe: Recipe | undefined;
  interactionId: string;
  namespaceId: string;
}

function newRun({ quote, dataset, recipe, interactionId, namespaceId }: NewRunParts): NewRun {
  const { triggerWord } = quote;
  const images: FrozenImage[] = (dataset?.images ?? []).map((image) => ({
    imageId: image.imageId,
    fileName: image.fileName,
    sha256: image.sha256,
    caption: captionForTraining(image.caption, triggerWord),
    trainingSha256: null,
  }));
  return {
    runId: quote.runId,
    accountId: quote.accountId,
    datasetId: quote.datasetId,
    datasetName: dataset?.name ?? '',
    triggerWord,
    datasetRevision: quote.datasetRevision,
    images,
    recipeId: quote.recipeId,
    queue: recipe?.queue ?? '',
    settings: quote.settings,
    pricePoints: quote.pricePoints,
    namespaceId,
    interactionId,
    locale: quote.locale,
    cardPlace: quote.cardPlace,
  };
}

import { ApplicationFailure } from '@temporalio/activity';
import type { SignalType } from '../../domain/failures.js';
import { points } from '../../domain/points.js';
import type { Refusal } from '../../domain/refusals.js';
import type { ResolveOutcome } from '../../domain/ledger-answers.js';
import { IdempotencyMismatchError } from '../../models/points-errors.js';
import type { PointsLedger } from '../../models/points-ledger.js';
import type { Runs } from '../../models/runs.js';
import type { RunRow } from '../../models/runs-schema.js';

export interface LedgerDependencies {
  readonly runs: Pick<Runs, 'read' | 'setStatus'>;
  readonly ledger: Pick<PointsLedger, 'hold' | 'resolve'>;
}

export type HoldPointsOutcome = { readonly kind: 'held'; readonly heldPoints: number } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What became of a run's points: what the ledger has on record, whatever was wished. */
export interface Resolved {
  readonly capturedPoints: number;
  readonly releasedPoints: number;
}

export type LedgerActivities = ReturnType<typeof createLedgerActivities>;

export function createLedgerActivities({ runs, ledger }: LedgerDependencies) {
  async function rowOf(runId: string): Promise<RunRow> {
    const row = await runs.read(runId);
    if (row === null) throw ApplicationFailure.nonRetryable(`Expected a row of run ${runId}, found none.`, 'Internal');
    return row;
  }

  return {
    /**
     * Sets the run's price aside; it leaves `available` and is spent only by a capture.
     * Idempotent on `hold:<runId>`, a refusal included. A free run writes nothing.
     *
     * @throws `IdempotencyMismatch` (non-retryable) when the key was used with another amount.
     */
    async holdPoints({ runId }: { runId: string }): Promise<HoldPointsOutcome> {
      const { accountId, pricePoints, open } = await rowOf(runId);
      // A run that has ended (its workflow was reset) may hold nothing any more.
      if (!open) return { kind: 'refused', refusal: { code: 'run-settled' } };
      const outcome = await namingMismatch(() => ledger.hold({ accountId, runId, amountPoints: points(pricePoints) }));
      switch (outcome.kind) {
        case 'held':
          await runs.setStatus(runId, 'queued');
          return { kind: 'held', heldPoints: pricePoints };
        case 'refused':
          return { kind: 'refused', refusal: { code: 'not-enough-points', neededPoints: outcome.neededPoints, availablePoints: outcome.availablePoints } };
        case 'settled':
          return { kind: 'refused', refusal: { code: 'run-settled' } };
      }
    },

    /**
     * Keeps `amountPoints` of the hold (all of it when not given) and gives the rest back, in one entry.
     * Idempotent on `resolve:<runId>`: a recorded release stands and is returned.
     */
    async capturePoints({ runId, amountPoints }: { runId: string; amountPoints?: number }): Promise<Resolved> {
      const { accountId, pricePoints } = await rowOf(runId);
      const wish = { kind: 'capture' as const, amountPoints: points(amountPoints ?? pricePoints) };
      return resolvedOf(await namingMismatch(() => ledger.resolve({ accountId, runId, heldPoints: points(pricePoints), wish })));
    },

    /** Gives the hold back. Idempotent on `resolve:<runId>`; a run that holds nothing can hold nothing any more afterwards. */
    async releasePoints({ runId }: { runId: string }): Promise<Resolved> {
      const { accountId, pricePoints } = await rowOf(runId);
      return resolvedOf(await namingMismatch(() => ledger.resolve({ accountId, runId, heldPoints: points(pricePoints), wish: { kind: 'release' } })));
    },
  };
}

function resolvedOf(outcome: ResolveOutcome): Resolved {
  switch (outcome.kind) {
    case 'captured':
      return { capturedPoints: outcome.amountPoints, releasedPoints: outcome.freedPoints };
    case 'released':
      return { capturedPoints: 0, releasedPoints: outcome.amountPoints };
    case 'nothing-held':
      return { capturedPoints: 0, releasedPoints: 0 };
  }
}

async function namingMismatch<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof IdempotencyMismatchError) {
      throw ApplicationFailure.create({ message: error.message, type: 'IdempotencyMismatch' satisfies SignalType, nonRetryable: true, cause: error });
    }
    throw error;
  }
}

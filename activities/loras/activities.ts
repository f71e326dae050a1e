import { ApplicationFailure } from '@temporalio/activity';
import type { Recipe } from '../../domain/recipes.js';
import type { RunEnd } from '../../domain/runs.js';
import type { Loras } from '../../models/loras.js';
import type { Runs } from '../../models/runs.js';

export interface LoraDependencies {
  readonly runs: Pick<Runs, 'read' | 'end'>;
  readonly loras: Pick<Loras, 'shelve'>;
  readonly recipes: ReadonlyMap<string, Recipe>;
}

export type LoraActivities = ReturnType<typeof createLoraActivities>;

export function createLoraActivities({ runs, loras, recipes }: LoraDependencies) {
  return {
    /**
     * Puts the proven file on its owner's shelf and ends the run as succeeded, with its notice pending.
     * Idempotent on the run id. Only called once the capture is on record.
     */
    async shelveLora({ runId, capturedPoints }: { runId: string; capturedPoints: number }): Promise<RunEnd> {
      const row = await runs.read(runId);
      if (row?.artifact === undefined || row.artifact === null) {
        throw ApplicationFailure.nonRetryable(`Expected run ${runId} to have a proven file on record, found none.`, 'Internal');
      }
      await loras.shelve({
        loraId: runId,
        owner: row.accountId,
        name: row.datasetName,
        fileName: row.artifact.fileName,
        sha256: row.artifact.sha256,
        sizeBytes: row.artifact.sizeBytes,
        tensors: row.artifact.tensors,
        triggerWord: row.triggerWord,
        baseModel: recipes.get(row.recipeId)?.baseModel.title ?? row.recipeId,
        recipeId: row.recipeId,
        settings: row.settings,
        createdAt: new Date(),
      });
      const ended = await runs.end(runId, { kind: 'succeeded', capturedPoints }, new Date());
      if (ended?.end === undefined || ended.end === null) throw ApplicationFailure.nonRetryable(`Expected run ${runId} to have an end on record, found none.`, 'Internal');
      return ended.end;
    },
  };
}

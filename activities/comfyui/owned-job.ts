import type { Recipe } from '../../domain/recipes.js';
import type { Claim } from '../../domain/runs.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { ComfyDependencies } from './dependencies.js';
import { attemptFailure, notOwner } from './failures.js';
import { artifactFile } from './graph.js';
import type { ComfyFile } from './file-calls.js';

/** The job that a run's current attempt has on this node. */
export interface OwnedJob {
  readonly row: RunRow;
  readonly claim: Claim;
  readonly recipe: Recipe;
  readonly file: ComfyFile;
}

/**
 * The job of an attempt, as the run row says. Its prompt id comes from the claim: it may be a job of an earlier attempt that came back.
 *
 * @throws `NotOwner` (non-retryable) when the row is closed, ending, at another attempt or claimed elsewhere: whoever changed it goes on with the run.
 */
export async function ownedJob(deps: Pick<ComfyDependencies, 'runs' | 'node' | 'recipes'>, runId: string, attempt: number): Promise<OwnedJob> {
  const row = await deps.runs.read(runId);
  if (row === null || !row.open || row.status === 'ending' || row.attempt !== attempt) throw notOwner(runId, attempt);
  const { claim } = row;
  if (claim?.nodeId !== deps.node.nodeId) throw notOwner(runId, attempt);
  const recipe = deps.recipes.get(row.recipeId);
  if (recipe === undefined) throw attemptFailure({ type: 'Internal', reference: runId }, `Recipe "${row.recipeId}" is not known here.`);
  return { row, claim, recipe, file: artifactFile(recipe, runId, claim.promptId, row.settings.steps) };
}

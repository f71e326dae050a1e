import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundle } from '@temporalio/worker';

/** A saved run of a workflow: what every later version of the code must be able to replay. */
export interface SavedHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly history: unknown;
}

export interface Replayed {
  readonly name: string;
  readonly workflowId: string;
  /** Why this code cannot go on with it, or null. */
  readonly problem: string | null;
}

/** @returns every `.json` of a folder, by name */
export async function readHistories(folder: string): Promise<SavedHistory[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (fileName) => {
      const saved = JSON.parse(await readFile(join(folder, fileName), 'utf8')) as Omit<SavedHistory, 'name'>;
      return { name: fileName.replace(/\.json$/, ''), ...saved };
    }),
  );
}

/** @param workflowsPath the file that exports every workflow, as `workflows/index.ts` does */
export function bundleWorkflows(workflowsPath: string): Promise<WorkflowBundle> {
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
}

/** Lets workflow code go through saved histories, without a server: where it would have decided otherwise, runs under way would be stuck after a deploy. */
export async function replay(histories: readonly SavedHistory[], workflowBundle: WorkflowBundle): Promise<Replayed[]> {
  const replayed: Replayed[] = [];
  for (const { name, workflowId, history } of histories) replayed.push({ name, workflowId, problem: await problemOf(history, workflowId, workflowBundle) });
  return replayed;
}

async function problemOf(history: unknown, workflowId: string, workflowBundle: WorkflowBundle): Promise<string | null> {
  try {
    await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Client } from '@temporalio/client';
import { savingHistories } from './config.js';

const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));

/** A saved run of a workflow: what every later version of the code must be able to replay. */
export interface SavedHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly history: unknown;
}

/** Saves the history of a workflow under a name, when this run of the tests is told to (`SAVE_HISTORIES=1`). */
export async function saveHistory(client: Client, workflowId: string, name: string): Promise<void> {
  if (!savingHistories()) return;
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, `${name}.json`), `${JSON.stringify({ workflowId, history: JSON.parse(historyToJSON(history)) as unknown })}\n`);
}

export async function savedHistories(): Promise<SavedHistory[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (fileName) => {
      const saved = JSON.parse(await readFile(join(FOLDER, fileName), 'utf8')) as Omit<SavedHistory, 'name'>;
      return { name: fileName.replace(/\.json$/, ''), ...saved };
    }),
  );
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Client } from '@temporalio/client';
import { readHistories, type SavedHistory } from '../../sandbox/replay/replay.js';
import { savingHistories } from './config.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, 'test/histories/');

/** Saves the history of a workflow under a name, when this run of the tests is told to (`SAVE_HISTORIES=1`). */
export async function saveHistory(client: Client, workflowId: string, name: string, temporalRunId?: string): Promise<void> {
  if (!savingHistories()) return;
  const history = await client.workflow.getHandle(workflowId, temporalRunId).fetchHistory();
  await mkdir(FOLDER, { recursive: true });
  const saved = JSON.stringify({ workflowId, history: JSON.parse(historyToJSON(history)) as unknown });
  // Stacks of failures tell where the project lay; that is nobody's business.
  await writeFile(join(FOLDER, `${name}.json`), `${saved.replaceAll(ROOT, '')}\n`);
}

export const savedHistories = (): Promise<SavedHistory[]> => readHistories(FOLDER);

import { WorkflowNotFoundError } from '@temporalio/client';
import type { RunRow } from '../../../models/runs-schema.js';
import { runStateAttribute } from '../../../workflows/search-attributes.js';
import { trainRunIdOf } from '../../../domain/workflow-names.js';
import type { Expectation } from './expectation.js';
import type { Witnesses } from './witnesses.js';

const STATUS = { succeeded: 'COMPLETED', refused: 'COMPLETED', failed: 'FAILED', cancelled: 'CANCELLED' } as const;

/** Closed with the Temporal status that belongs to the end, in its first and only execution. */
export async function workflowDisagreements({ client }: Witnesses, row: RunRow, { end }: Expectation): Promise<string[]> {
  try {
    const handle = client.workflow.getHandle(trainRunIdOf(row.runId));
    const { status, typedSearchAttributes } = await handle.describe();
    const found = status.name === STATUS[end.kind] ? [] : [`expected ${STATUS[end.kind]}, found ${status.name}`];
    const state = typedSearchAttributes.get(runStateAttribute);
    if (state !== end.kind) found.push(`expected RunState ${end.kind}, found ${state ?? 'none'}`);
    return found;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return ['Temporal knows no such workflow'];
    throw error;
  }
}

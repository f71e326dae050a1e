import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundle } from '@temporalio/worker';
import { compiledCopy } from '../../sandbox/yard/compiled-copy.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The workflow code, bundled once for all tests and every yard they start. */
export async function workflowBundle(): Promise<WorkflowBundle> {
  return { code: await readFile(join(await compiledCopy(ROOT), 'workflow-bundle.js'), 'utf8') };
}

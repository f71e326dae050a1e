import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { WORKFLOWS_PATH } from '../../workers/yard.js';

let bundle: Promise<WorkflowBundle> | null = null;

/** The workflow code, bundled once for all yards of a test file. */
export function workflowBundle(): Promise<WorkflowBundle> {
  bundle ??= bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH, logger: new DefaultLogger('ERROR') });
  return bundle;
}

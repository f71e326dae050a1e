import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode } from '@temporalio/worker';
import { BUNDLE_PATH, WORKFLOWS_PATH } from './yard.js';

/** Bundles the workflows of a compiled yard, once per build: `node dist/workers/bundle.js`. */
async function main(): Promise<void> {
  if (WORKFLOWS_PATH.endsWith('.ts')) throw new Error('Expected to run from dist/: a yard that runs from source bundles its workflows at each start.');
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH });
  await writeFile(BUNDLE_PATH, code);
}

await main();

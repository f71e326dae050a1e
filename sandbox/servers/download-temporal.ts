import { TestWorkflowEnvironment } from '@temporalio/testing';

// Run as a program: `download-temporal.ts <folder> <version>`. The SDK fetches the Temporal CLI from its vendor into the folder; it
// offers that only together with starting it.
const [downloadDir = '.', version = 'default'] = process.argv.slice(2);
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, version, ttl: '1d' } },
  });
  await environment.teardown();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

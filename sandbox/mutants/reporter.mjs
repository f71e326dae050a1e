import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the outcome of a jest run before `--bail` ends its process, which the report of jest's own does not survive. */
export default class MutantsReporter {
  #file;

  constructor({ rootDir }) {
    this.#file = join(rootDir, 'mutants-report.json');
  }

  onRunComplete(_contexts, { numPassedTests, testResults }) {
    const suites = testResults.map(({ testFilePath, failureMessage, testResults: tests }) => ({
      file: testFilePath,
      problem: failureMessage ?? null,
      failed: tests.find(({ status }) => status === 'failed')?.fullName ?? null,
    }));
    writeFileSync(this.#file, JSON.stringify({ passed: numPassedTests, suites }));
  }
}

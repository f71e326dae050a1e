import { z } from 'zod';

/** What a check or a test run adds to the last line. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What the number alone does not say. */
  readonly notes: readonly string[];
}

const jestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numTotalTests: z.number(),
  testResults: z.array(
    z.object({ name: z.string(), status: z.string(), message: z.string().optional(), assertionResults: z.array(z.unknown()) }),
  ),
});

/**
 * Counts jest's own report strictly: a test that was skipped or only planned has not passed, a suite that could not be loaded has
 * failed, and a run without any test proves nothing.
 */
export function tallyJest(report: unknown): Tally {
  const parsed = jestReport.safeParse(report);
  if (!parsed.success) return { passed: 0, failed: 1, notes: ['Jest ended without a report: its own words are above.'] };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numTotalTests, testResults } = parsed.data;
  const notLoaded = testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0);
  const notRun = numPendingTests + numTodoTests;
  const none = numTotalTests === 0 && notLoaded.length === 0;
  return {
    passed: numPassedTests,
    failed: numFailedTests + notRun + notLoaded.length + (none ? 1 : 0),
    notes: [
      ...notLoaded.map((suite) => `Failed to load, counted as failed: ${suite.name}`),
      ...(notRun > 0 ? [`Skipped or planned tests, counted as failed: ${notRun}`] : []),
      ...(none ? ['No test ran, counted as failed.'] : []),
    ],
  };
}

export function addUp(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    notes: tallies.flatMap((tally) => tally.notes),
  };
}

/** The last line of `npm test`, read by machines. */
export function lastLine({ passed, failed }: Tally): string {
  return `${passed} passed, ${failed} failed`;
}

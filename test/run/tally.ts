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
    z.object({ name: z.string(), status: z.string(), message: z.string().optional(), assertionResults: z.array(z.object({ status: z.string() }).loose()) }),
  ),
});

type JestReport = z.infer<typeof jestReport>;
type Suite = JestReport['testResults'][number];

/** The suites of a report that did not pass, with what jest said of them. */
export function failedSuites(report: unknown): readonly { readonly path: string; readonly message: string }[] {
  const parsed = jestReport.safeParse(report);
  if (!parsed.success) return [];
  return parsed.data.testResults.filter(({ status }) => status === 'failed').map(({ name, message = '' }) => ({ path: name, message }));
}

/** A report in which the suites that were run a second time count as they did then. */
export function withSecondLook(first: unknown, second: unknown): unknown {
  const before = jestReport.safeParse(first);
  const after = jestReport.safeParse(second);
  if (!before.success || !after.success) return first;
  const again = new Map(after.data.testResults.map((suite) => [suite.name, suite]));
  return countedAnew(before.data.testResults.map((suite) => again.get(suite.name) ?? suite));
}

function countedAnew(testResults: readonly Suite[]): JestReport {
  const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (...wanted: readonly string[]): number => statuses.filter((status) => wanted.includes(status)).length;
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending', 'skipped', 'disabled'),
    numTodoTests: count('todo'),
    numTotalTests: statuses.length,
    testResults: [...testResults],
  };
}

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

const sweepReport = z.array(z.object({ place: z.string(), searched: z.number(), leaks: z.array(z.string()) }));

/** Each place where secrets were looked for counts as a test: it passed when something was there to look at and nothing was found. */
export function tallySweep(report: unknown): Tally {
  const parsed = sweepReport.safeParse(report ?? []);
  if (!parsed.success) return { passed: 0, failed: 1, notes: ['The search for secrets ended without a report.'] };
  const looked = parsed.data.filter(({ searched, leaks }) => searched > 0 || leaks.length > 0);
  const leaky = looked.filter(({ leaks }) => leaks.length > 0);
  return {
    passed: looked.length - leaky.length,
    failed: leaky.length,
    notes: leaky.map(({ place, leaks }) => `Secrets leaked to ${place}:\n${leaks.join('\n')}`),
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

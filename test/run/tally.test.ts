import { describe, expect, it } from '@jest/globals';
import { addUp, lastLine, tallyJest, tallySweep } from './tally.js';

function report(counts: object, testResults: object[] = []): object {
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numTotalTests: 0 };
  return { ...none, ...counts, testResults };
}

describe('a test run that has not passed', () => {
  it('counts skipped and planned tests as failed', () => {
    const tally = tallyJest(report({ numPassedTests: 3, numPendingTests: 2, numTodoTests: 1, numTotalTests: 6 }));
    expect(tally).toMatchObject({ passed: 3, failed: 3, notes: ['Skipped or planned tests, counted as failed: 3'] });
  });

  it('counts a suite that could not be loaded as failed and names it', () => {
    const suite = { name: '/test/broken.test.ts', status: 'failed', message: 'SyntaxError', assertionResults: [] };
    const tally = tallyJest(report({ numPassedTests: 5, numTotalTests: 5 }, [suite]));
    expect(tally).toEqual({ passed: 5, failed: 1, notes: ['Failed to load, counted as failed: /test/broken.test.ts'] });
  });

  it('does not count a loaded suite twice', () => {
    const suite = { name: '/test/red.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] };
    expect(tallyJest(report({ numFailedTests: 1, numTotalTests: 1 }, [suite]))).toMatchObject({ failed: 1, notes: [] });
  });

  it('without any test has failed', () => {
    expect(tallyJest(report({}))).toMatchObject({ passed: 0, failed: 1, notes: ['No test ran, counted as failed.'] });
  });

  it('without a report has failed', () => {
    expect(tallyJest(undefined)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('the search for secrets', () => {
  it('fails by place, and shows what leaked', () => {
    const tally = tallySweep([{ place: 'logs', searched: 9, leaks: ['token=c4nary'] }, { place: 'MongoDB', searched: 4, leaks: [] }]);
    expect(tally).toEqual({ passed: 1, failed: 1, notes: ['Secrets leaked to logs:\ntoken=c4nary'] });
  });

  it('counts nothing where there was nothing to look at', () => {
    expect(tallySweep([{ place: 'logs', searched: 0, leaks: [] }])).toMatchObject({ passed: 0, failed: 0 });
    expect(tallySweep(undefined)).toMatchObject({ passed: 0, failed: 0 });
  });

  it('fails when its report cannot be read', () => {
    expect(tallySweep({ leaks: 0 })).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('the last line', () => {
  it('adds up lint, types and tests', () => {
    const tally = addUp([{ passed: 1, failed: 0, notes: [] }, { passed: 0, failed: 1, notes: ['Types failed'] }, { passed: 40, failed: 2, notes: [] }]);
    expect(lastLine(tally)).toBe('41 passed, 3 failed');
    expect(tally.notes).toEqual(['Types failed']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJestIn } from '../support/jest-project.js';

/** Suites that fail in each way, run by the same jest run that `npm test` uses, in a project of their own. */
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'trainyard-run-'));
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(join(project, 'jest.config.mjs'), `export default { testEnvironment: 'node', transform: {}, testMatch: ['**/*.test.js'] };`);
  await writeFile(join(project, 'good.test.js'), `test('adds', () => { expect(1 + 1).toBe(2); });`);
  await writeFile(join(project, 'bad.test.js'), `test('adds', () => { expect(1 + 1).toBe(3); }); test.skip('later', () => {}); test.todo('some day');`);
  await writeFile(join(project, 'broken.test.js'), `import './nowhere.js';`);
});
afterAll(() => rm(project, { recursive: true }));

const runTally = (...only: string[]) => runJestIn(project, ...only);

describe('a jest run of npm test', () => {
  it('counts what passed, failed, was left out and did not load, and shows why', async () => {
    const { tally, stderr } = await runTally();
    expect(tally).toMatchObject({ passed: 1, failed: 4 });
    expect(stderr).toContain('Expected: 3');
    expect(stderr).toContain('nowhere.js');
    expect(stderr).toMatch(/✓ \[\d\/3\] .*good\.test\.js {2}1/);
  });

  it('looks at a failed suite once more, alone, and names it when it passes then', async () => {
    const marker = join(project, 'seen');
    await writeFile(
      join(project, 'chance.test.js'),
      `import { existsSync, writeFileSync } from 'node:fs';
       test('works the second time', () => { const seen = existsSync(${JSON.stringify(marker)}); writeFileSync(${JSON.stringify(marker)}, ''); expect(seen).toBe(true); });`,
    );
    const { tally, stderr } = await runTally('chance');
    await rm(join(project, 'chance.test.js'));
    expect(tally).toMatchObject({ passed: 1, failed: 0, notes: [expect.stringContaining('chance.test.js')] });
    expect(stderr).toContain('Once more, alone');
  });

  it('fails when the second look fails as well', async () => {
    const { tally } = await runTally('bad');
    expect(tally).toMatchObject({ passed: 0, failed: 3, notes: [expect.stringContaining('Skipped or planned'), expect.stringMatching(/^Failed twice: .*bad\.test\.js$/)] });
  });

  it('passes when every test it was asked for passed', async () => {
    const { tally } = await runTally('good');
    expect(tally).toEqual({ passed: 1, failed: 0, notes: [] });
  });

  it('fails when nothing matches', async () => {
    const { tally } = await runTally('nothing-like-this');
    expect(tally).toMatchObject({ passed: 0, failed: 1 });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChance } from '../../../sandbox/seeded-random.js';
import { chooseSites } from '../../../sandbox/mutants/choose.js';
import { copyProject } from '../../../sandbox/mutants/copy.js';
import { DoesNotApplyError, edited, editOf, linesOf } from '../../../sandbox/mutants/edit.js';
import { CONTROLS, NAMED_MUTANTS } from '../../../sandbox/mutants/named.js';
import { OPERATORS, sitesIn } from '../../../sandbox/mutants/operators.js';
import { readOptions } from '../../../sandbox/mutants/options.js';
import { importsOf, relatedTests } from '../../../sandbox/mutants/related-tests.js';
import { reportOf } from '../../../sandbox/mutants/report.js';
import { KNOWN_SURVIVORS } from '../../../sandbox/mutants/survivors.js';
import type { RunEnd, TestRuns, Tests } from '../../../sandbox/mutants/test-runs.js';
import { createTrials } from '../../../sandbox/mutants/trial.js';

const SOURCE = `import { other } from './other.js';
export type Kind = 'a' | 'b';
export async function judge(amount: number, log: { info(text: string): void }): Promise<{ kind: Kind } | null> {
  log.info('judging');
  other(amount);
  const more = await Promise.resolve(amount + 1);
  if (more >= 4 && amount !== 7000) return { kind: 'a' };
  if (more < 0) throw new Error(\`negative \${amount > 1 ? 'much' : 'bit'}\`);
  return more === 2 ? { kind: 'b' } : null;
}
export const ALWAYS = true;
`;

describe('the command line of mutants', () => {
  it.each([
    [['--seed', 'x'], 'seed to be a whole number'],
    [['--count', '-1'], 'count'],
    [['--loud'], 'loud'],
  ])('%j is answered with what was expected and how to use it', (args, sentence) => {
    expect(readOptions(args, 1)).toEqual({ kind: 'problem', problem: expect.stringContaining(sentence) });
    expect(readOptions(args, 1)).toEqual({ kind: 'problem', problem: expect.stringContaining('npm run mutants --') });
  });

  it('says which mutants are tried, and from which seed', () => {
    expect(readOptions([], 1)).toEqual({ kind: 'ok', options: { seed: 1, count: 20, only: null, json: false } });
    expect(readOptions(['--seed', '9', '--count', '0', '--only', 'claim', '--json'], 1)).toEqual({ kind: 'ok', options: { seed: 9, count: 0, only: 'claim', json: true } });
  });
});

describe('a mutant that no longer fits the code', () => {
  it.each([
    ['is not there', 'held < balance', '0 times'],
    ['is there twice', 'amount', 'times'],
  ])('is no mutant: what it replaces %s', (_, find, sentence) => {
    expect(() => editOf(SOURCE, { file: 'rule.ts', find, replace: '' })).toThrow(DoesNotApplyError);
    expect(() => editOf(SOURCE, { file: 'rule.ts', find, replace: '' })).toThrow(sentence);
  });

  it.each([...NAMED_MUTANTS, ...CONTROLS].map((mutant) => [mutant.name, mutant] as const))('is none of ours: %s changes its file, and its tests are there', async (_, mutant) => {
    const source = await readFile(mutant.file, 'utf8');
    expect(edited(source, editOf(source, mutant))).not.toBe(source);
    for (const file of mutant.tests.files) {
      const text = await readFile(file, 'utf8');
      if (mutant.tests.title !== undefined && !file.endsWith('endings.test.ts')) expect(text).toContain(mutant.tests.title);
    }
  });

  it('has a name of its own, and there are more than a dozen', () => {
    const names = [...NAMED_MUTANTS, ...CONTROLS].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(NAMED_MUTANTS.length).toBeGreaterThan(12);
  });

  it('is no survivor with a reason any more', async () => {
    for (const { file, before } of KNOWN_SURVIVORS) expect((await readFile(file, 'utf8')).replaceAll(/\s+/g, ' ')).toContain(before);
  });
});

describe('generic operators', () => {
  const sites = sitesIn('rule.ts', SOURCE);
  const changesBy = (operator: string): string[] =>
    sites.filter((site) => site.operator === operator).map((site) => `${SOURCE.slice(site.start, site.end)} → ${site.replacement}`);

  it('find the places that decide, and leave types, imports, logs and what is thrown alone', () => {
    expect(changesBy('flip-comparison')).toEqual(['>= → >', '!== → ===', '< → <=', '=== → !==']);
    expect(changesBy('swap-logic')).toEqual(['&& → ||']);
    expect(changesBy('negate-condition')).toEqual(['more >= 4 && amount !== 7000 → !(more >= 4 && amount !== 7000)', 'more < 0 → !(more < 0)', 'more === 2 → !(more === 2)']);
    expect(changesBy('off-by-one')).toEqual(['+ → -', '1 → 2', '4 → 5', '0 → 1', '2 → 3']);
    expect(changesBy('flip-boolean')).toEqual(['true → false']);
    expect(changesBy('drop-call')).toEqual(['other(amount); → ;']);
    expect(changesBy('drop-await')).toEqual(['await Promise.resolve(amount + 1) → Promise.resolve(amount + 1)']);
    expect(changesBy('other-word')).toEqual(["'a' → 'b'", "'b' → 'a'"]);
    expect(changesBy('return-nothing')).toContain("return { kind: 'a' }; → return null;");
    expect(new Set(sites.map(({ operator }) => operator))).toEqual(new Set(OPERATORS));
  });

  it('change one place, and are known by its lines wherever these move', () => {
    const site = sites.find(({ operator }) => operator === 'swap-logic');
    if (site === undefined) throw new Error('Expected a place with &&.');
    const moved = sitesIn('rule.ts', `// moved\n${SOURCE}`).find(({ operator }) => operator === 'swap-logic');
    expect(linesOf(SOURCE, site)).toEqual({ before: "if (more >= 4 && amount !== 7000) return { kind: 'a' };", after: "if (more >= 4 || amount !== 7000) return { kind: 'a' };" });
    expect(moved && linesOf(`// moved\n${SOURCE}`, moved)).toEqual(linesOf(SOURCE, site));
  });

  it('choose the same places for the same seed, others for another, from many files before two of one', () => {
    const byFile = new Map(Array.from({ length: 30 }, (_, at) => [`domain/${at}.ts`, sitesIn(`domain/${at}.ts`, SOURCE)]));
    const choice = (seed: number) => chooseSites(byFile, 30, createChance(seed), () => true).chosen;
    expect(choice(7)).toEqual(choice(7));
    expect(choice(8)).not.toEqual(choice(7));
    expect(new Set(choice(7).map(({ file }) => file)).size).toBe(30);
  });

  it('count what does not compile, and go on to what does', () => {
    const byFile = new Map([['rule.ts', sites]]);
    const { chosen, stillborn } = chooseSites(byFile, 2, createChance(1), ({ operator }) => operator === 'flip-comparison');
    expect(chosen.map(({ operator }) => operator)).toEqual(['flip-comparison', 'flip-comparison']);
    expect(stillborn).toBeGreaterThan(0);
    expect(chooseSites(byFile, 2, createChance(1), () => false)).toEqual({ chosen: [], stillborn: sites.length });
  });
});

describe('the tests of a file', () => {
  const texts = new Map([
    ['domain/price.ts', ''],
    ['domain/charge.ts', "import { priceOf } from './price.js';"],
    ['workflows/index.ts', "export { trainRun } from './train-run/workflow.js';"],
    ['workflows/train-run/workflow.ts', "import { chargeOf } from '../../domain/charge.js';\nimport type { Run } from '../../models/runs.js';"],
    ['test/support/workflow-bundle.ts', ''],
    ['test/domain/price.test.ts', "import {\n  priceOf,\n} from '../../domain/price.js';"],
    ['test/domain/charge.test.ts', "import { chargeOf } from '../../domain/charge.js';"],
    ['test/bot/start.test.ts', "const { priceOf } = await import('../../domain/price.js');"],
    ['test/e2e/endings.test.ts', "import { workflowBundle } from '../support/workflow-bundle.js';"],
    ['test/models/runs.test.ts', "import { createRuns } from '../../models/runs.js';"],
  ]);

  it('are its own first, then those that reach it, then whole runs; never those that only know its types', () => {
    const imports = importsOf(texts);
    expect(relatedTests('domain/price.ts', imports)).toEqual([['test/domain/price.test.ts'], ['test/domain/charge.test.ts'], ['test/bot/start.test.ts'], ['test/e2e/endings.test.ts']]);
    expect(relatedTests('workflows/train-run/workflow.ts', imports)).toEqual([['test/e2e/endings.test.ts']]);
    expect(relatedTests('domain/nobody.ts', imports)).toEqual([]);
  });
});

describe('a trial', () => {
  const edit = { file: 'rule.ts', start: 0, end: 1, replacement: 'X' };
  const stages: readonly Tests[] = [{ files: ['a.test.ts'] }, { files: ['b.test.ts'] }];
  const red: RunEnd = { kind: 'red', by: 'a.test.ts: holds' };

  /** Answers each run by what is in place at that moment. */
  function trialsWith(answer: (file: string, mutated: boolean) => RunEnd) {
    let mutated = false;
    const asked: string[] = [];
    const runs: TestRuns = {
      jest: ({ files }) => {
        asked.push(`${files.join()}${mutated ? '!' : ''}`);
        return Promise.resolve(answer(files.join(), mutated));
      },
      lint: () => Promise.resolve(answer('lint', mutated)),
    };
    const withEdit = async <Result>(_: unknown, work: () => Promise<Result>): Promise<Result> => {
      mutated = true;
      return work().finally(() => {
        mutated = false;
      });
    };
    return { trials: createTrials({ withEdit }, runs), asked };
  }

  it('stops at the first stage that is red, and makes sure that it is green without the mutant and red again with it', async () => {
    const { trials, asked } = trialsWith((_, mutated) => (mutated ? red : { kind: 'green' }));
    expect(await trials.judge(edit, stages, true)).toEqual({ kind: 'killed', by: 'a.test.ts: holds' });
    expect(await trials.judge(edit, stages, true)).toEqual({ kind: 'killed', by: 'a.test.ts: holds' });
    expect(asked).toEqual(['a.test.ts!', 'a.test.ts', 'a.test.ts!', 'a.test.ts!', 'a.test.ts!']);
  });

  it('goes on after a stage that was red by chance', async () => {
    let first = true;
    const { trials, asked } = trialsWith((_, mutated) => {
      const isRed = mutated && first;
      first = false;
      return isRed ? red : { kind: 'green' };
    });
    expect(await trials.judge(edit, stages, false)).toEqual({ kind: 'survived' });
    expect(asked).toEqual(['a.test.ts!', 'a.test.ts', 'a.test.ts!', 'b.test.ts!']);
  });

  it.each<[string, (file: string, mutated: boolean) => RunEnd, string]>([
    ['its tests are red without it', () => red, 'a.test.ts is red without the mutant'],
    ['its tests never end, with it or without', () => ({ kind: 'timed-out' }), 'a.test.ts is timed-out without the mutant'],
    ['no test has such a name', () => ({ kind: 'no-test' }), 'a.test.ts has no such test'],
  ])('says nothing when %s', async (_, answer, why) => {
    expect(await trialsWith(answer).trials.judge(edit, stages, false)).toEqual({ kind: 'unclear', why });
  });

  it('says nothing of a file that no test looks at', async () => {
    expect(await trialsWith(() => ({ kind: 'green' })).trials.judge(edit, [], false)).toMatchObject({ kind: 'unclear' });
  });

  it('counts tests that end only without the mutant as red, and rules of lint as tests', async () => {
    expect(await trialsWith((_, mutated) => ({ kind: mutated ? 'timed-out' : 'green' })).trials.judge(edit, stages, false)).toEqual({ kind: 'timed-out', by: 'a.test.ts' });
    expect(await trialsWith((file, mutated) => (file === 'lint' && mutated ? { kind: 'red', by: 'lint: floating' } : { kind: 'green' })).trials.judge(edit, stages, true)).toEqual({ kind: 'killed', by: 'lint: floating' });
  });

  it('survives when everything stays green', async () => {
    expect(await trialsWith(() => ({ kind: 'green' })).trials.judge(edit, stages, true)).toEqual({ kind: 'survived' });
  });
});

describe('the report', () => {
  const killed = { kind: 'killed', by: 'x' } as const;
  const generic = { name: 'domain/a.ts:1 swap-logic', before: 'a && b', after: 'a || b', verdict: { kind: 'survived' } as const };
  const green = { seed: 1, named: [{ name: 'm', file: 'domain/a.ts', verdict: killed }], controls: [{ name: 'c', green: true, verdict: { kind: 'survived' } as const }], generic: [], stillborn: 0 };

  it('is green when every defect was seen and every survivor has its reason', () => {
    expect(reportOf({ ...green, generic: [{ ...generic, reason: 'b is always true there' }] })).toMatchObject({ held: true, named: { tried: 1, killed: 1 }, generic: { tried: 1, killed: 0, survived: 1 } });
  });

  it.each([
    ['a named mutant survived', { named: [{ name: 'm', file: 'domain/a.ts', verdict: { kind: 'survived' as const } }] }],
    ['a named mutant does not apply', { named: [{ name: 'm', file: 'domain/a.ts', verdict: { kind: 'unclear' as const, why: 'found 0 times' } }] }],
    ['a survivor has no reason', { generic: [{ ...generic, reason: null }] }],
    ['a change that is no defect is red', { controls: [{ name: 'c', green: false, verdict: killed }] }],
  ])('is red when %s', (_, change) => {
    expect(reportOf({ ...green, ...change }).held).toBe(false);
  });
});

describe('the copy in which code is broken', () => {
  let project: string;
  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'trainyard-mutants-project-'));
    await mkdir(join(project, 'node_modules'));
    await mkdir(join(project, 'domain'));
    await writeFile(join(project, '.gitignore'), 'node_modules/\n*.log\n');
    await writeFile(join(project, 'domain/rule.ts'), SOURCE);
    await writeFile(join(project, 'noise.log'), 'ignored');
    for (const args of [['init', '-q'], ['add', '.gitignore']]) expect(spawnSync('git', args, { cwd: project }).status).toBe(0);
  });
  afterEach(() => rm(project, { recursive: true }));

  it('holds what git would take, and leaves the project as it is, whatever happens in it', async () => {
    const copy = await copyProject(project);
    expect([...copy.files].sort()).toEqual(['.gitignore', 'domain/rule.ts']);
    const inside = join(copy.folder, 'domain/rule.ts');
    const edit = editOf(SOURCE, { file: 'domain/rule.ts', find: 'more >= 4', replace: 'more > 4' });
    await expect(
      copy.withEdit(edit, async () => {
        expect(await readFile(inside, 'utf8')).toBe(SOURCE.replace('more >= 4', 'more > 4'));
        expect(await readFile(join(project, 'domain/rule.ts'), 'utf8')).toBe(SOURCE);
        throw new Error('broken tests');
      }),
    ).rejects.toThrow('broken tests');
    expect(await readFile(inside, 'utf8')).toBe(SOURCE);
    await copy.remove();
    await expect(stat(copy.folder)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await stat(join(project, 'node_modules'))).isDirectory()).toBe(true);
  });
});

import type { Copy } from './copy.js';
import type { Edit } from './edit.js';
import type { RunEnd, TestRuns, Tests } from './test-runs.js';

/**
 * What became of a mutant. `unclear`: the tests that were red are red without it as well, or there was none, so that they say nothing.
 */
export type Verdict =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'timed-out'; readonly by: string }
  | { readonly kind: 'survived' }
  | { readonly kind: 'unclear'; readonly why: string };

export interface Trials {
  /** Stages are run in order until one is red; `lint` comes last, where it is asked for. */
  judge(edit: Edit, stages: readonly Tests[], lint: boolean): Promise<Verdict>;
}

export function createTrials(copy: Pick<Copy, 'withEdit'>, runs: TestRuns): Trials {
  const withoutMutant = new Map<string, Promise<RunEnd>>();
  return {
    async judge(edit, stages, lint) {
      const steps = [
        ...stages.map((tests) => ({ name: nameOf(tests), run: () => runs.jest(tests) })),
        ...(lint ? [{ name: `lint of ${edit.file}`, run: () => runs.lint(edit.file) }] : []),
      ];
      if (steps.length === 0) return { kind: 'unclear', why: `no test looks at ${edit.file}` };
      for (const { name, run } of steps) {
        const end = await copy.withEdit(edit, run);
        if (end.kind === 'green') continue;
        if (end.kind === 'no-test') return { kind: 'unclear', why: `${name} has no such test` };
        const before = await greenWithout(name, run);
        if (before.kind !== 'green') return { kind: 'unclear', why: `${name} is ${before.kind} without the mutant` };
        // On a busy machine a test can be red by chance: one that does not repeat has seen nothing.
        if ((await copy.withEdit(edit, run)).kind === 'green') continue;
        return end.kind === 'timed-out' ? { kind: 'timed-out', by: name } : { kind: 'killed', by: end.by };
      }
      return { kind: 'survived' };
    },
  };

  function greenWithout(name: string, run: () => Promise<RunEnd>): Promise<RunEnd> {
    const known = withoutMutant.get(name) ?? run();
    withoutMutant.set(name, known);
    return known;
  }
}

function nameOf({ files, title }: Tests): string {
  return `${files.join(' ')}${title === undefined ? '' : ` (${title})`}`;
}

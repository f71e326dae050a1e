import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createChance } from '../seeded-random.js';
import { chooseSites } from './choose.js';
import { copyProject, type Copy } from './copy.js';
import { DoesNotApplyError, editOf, lineNumberOf, linesOf } from './edit.js';
import { CONTROLS, NAMED_MUTANTS, type NamedMutant } from './named.js';
import { sitesIn, type Site } from './operators.js';
import type { MutantOptions } from './options.js';
import { importsOf, relatedTests } from './related-tests.js';
import { reportOf, type ControlResult, type GenericResult, type MutantsReport, type NamedResult } from './report.js';
import { startSharedServers } from './servers.js';
import { KNOWN_SURVIVORS } from './survivors.js';
import { createTestRuns } from './test-runs.js';
import { createTrials, type Trials, type Verdict } from './trial.js';
import { createTypeCheck } from './type-check.js';

export interface MutantsRun extends MutantOptions {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly giveUp: AbortSignal;
}

/** Code that generic operators change: rules, effects and processes. */
const ROOMS = ['domain/', 'activities/', 'workflows/'];
/** One run of jest. Tests that are this slow without any mutant make it unclear instead of killed. */
const LIMIT_MS = 10 * 60_000;

/** Breaks a copy of the project in one place at a time and tells which tests see it. */
export async function runMutants(run: MutantsRun): Promise<MutantsReport> {
  const { root, env, say, giveUp } = run;
  const copy = await copyProject(root);
  try {
    const servers = await startSharedServers(env, say, giveUp);
    try {
      const trials = createTrials(copy, createTestRuns({ folder: copy.folder, env: servers.env, limitMs: LIMIT_MS, giveUp }));
      const named = await tryNamed(run, copy, trials, NAMED_MUTANTS);
      const controls = await tryNamed(run, copy, trials, CONTROLS);
      const { results, stillborn } = await tryGeneric(run, copy, trials);
      return reportOf({ seed: run.seed, named, controls: controls.map(asControl), generic: results, stillborn });
    } finally {
      await servers.stop();
    }
  } finally {
    await copy.remove();
  }
}

async function tryNamed({ only, say }: MutantsRun, copy: Copy, trials: Trials, mutants: readonly NamedMutant[]): Promise<NamedResult[]> {
  const results: NamedResult[] = [];
  for (const mutant of mutants.filter(({ name, file }) => only === null || name.includes(only) || file.includes(only))) {
    const verdict = await judgeNamed(copy, trials, mutant);
    say(`${mutant.name}: ${sentenceOf(verdict)}`);
    results.push({ name: mutant.name, file: mutant.file, verdict });
  }
  return results;
}

async function judgeNamed(copy: Copy, trials: Trials, mutant: NamedMutant): Promise<Verdict> {
  try {
    const edit = editOf(await readFile(join(copy.folder, mutant.file), 'utf8'), mutant);
    return await trials.judge(edit, [mutant.tests], false);
  } catch (error) {
    if (!(error instanceof DoesNotApplyError)) throw error;
    return { kind: 'unclear', why: error.message };
  }
}

async function tryGeneric({ seed, count, only, say }: MutantsRun, copy: Copy, trials: Trials): Promise<{ results: GenericResult[]; stillborn: number }> {
  if (count === 0) return { results: [], stillborn: 0 };
  const texts = new Map<string, string>();
  for (const file of copy.files.filter((name) => name.endsWith('.ts'))) texts.set(file, await readFile(join(copy.folder, file), 'utf8'));
  const sites = new Map([...texts].filter(([file]) => ROOMS.some((room) => file.startsWith(room))).map(([file, text]) => [file, sitesIn(file, text)]));
  const types = createTypeCheck(copy.folder);
  const { chosen, stillborn } = chooseSites(sites, count, createChance(seed), (site) => types.compiles(site));
  const mutants = chosen.map((site) => ({ site, name: nameOf(site, texts.get(site.file) ?? '') }));
  say(`${chosen.length} generic mutants from seed ${seed}; ${stillborn} more do not compile. They are: ${mutants.map(({ name }) => name).join(', ')}`);
  const imports = importsOf(texts);
  const results: GenericResult[] = [];
  for (const { site, name } of mutants) {
    if (only !== null && !name.includes(only)) continue;
    const stages = relatedTests(site.file, imports).map((files) => ({ files }));
    const lines = linesOf(texts.get(site.file) ?? '', site);
    const verdict = await trials.judge(site, stages, true);
    const reason = KNOWN_SURVIVORS.find((known) => known.file === site.file && known.before === lines.before && known.after === lines.after)?.reason ?? null;
    say(`${name}: ${lines.before}  →  ${lines.after}: ${sentenceOf(verdict)}${verdict.kind === 'survived' ? ` (${reason ?? 'no reason is known'})` : ''}`);
    results.push({ name, ...lines, verdict, reason });
  }
  return { results, stillborn };
}

function nameOf(site: Site, source: string): string {
  return `${site.file}:${lineNumberOf(source, site)} ${site.operator}`;
}

/** A control is no defect: that no test is red is what it is for. */
function asControl({ name, verdict }: NamedResult): ControlResult {
  return { name, green: verdict.kind === 'survived', verdict };
}

function sentenceOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'killed':
      return `red by "${verdict.by}"`;
    case 'timed-out':
      return `red by the limit of time in ${verdict.by}`;
    case 'survived':
      return 'STAYED GREEN';
    case 'unclear':
      return `UNCLEAR: ${verdict.why}`;
  }
}

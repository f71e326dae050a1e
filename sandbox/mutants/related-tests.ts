import { dirname, join, normalize } from 'node:path';

/** Which tests look at a file, in the order in which a defect in it shows soonest: each stage runs only when the one before stays green. */
export type Stages = readonly (readonly string[])[];

/** What runs workflow code imports it by a path at run time. */
const BUNDLED = { by: 'test/support/workflow-bundle.ts', file: 'workflows/index.ts' } as const;
const ENDS = ['test/e2e/endings.test.ts', 'test/e2e/cancel-races.test.ts', 'test/e2e/settle.test.ts', 'test/e2e/outages-comfyui.test.ts', 'test/e2e/limits.test.ts'];
/** What judges rules, records and activities; the rest plays processes, browsers and stand-ins, which takes minutes. */
const QUICK = ['test/domain/', 'test/models/', 'test/recipes/', 'test/activities/', 'test/workflows/', 'test/workers/', 'test/web/', 'test/bot/'];
const NEXT_DOOR = 5;
const FURTHER = 5;

const IMPORT = /^(?:import|export)\s+(?!type\s)[^'";]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm;

/** The files below `files` that each one imports when it runs. */
export function importsOf(files: ReadonlyMap<string, string>): Map<string, readonly string[]> {
  const imports = new Map<string, readonly string[]>();
  for (const [file, text] of files) {
    const found = [...text.matchAll(IMPORT)].map((match) => normalize(join(dirname(file), (match[1] ?? match[2] ?? '').replace(/\.js$/, '.ts'))));
    imports.set(file, file === BUNDLED.by ? [...found, BUNDLED.file] : found);
  }
  return imports;
}

export function relatedTests(file: string, imports: ReadonlyMap<string, readonly string[]>): Stages {
  const distances = distancesTo(file, imports);
  const mirrored = `test/${file.replace(/\.ts$/, '.test.ts')}`;
  const folder = `${dirname(mirrored)}/`;
  const rank = (test: string): number => (test === mirrored ? 0 : test.startsWith(folder) ? 100 : 200) + (distances.get(test) ?? 0);
  const related = [...distances.keys()].filter((name) => name.endsWith('.test.ts')).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const quick = related.filter((test) => QUICK.some((room) => test.startsWith(room)));
  const own = quick.filter((test) => test === mirrored);
  const near = quick.filter((test) => test !== mirrored && test.startsWith(folder)).slice(0, NEXT_DOOR);
  const further = quick.filter((test) => !test.startsWith(folder)).slice(0, FURTHER);
  const ends = ENDS.filter((test) => distances.has(test));
  return [own, near, further, ...ends.map((test) => [test])].filter((stage) => stage.length > 0);
}

/** How many imports away each file is that reaches `target`. */
function distancesTo(target: string, imports: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const importers = new Map<string, string[]>();
  for (const [file, imported] of imports) for (const each of imported) importers.set(each, [...(importers.get(each) ?? []), file]);
  const distances = new Map([[target, 0]]);
  for (const [file, distance] of distances) {
    for (const importer of importers.get(file) ?? []) if (!distances.has(importer)) distances.set(importer, distance + 1);
  }
  return distances;
}

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One edit of one file below the project, as somebody would make it for the next version. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface ChangedWorkflows {
  /** The changed copy of `workflows/index.ts`. */
  readonly path: string;
  remove(): Promise<void>;
}

/** A copy of the workflow code with these edits. @throws when an edit does not fit the code of today */
export async function changeWorkflows(edits: readonly Edit[]): Promise<ChangedWorkflows> {
  const dir = await mkdtemp(join(tmpdir(), 'trainyard-test-next-version-'));
  // What workflow code is made of: itself, the rules, and packages.
  for (const folder of ['workflows', 'domain']) await cp(join(ROOT, folder), join(dir, folder), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  for (const { file, from, to } of edits) {
    const text = await readFile(join(dir, file), 'utf8');
    if (!text.includes(from)) throw new Error(`Expected ${file} to hold "${from}": change this edit together with it.`);
    await writeFile(join(dir, file), text.replace(from, () => to));
  }
  return { path: join(dir, 'workflows', 'index.ts'), remove: () => rm(dir, { recursive: true, force: true }) };
}

import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { edited, type Edit } from './edit.js';

const PACKAGES = 'node_modules';

/** A copy of the project in which code may be broken: the project itself is never touched. */
export interface Copy {
  readonly folder: string;
  /** Paths of everything in it, from its root. */
  readonly files: readonly string[];
  /** Does `work` with the edit in place; afterwards the file is as it was, to the byte. */
  withEdit<Result>(edit: Edit, work: () => Promise<Result>): Promise<Result>;
  remove(): Promise<void>;
}

/** Copies what git knows or would take, as it stands in the folder now; packages are linked. */
export async function copyProject(root: string): Promise<Copy> {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (listed.status !== 0) throw new Error(`Expected ${root} to be a clone of the project, git says: ${listed.stderr.trim()}`);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'trainyard-mutants-')));
  const files: string[] = [];
  try {
    for (const file of listed.stdout.split('\0').filter((name) => name !== '' && name !== PACKAGES)) {
      if (await copied(join(root, file), join(folder, file))) files.push(file);
    }
    await symlink(await realpath(join(root, PACKAGES)), join(folder, PACKAGES));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    folder,
    files,
    async withEdit(edit, work) {
      const path = join(folder, edit.file);
      const original = await readFile(path, 'utf8');
      try {
        await writeFile(path, edited(original, edit));
        return await work();
      } finally {
        await writeFile(path, original);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** False for a file that git still knows and that is gone from the folder. */
async function copied(from: string, to: string): Promise<boolean> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to);
    return true;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

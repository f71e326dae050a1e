import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { environment } from '../config.js';
import { errorCode } from '../servers/error-code.js';
import { createRunProgram } from '../servers/run-program.js';

/** What the parts of a yard are made of, and the settings that the try-it page is bundled by. */
const SOURCES = ['domain', 'models', 'workflows', 'activities', 'workers', 'bot', 'web', 'recipes', 'sandbox', 'tsconfig.json'];
const TYPES_ONLY = /\.d\.m?ts$/;
const SOURCE = /\.ts$/;
const HOUR_MS = 3_600_000;
/** A copy that no process has used for so long is removed; each is some megabytes. */
const UNUSED_MS = 24 * HOUR_MS;

const copies = new Map<string, Promise<string>>();

/**
 * A copy of the programs, compiled file by file from the source as it is now, with the workflows bundled. A process starts from it
 * in half the processor time that it takes from source, and every start of a yard runs the very same code, whatever is edited
 * meanwhile. Kept in `.trainyard/compiled/` by the hash of its source, so that only an edit makes a new one.
 *
 * @returns its folder, laid out as the project is: `bot/main.ts` is `bot/main.js` there
 */
export function compiledCopy(root: string): Promise<string> {
  const known = copies.get(root) ?? used(root);
  copies.set(root, known);
  return known;
}

/** For as long as this process lives, which may start parts from it at any time. */
async function used(root: string): Promise<string> {
  const copy = await madeCopy(root);
  const use = (): Promise<void> => utimes(copy, new Date(), new Date());
  await use();
  // Who has removed all of `.trainyard` meanwhile wants none of it kept.
  setInterval(() => void use().catch(() => undefined), HOUR_MS).unref();
  return copy;
}

async function madeCopy(root: string): Promise<string> {
  const all = join(root, '.trainyard/compiled');
  const sources = await readSources(root);
  const target = join(all, hashOf(sources));
  if ((await lastUsedMs(target)) !== null) return target;
  await mkdir(all, { recursive: true });
  await removeUnused(all);
  const copy = await mkdtemp(join(all, 'new-'));
  try {
    await compile(root, [...sources.keys()], copy);
    await bundleWorkflows(copy);
    // Whole or not at all: somebody else may make the same one at the same time, and any of us may be killed.
    await rename(copy, target);
  } catch (error) {
    await rm(copy, { recursive: true });
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  }
  return target;
}

async function readSources(root: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = await Promise.all(SOURCES.map((path) => filesIn(root, path)));
  const named = files.flat().filter((file) => !TYPES_ONLY.test(file)).sort();
  return new Map(await Promise.all(named.map(async (file) => [file, await readFile(join(root, file))] as const)));
}

async function filesIn(root: string, path: string): Promise<string[]> {
  if ((await stat(join(root, path))).isFile()) return [path];
  const inside = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return inside.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ''));
}

function hashOf(sources: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [file, bytes] of sources) hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex').slice(0, 16);
}

async function compile(root: string, files: readonly string[], copy: string): Promise<void> {
  const entryPoints = files.filter((file) => SOURCE.test(file));
  await build({ absWorkingDir: root, entryPoints, outbase: root, outdir: copy, format: 'esm', platform: 'node', target: 'node20', sourcemap: true, logLevel: 'error' });
  for (const file of files.filter((each) => !SOURCE.test(each))) {
    await mkdir(join(copy, dirname(file)), { recursive: true });
    await cp(join(root, file), join(copy, file));
  }
}

/** In a process of its own: what it loads for this is not needed again. */
async function bundleWorkflows(copy: string): Promise<void> {
  const run = createRunProgram({ ...environment(), NODE_OPTIONS: undefined });
  const { code, stdout, stderr } = await run(process.execPath, [join(copy, 'workers/bundle.js')]);
  if (code !== 0) throw new Error(`The workflows could not be bundled:\n${stdout}${stderr}`);
}

async function removeUnused(all: string): Promise<void> {
  for (const name of await readdir(all)) {
    const usedAtMs = await lastUsedMs(join(all, name));
    if (usedAtMs !== null && Date.now() - usedAtMs > UNUSED_MS) await rm(join(all, name), { recursive: true, force: true });
  }
}

/** Null when it is not there, or is no more: somebody else may be removing the same. */
async function lastUsedMs(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

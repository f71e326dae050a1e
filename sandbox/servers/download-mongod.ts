import { copyFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MongoBinary } from 'mongodb-memory-server-core';

// Run as a program: `download-mongod.ts <folder>`. Fetches mongod from its vendor into the folder.
const [folder = '.'] = process.argv.slice(2);
try {
  const path = await MongoBinary.getPath({ downloadDir: folder, checkMD5: true });
  // Its client may know one that another project has fetched.
  if (dirname(path) !== resolve(folder)) await copyFile(path, join(folder, 'mongod'));
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

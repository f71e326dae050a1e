// Plain Node built-ins only: this runs before any package is installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './packages.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What `npm run <name>` runs: TypeScript below the project's root, by tsx. */
const COMMANDS = {
  start: { file: 'sandbox/yard/main.ts' },
  demo: { file: 'sandbox/demo/main.ts' },
  'deploy-commands': { file: 'bot/deploy-main.ts' },
  audit: { file: 'sandbox/audit/main.ts' },
  bench: { file: 'bench/main.ts' },
  chaos: { file: 'sandbox/chaos/main.ts' },
  mutants: { file: 'sandbox/mutants/main.ts' },
  test: { file: 'test/run/main.ts' },
  replay: { file: 'sandbox/replay/main.ts' },
};

/** Installs what is missing, runs the command and resolves to its exit code. */
export async function runCommand([name, ...args]) {
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (command === undefined) return fail(`Expected one of the commands ${Object.keys(COMMANDS).join(', ')}, got "${name ?? ''}".`);
  if (!existsSync(join(ROOT, command.file))) return fail(`"${name}" is not part of this version: ${command.file} is missing.`);
  try {
    await installPackages(ROOT, say);
  } catch (error) {
    return fail(error.message);
  }
  return run(command, args);
}

/** The extra channel lets the command notice when this process is killed. */
function run(command, args) {
  const node = ['--disable-warning=ExperimentalWarning', '--import', 'tsx', join(ROOT, command.file)];
  const child = spawn(process.execPath, [...node, ...(command.args ?? []), ...args], {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(fail(error.message)));
    child.once('exit', (code, signal) => resolve(signal === null ? code : 128 + constants.signals[signal]));
  });
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(sentence) {
  say(sentence);
  return 1;
}

// The first step of every command. It works on a fresh clone and on Node versions that are too old: plain Node built-ins only, and
// the rest is loaded when the machine is known to fit.
import { machineProblem } from './machine.mjs';

const problem = machineProblem({ platform: process.platform, nodeVersion: process.version });
if (problem === undefined) {
  const { runCommand } = await import('./run-command.mjs');
  process.exitCode = await runCommand(process.argv.slice(2));
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

import { argv, exit } from 'node:process';
import { runLedgerChaos } from './ledger/run.js';
import { readOptions } from './options.js';

/** `npm run chaos`: 0 when every promise held, 1 when one broke, 2 for a wrong command line. */
const EXIT = { held: 0, broken: 1, usage: 2 } as const;

const outcome = readOptions(argv.slice(2), Date.now() % 1_000_000);
if (outcome.kind === 'problem') {
  console.error(outcome.problem);
  exit(EXIT.usage);
}
const { options } = outcome;
const say = (line: string): void => {
  console.error(line);
};

try {
  say(`Attacking the ledger with ${options.sequences} sequences, seed ${options.seed}.`);
  const report = await runLedgerChaos({ ...options, say });
  if (options.json) console.log(JSON.stringify(report));
  else console.log(`${report.sequences} sequences, ${report.commands} commands, ${report.faults} faults, ${report.stepDowns} step-downs: ${report.violations} violations.`);
  exit(report.violations === 0 ? EXIT.held : EXIT.broken);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  exit(EXIT.broken);
}

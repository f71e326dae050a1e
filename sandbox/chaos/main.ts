import { argv, exit } from 'node:process';
import { runKillsChaos } from './kills/run.js';
import { runLedgerChaos } from './ledger/run.js';
import { readOptions, type ChaosOptions } from './options.js';
import { runPointsChaos } from './points/run.js';

/** `npm run chaos`: 0 when every promise held, 1 when one broke, 2 for a wrong command line. */
const EXIT = { held: 0, broken: 1, usage: 2 } as const;

/** What an attack came to, as a reader and as a machine get it. */
export interface Outcome {
  readonly held: boolean;
  readonly sentence: string;
  readonly report: unknown;
}

const read = readOptions(argv.slice(2), Date.now() % 1_000_000);
if (read.kind === 'problem') {
  console.error(read.problem);
  exit(EXIT.usage);
}
try {
  const { held, sentence, report } = await attack(read.options, (line) => {
    console.error(line);
  });
  console.log(read.options.json ? JSON.stringify(report) : sentence);
  exit(held ? EXIT.held : EXIT.broken);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  exit(EXIT.broken);
}

async function attack(options: ChaosOptions, say: (line: string) => void): Promise<Outcome> {
  switch (options.kind) {
    case 'ledger': {
      say(`Attacking the ledger with ${options.sequences} sequences, seed ${options.seed}.`);
      const report = await runLedgerChaos({ ...options, say });
      const { sequences, commands, faults, stepDowns, violations } = report;
      return { held: violations === 0, report, sentence: `${sequences} sequences, ${commands} commands, ${faults} faults, ${stepDowns} step-downs: ${violations} violations.` };
    }
    case 'kills': {
      say(`Killing ${options.kills} processes of a yard at work, seed ${options.seed}.`);
      const { held, report } = await runKillsChaos({ ...options, say });
      const { runs, kills, stops, lost, duplicated, stuck, orphanJobs, late, recoveryMs } = report;
      return { held, report, sentence: `${runs} runs, ${kills} kills, ${stops} stops: ${lost} lost, ${duplicated} duplicated, ${stuck} stuck, ${orphanJobs} orphan jobs, ${late} late; back within ${recoveryMs.max / 1000} s.` };
    }
    case 'points': {
      say('Killing every process at every point where something is changed outside of it.');
      const report = await runPointsChaos({ ...options, say });
      const { cases, held, broken, unreached, withoutRow, withoutCall, seconds } = report;
      const sentences = [
        `${cases} points, ${held} held, ${broken.length} broken, ${unreached.length} not reached, in ${seconds} s.`,
        ...broken.map(({ name, reasons }) => `BROKEN ${name}: ${reasons.join(' | ')}`),
        ...unreached.map((name) => `NOT REACHED ${name}`),
        ...withoutRow.map((name) => `NOT IN THE TABLE ${name}`),
        ...withoutCall.map((name) => `NEVER CALLED ${name}`),
      ];
      return { held: held === cases && sentences.length === 1, report, sentence: sentences.join('\n') };
    }
  }
}

import { argv, cwd, exit } from 'node:process';
import { environment } from '../config.js';
import { readOptions } from './options.js';
import { summaryOf } from './report.js';
import { runMutants } from './run.js';

/** `npm run mutants`: 0 when every defect turned the tests red, 1 when one did not, 2 for a wrong command line. */
const EXIT = { held: 0, broken: 1, usage: 2 } as const;

const read = readOptions(argv.slice(2), 1);
if (read.kind === 'problem') {
  console.error(read.problem);
  exit(EXIT.usage);
}
const giveUp = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) {
  process.on(event, () => {
    giveUp.abort(new Error('stopped; the project itself was never touched'));
  });
}
process.channel?.unref();
try {
  const say = (line: string): void => {
    console.error(line);
  };
  const report = await runMutants({ ...read.options, root: cwd(), env: environment(), say, giveUp: giveUp.signal });
  if (report.named.tried + report.generic.tried + report.controls.length === 0) throw new Error(`No mutant is named like "${read.options.only ?? ''}".`);
  console.log(read.options.json ? JSON.stringify(report) : summaryOf(report));
  exit(report.held ? EXIT.held : EXIT.broken);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  exit(EXIT.broken);
}
